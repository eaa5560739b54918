"""Aave v3 as published: what its contracts do is what the adapter says."""

import numpy as np
import pytest

from floodline.foundation.errors import CampaignError
from floodline.foundation.units import WAD
from floodline.protocols.events import DeficitCovered, Liquidated
from floodline.protocols.interface import Unsupported
from floodline.protocols.porting.parties import LENDERS, TREASURY

SIZE = 15 * WAD // 10
"""1.5 ETH: 4,500 dollars, of which 3,500 are borrowed with a wallet of 1,000."""
MARKET_LIMIT = 10_000 * WAD


@pytest.fixture
def aave(stage):
    found = stage("aave", liquidity_usd=1_000_000)
    for trader in found.traders:
        found.act(trader, found.protocol.open("ETH", SIZE, MARKET_LIMIT))
    return found


def on_chain(stage):
    return stage.protocol.accounts_on_chain(stage.driver.view, stage.protocol.book.addresses)


def assert_book_is_the_chains(stage):
    book = stage.protocol.book
    for row, found in enumerate(on_chain(stage)):
        assert book.cash_wad[row] == found.cash_wad
        assert book.size_wad[row] == found.sizes_wad


def test_a_purchase_on_credit_is_collateral_and_debt(aave):
    book, trader = aave.protocol.book, aave.traders[0]
    row = book.index[trader]
    assert book.size_wad[row] == [SIZE]
    # Three purchases, a second apart: the first has borne two seconds' interest.
    assert -3500.001 < book.cash_wad[row] / WAD <= -3500
    assert book.tally(trader).deposited == 1000 * WAD
    assert_book_is_the_chains(aave)


def test_health_is_the_pools_own_and_the_model_agrees(aave):
    aave.wait(3600)
    aave.price(2820)
    addresses = [*aave.traders]
    theirs = aave.protocol.health(aave.driver.view, addresses)
    now_s = aave.node.block().timestamp
    ours = aave.protocol.health_at(np.array([2820.0]), now_s)
    rows = [aave.protocol.book.index[address] for address in addresses]
    for name in ("equity_usd", "maintenance_usd", "notional_usd"):
        assert getattr(theirs, name) == pytest.approx(getattr(ours, name)[rows], rel=1e-6)
    assert not theirs.liquidatable.any()


def test_interest_is_borne_in_the_book_in_the_model_and_on_chain_alike(stage):
    aave = stage("aave", liquidity_usd=20_000)
    for trader in aave.traders:
        aave.act(trader, aave.protocol.open("ETH", SIZE, MARKET_LIMIT))
    aave.wait(30 * 86_400)
    aave.price(4000)
    trader = aave.traders[0]
    row = aave.protocol.book.index[trader]
    theirs = aave.protocol.health(aave.driver.view, [trader])
    ours = aave.protocol.health_at(np.array([4000.0]), aave.node.block().timestamp)
    # At 53 % of the pool lent out a month costs a quarter of a per cent of 3,500.
    assert 6000 - float(theirs.equity_usd[0]) > 3508
    assert ours.equity_usd[row] == pytest.approx(float(theirs.equity_usd[0]), rel=1e-6)
    # A further loan brings the first one's interest in.
    aave.act(trader, aave.protocol.open("ETH", WAD // 10, MARKET_LIMIT))
    assert aave.protocol.book.cash_wad[row] / WAD < -3508 - 400
    assert_book_is_the_chains(aave)
    aave.wait(30 * 86_400)
    aave.act(trader, aave.protocol.close(trader, "ETH", WAD))
    assert aave.protocol.book.cash_wad[row] == 0
    assert_book_is_the_chains(aave)


def test_half_of_the_debt_is_repaid_while_the_health_factor_is_above_095(aave):
    # 4,200 of collateral at a threshold of 0.83 against 3,500: a health factor of 0.996
    aave.price(2800)
    trader = aave.traders[0]
    health = aave.protocol.health(aave.driver.view, [trader])
    assert health.liquidatable.all()
    expected = aave.protocol.expected_reward_usd(
        float(health.notional_usd[0]), float(health.equity_usd[0]), 0.0
    )
    events = aave.act(aave.keeper, aave.protocol.liquidate(trader, "ETH"))
    (done,) = [event for event in events if isinstance(event, Liquidated)]
    assert done.keeper == aave.keeper
    assert done.closed_wad * done.price_wad / WAD / WAD == pytest.approx(1750, rel=1e-6)
    assert done.closed_wad == pytest.approx(1750 * 1.05 / 2800 * WAD, rel=1e-6)
    assert done.remaining_wad == SIZE - done.closed_wad
    assert done.reward_wad / WAD == pytest.approx(expected, rel=1e-6) == pytest.approx(78.75)
    assert done.penalty_wad / WAD == pytest.approx(8.75, rel=1e-5)
    assert not [event for event in events if isinstance(event, DeficitCovered)]
    assert not aave.protocol.health(aave.driver.view, [trader]).liquidatable.any()
    assert_book_is_the_chains(aave)


def test_a_debt_without_collateral_is_a_deficit_that_the_lenders_carry(aave):
    aave.price(2000)
    trader = aave.traders[0]
    events = aave.act(aave.keeper, aave.protocol.liquidate(trader, "ETH"))
    (deficit,) = [event for event in events if isinstance(event, DeficitCovered)]
    # 3,000 of collateral repay 3,000 / 1.05; the rest of 3,500 stays.
    assert deficit.shortfall_wad / WAD == pytest.approx(3500 - 3000 / 1.05, abs=0.01)
    sheet = aave.protocol.solvency(aave.driver.view)
    assert sheet.items["unbacked_debt"] == deficit.shortfall_wad
    assert_book_is_the_chains(aave)


def test_the_sheet_balances_through_interest_and_liquidations(aave):
    for price in (2800, 2750, 2100):
        aave.wait(600)
        aave.price(price)
        for trader in aave.traders:
            if aave.protocol.health(aave.driver.view, [trader]).liquidatable.any():
                aave.act(aave.keeper, aave.protocol.liquidate(trader, "ETH"))
    sheet = aave.protocol.solvency(aave.driver.view)
    assert sheet.token_balance_wad == sheet.deposits_wad - sheet.withdrawals_wad
    assets = sheet.token_balance_wad + sheet.receivables_wad
    assert abs(assets - sheet.liabilities_wad) <= 4 * 10**12
    assert sheet.receivables_wad > 0
    assert aave.protocol.book.cash_wad[aave.protocol.book.index[LENDERS]] > 1_000_000 * WAD
    assert TREASURY not in aave.protocol.book.index


def test_a_position_is_closed_through_the_dealer(aave):
    trader = aave.traders[1]
    aave.price(3100)
    aave.act(trader, aave.protocol.close(trader, "ETH", WAD))
    row = aave.protocol.book.index[trader]
    assert aave.protocol.book.size_wad[row] == [0]
    assert aave.protocol.book.cash_wad[row] == 0
    assert aave.protocol.book.tally(trader).withdrawn / WAD == pytest.approx(1150, abs=0.01)
    assert aave.protocol.close(trader, "ETH", WAD) is None
    assert_book_is_the_chains(aave)


def test_a_refusal_is_told_by_the_pools_own_name(aave):
    with pytest.raises(CampaignError, match=r"HEALTH_FACTOR_NOT_BELOW_THRESHOLD\(45\)"):
        aave.act(aave.keeper, aave.protocol.liquidate(aave.traders[0], "ETH"))


def test_a_loan_beyond_the_loan_to_value_is_refused_by_name(aave):
    with pytest.raises(CampaignError, match=r"COLLATERAL_CANNOT_COVER_NEW_BORROW\(36\)"):
        aave.act(aave.traders[0], aave.protocol.open("ETH", 100 * WAD, MARKET_LIMIT))


def test_accounts_with_several_collaterals_share_one_debt(stage):
    aave = stage("aave", markets=("ETH", "BTC"), liquidity_usd=1_000_000)
    trader = aave.traders[0]
    aave.act(trader, aave.protocol.open("ETH", WAD // 2, MARKET_LIMIT))
    aave.act(trader, aave.protocol.open("BTC", WAD // 2, MARKET_LIMIT))
    assert_book_is_the_chains(aave)
    row = aave.protocol.book.index[trader]
    assert aave.protocol.book.size_wad[row] == [WAD // 2, WAD // 2]
    aave.price(1900, "BTC")
    aave.price(1900, "ETH")
    events = aave.act(aave.keeper, aave.protocol.liquidate(trader, "BTC"))
    (done,) = [event for event in events if isinstance(event, Liquidated)]
    assert (done.market, done.remaining_wad) == ("BTC", 0)
    assert not [event for event in events if isinstance(event, DeficitCovered)]
    events = aave.act(aave.keeper, aave.protocol.liquidate(trader, "ETH"))
    assert [event for event in events if isinstance(event, DeficitCovered)]
    assert_book_is_the_chains(aave)


def test_what_it_cannot_do_it_says(aave):
    assert aave.protocol.capabilities.lending
    assert not aave.protocol.capabilities.perps
    with pytest.raises(Unsupported, match="'aave' has no short positions"):
        aave.protocol.open("ETH", -WAD, 0)
    assert aave.protocol.allowed_notional_usd("ETH", 1000, -1, 0, 3000) == (1.0, 0.0)


def test_a_checkpoint_brings_book_and_ledger_back(aave):
    before = aave.protocol.checkpoint()
    cash = list(aave.protocol.book.cash_wad)
    debts = dict(aave.protocol.state.debts)
    aave.price(2000)
    aave.act(aave.keeper, aave.protocol.liquidate(aave.traders[0], "ETH"))
    assert aave.protocol.state.debts != debts
    aave.protocol.restore(before)
    assert aave.protocol.book.cash_wad == cash
    assert aave.protocol.state.debts == debts
