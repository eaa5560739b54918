"""Lyra v1 as published: what its contracts do is what the adapter says."""

import numpy as np
import pytest

from floodline.chain.abi import Revert
from floodline.foundation.errors import CampaignError
from floodline.foundation.units import WAD
from floodline.protocols.events import DeficitCovered, Liquidated
from floodline.protocols.lyra.collateral import least_collateral
from floodline.protocols.lyra.following import SHORT_CALL, SHORT_PUT
from floodline.protocols.porting.options import OptionColumns, SoldOption

SIZE = 6 * WAD // 10
"""Six tenths of an option on 3,000 dollars, with 1,000 as collateral."""


@pytest.fixture
def lyra(stage):
    found = stage("lyra", liquidity_usd=1_000_000)
    for trader in found.traders[:2]:
        found.act(trader, found.protocol.open("ETH", SIZE, 0))
    found.act(found.traders[2], found.protocol.open("ETH", -SIZE, 0))
    return found


def assert_book_is_the_chains(stage):
    book = stage.protocol.book
    found = stage.protocol.accounts_on_chain(stage.driver.view, book.addresses)
    for row, account in enumerate(found):
        assert book.cash_wad[row] == account.cash_wad
        assert book.size_wad[row] == account.sizes_wad


def assert_sheet_balances(stage):
    sheet = stage.protocol.solvency(stage.driver.view)
    assert sheet.token_balance_wad == sheet.deposits_wad - sheet.withdrawals_wad
    assert sheet.token_balance_wad == sheet.liabilities_wad
    return sheet


def test_longs_sell_puts_and_shorts_sell_calls(lyra):
    book = lyra.protocol.book
    for trader, size in zip(lyra.traders, (SIZE, SIZE, -SIZE), strict=True):
        row = book.index[trader]
        assert book.size_wad[row] == [size]
        assert book.cash_wad[row] == 1000 * WAD
        assert book.tally(trader).deposited == 1000 * WAD
    assert_book_is_the_chains(lyra)
    assert_sheet_balances(lyra)


def test_the_collateral_that_is_needed_is_the_contracts(lyra):
    site = lyra.protocol.sites["ETH"]
    now_s, expiry_s = lyra.node.block().timestamp, lyra.protocol._expiry_s
    points = [
        (kind, spot, amount)
        for kind in (SHORT_CALL, SHORT_PUT)
        for spot in (900.0, 1800.0, 2700.0, 3000.0, 3600.0, 5200.0)
        for amount in (0.05, 0.6, 40.0)
    ]
    reads = [
        ("greeks", "getMinCollateral", (kind, 3000 * WAD, expiry_s, int(spot) * WAD, wad))
        for kind, spot, amount in points
        for wad in (round(amount * 100) * WAD // 100,)
    ]
    theirs = np.array(site.read_many(lyra.driver.view, reads), dtype=float) / WAD
    ours = [
        least_collateral(
            OptionColumns.of(
                [SoldOption(b"", "ETH", 2, 3000 * WAD, kind == SHORT_CALL, round(amount * WAD), 0)],
                {"ETH": spot},
                float(expiry_s - now_s),
            ),
            lyra.protocol.terms,
        )[0]
        for kind, spot, amount in points
    ]
    assert ours == pytest.approx(theirs, rel=1e-6)


def test_health_asks_the_contracts_and_the_model_agrees(lyra):
    for price in (3000.0, 2500.0, 3700.0):
        lyra.price(price)
        theirs = lyra.protocol.health(lyra.driver.view, lyra.traders)
        now_s = lyra.node.block().timestamp
        ours = lyra.protocol.health_at(np.array([price]), now_s)
        rows = [lyra.protocol.book.index[trader] for trader in lyra.traders]
        for name in ("equity_usd", "maintenance_usd", "notional_usd"):
            assert getattr(theirs, name) == pytest.approx(getattr(ours, name)[rows], rel=1e-6)
        assert theirs.liquidatable.tolist() == ours.liquidatable[rows].tolist()


def test_what_the_contracts_allow_is_what_health_says(lyra):
    site, view = lyra.protocol.sites["ETH"], lyra.driver.view
    seen = set()
    for price in (3000.0, 2400.0, 2000.0, 3600.0, 4200.0):
        lyra.price(price)
        said = lyra.protocol.health(view, lyra.traders).liquidatable.tolist()
        for trader, liquidatable in zip(lyra.traders, said, strict=True):
            ((token, position),) = lyra.protocol.state.of(trader, "ETH")
            told = site.read(view, "positions", "getOptionPosition", token)
            strike = position.strike_wad
            allowed = site.read(
                view,
                "positions",
                "canLiquidate",
                tuple(told.values()),
                lyra.protocol._expiry_s,
                strike,
                int(price) * WAD,
            )
            assert allowed == liquidatable
            seen.add(allowed)
    assert seen == {True, False}


def test_a_liquidation_takes_a_penalty_and_shares_it(lyra):
    lyra.price(1700)
    trader = lyra.traders[0]
    events = lyra.act(lyra.keeper, lyra.protocol.liquidate(trader, "ETH"))
    (done,) = [event for event in events if isinstance(event, Liquidated)]
    assert (done.keeper, done.closed_wad, done.remaining_wad) == (lyra.keeper, SIZE, 0)
    assert done.price_wad == 1700 * WAD
    # Of the penalty four tenths are the liquidator's, and it is a fifth of what is left, or 15.
    penalty = done.reward_wad + done.penalty_wad
    assert done.reward_wad == pytest.approx(penalty * 0.4, rel=1e-12)
    assert penalty >= 15 * WAD
    row = lyra.protocol.book.index[trader]
    assert lyra.protocol.book.cash_wad[row] == 0
    assert lyra.protocol.book.size_wad[row] == [0]
    assert_book_is_the_chains(lyra)
    assert_sheet_balances(lyra)


def test_collateral_that_does_not_suffice_is_the_pools_loss(lyra):
    lyra.price(900)
    lost = 0
    for trader in lyra.traders[:2]:
        events = lyra.act(lyra.keeper, lyra.protocol.liquidate(trader, "ETH"))
        (deficit,) = [event for event in events if isinstance(event, DeficitCovered)]
        assert deficit.shortfall_wad == deficit.vault_wad > 0
        lost += deficit.shortfall_wad
    sheet = assert_sheet_balances(lyra)
    assert sheet.items["insolvent_liquidations"] == lost
    assert_book_is_the_chains(lyra)


def test_a_healthy_position_is_not_liquidated_and_the_refusal_has_a_name(lyra):
    with pytest.raises(CampaignError, match=r"PositionNotLiquidatable\("):
        lyra.act(lyra.keeper, lyra.protocol.liquidate(lyra.traders[0], "ETH"))
    refusal = Revert("PositionNotLiquidatable", {}, b"")
    assert "price" in lyra.protocol.unblocks(refusal)


@pytest.mark.parametrize(("wait_s", "words"), [(0, "a price at which"), (90_001, "a newer price")])
def test_what_a_refused_liquidation_waits_for_is_told_of_the_nodes_own_answer(lyra, wait_s, words):
    lyra.wait(wait_s)
    site, trader = lyra.protocol.site, lyra.traders[0]
    lyra.act(lyra.driver.deployer, site.call("quote", "mint", lyra.keeper, 1, gas=100_000))
    call = lyra.protocol.liquidate(trader, "ETH")
    (answer,) = lyra.node.call_many([(call.to, call.data)], lyra.keeper)
    revert = lyra.protocol.decode_revert(answer.data)
    assert lyra.protocol.unblocks(revert).startswith(words)


def test_without_a_fresh_price_nothing_can_be_liquidated(lyra):
    lyra.price(1500)
    lyra.wait(90_001)
    with pytest.raises(CampaignError, match=r"RateIsInvalid\(1500000000000000000000, True\)"):
        lyra.act(lyra.keeper, lyra.protocol.liquidate(lyra.traders[0], "ETH"))
    assert "newer price" in lyra.protocol.unblocks(Revert("RateIsInvalid", {}, b""))


def test_a_position_is_bought_back_out_of_its_collateral(lyra):
    trader = lyra.traders[0]
    lyra.act(trader, lyra.protocol.close(trader, "ETH", 0))
    row = lyra.protocol.book.index[trader]
    assert lyra.protocol.book.size_wad[row] == [0]
    assert lyra.protocol.book.cash_wad[row] == 0
    assert lyra.protocol.close(trader, "ETH", 0) is None
    assert not lyra.protocol.takes_liquidation(trader, "ETH")
    assert_book_is_the_chains(lyra)
    assert_sheet_balances(lyra)


def test_markets_have_pools_of_their_own(stage):
    lyra = stage("lyra", markets=("ETH", "BTC"), liquidity_usd=1_000_000)
    lyra.act(lyra.traders[0], lyra.protocol.open("ETH", SIZE, 0))
    lyra.act(lyra.traders[1], lyra.protocol.open("BTC", SIZE, 0))
    lyra.price(900, "BTC")
    health = lyra.protocol.health(lyra.driver.view, lyra.traders[:2])
    assert health.liquidatable.tolist() == [False, True]
    events = lyra.act(lyra.keeper, lyra.protocol.liquidate(lyra.traders[1], "BTC"))
    assert [event.market for event in events if isinstance(event, Liquidated)] == ["BTC"]
    assert sorted(lyra.protocol.house_accounts) == ["counterparty", "pool_BTC"]
    assert_book_is_the_chains(lyra)
    assert_sheet_balances(lyra)


def test_a_checkpoint_brings_book_and_positions_back(lyra):
    before = lyra.protocol.checkpoint()
    cash, held = list(lyra.protocol.book.cash_wad), dict(lyra.protocol.state.open)
    lyra.price(900)
    lyra.act(lyra.keeper, lyra.protocol.liquidate(lyra.traders[0], "ETH"))
    assert lyra.protocol.state.open != held
    lyra.protocol.restore(before)
    assert lyra.protocol.book.cash_wad == cash
    assert lyra.protocol.state.open == held


def test_what_an_account_may_open_is_what_the_contracts_take(lyra):
    least, most = lyra.protocol.allowed_notional_usd("ETH", 1000.0, 1, 0.0, 3000.0)
    assert least < 0.6 * 3000 < most
    assert lyra.protocol.allowed_notional_usd("ETH", 150.0, 1, 0.0, 3000.0)[1] == 0.0
