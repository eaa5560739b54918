"""LiquidationEngine: who, how much, the window, keeper pay, the waterfall."""

import pytest
from conftest import ANY, ETH, NO_LIMIT, USDC, event_of, reverts

from floodline.foundation.units import GWEI, WAD, wad
from floodline.protocols.reference.model_math import reward_due


@pytest.fixture
def keeper_parameters(venue):
    return venue.profile.keeper.parameters(ETH)


@pytest.fixture
def rules(venue):
    return venue.profile.liquidation.parameters()


def test_a_healthy_account_cannot_be_liquidated(venue, long_trader, keeper):
    equity, _, maintenance = venue.house.status(long_trader, ANY)
    assert not venue.engine.isLiquidatable(long_trader)
    with reverts(
        venue.engine.NotLiquidatable, account=long_trader.address, maintenance=maintenance
    ) as caught:
        venue.engine.liquidate(long_trader, venue.market, sender=keeper)
    assert caught.value.inputs["equity"] == pytest.approx(equity, rel=1e-6)


def test_the_first_call_closes_half_and_leaves_the_account_better_margined(
    venue, long_trader, keeper, push_price
):
    push_price(2_750)
    equity, _, maintenance = venue.house.status(long_trader, ANY)
    assert maintenance / 2 <= equity < maintenance
    cash = venue.house.cashOf(long_trader)
    receipt = venue.engine.liquidate(long_trader, venue.market, sender=keeper)
    log = event_of(receipt, venue.engine.Liquidated)
    assert (log.account, log.market) == (long_trader.address, venue.market.address)
    assert log.keeper == keeper.address
    assert (log.sizeClosed, log.remaining, log.price) == (wad(15), wad(15), wad(2_750))
    assert log.penalty == 15 * wad(2_750) * 125 // 10_000
    assert venue.house.cashOf(keeper) == log.reward > 0
    changed = event_of(receipt, venue.market.PositionChanged)
    assert (changed.size, changed.entryPrice, changed.fee) == (wad(15), wad(2_750), 0)
    after, _, maintenance_after = venue.house.status(long_trader, ANY)
    assert after == cash + changed.realisedPnl + changed.funding - log.reward - log.penalty
    assert maintenance_after - after < maintenance - equity


def test_deep_under_water_the_whole_position_is_closed(venue, long_trader, keeper, push_price):
    push_price(2_700)
    receipt = venue.engine.liquidate(long_trader, venue.market, sender=keeper)
    log = event_of(receipt, venue.engine.Liquidated)
    assert (log.sizeClosed, log.remaining) == (wad(30), 0)
    assert tuple(venue.market.positionOf(long_trader)) == (0, 0, 0)


def test_what_would_leave_dust_is_closed_whole(
    venue, owner, long_trader, keeper, push_price, rules
):
    big_dust = rules._replace(dust_notional=wad(42_000))
    venue.engine.setLiquidationParameters(venue.market, tuple(big_dust), sender=owner)
    push_price(2_750)
    receipt = venue.engine.liquidate(long_trader, venue.market, sender=keeper)
    assert event_of(receipt, venue.engine.Liquidated).remaining == 0


def test_liquidation_needs_a_strict_price(chain, venue, long_trader, keeper, push_price):
    observed = push_price(2_750)
    chain.mine(timestamp=observed + 3_661)
    with reverts(venue.hub.StalePrice, observedAt=observed, maxAge=3_660):
        venue.engine.liquidate(long_trader, venue.market, sender=keeper)


def test_an_account_without_a_position_there_is_refused(venue, long_trader, keeper, push_price):
    push_price(2_750)
    with reverts(venue.engine.NoPosition, market=venue.btc_market.address):
        venue.engine.liquidate(long_trader, venue.btc_market, sender=keeper)


def test_an_unknown_market_is_refused(venue, long_trader, keeper, stranger):
    with reverts(venue.engine.UnknownMarket, market=stranger.address):
        venue.engine.liquidate(long_trader, stranger, sender=keeper)


def test_the_window_fills_and_empties(
    chain, venue, owner, long_trader, keeper, push_price, rules, later
):
    small = rules._replace(capacity_multiplier=wad("0.0022"), max_premium=0)
    venue.engine.setLiquidationParameters(venue.market, tuple(small), sender=owner)
    cap = wad("9.9")
    assert tuple(venue.engine.window(venue.market)) == (0, cap, 0)
    push_price(2_700)
    first = venue.engine.liquidate(long_trader, venue.market, sender=keeper)
    assert event_of(first, venue.engine.Liquidated).sizeClosed == cap
    available = first.timestamp + 30
    assert tuple(venue.engine.window(venue.market)) == (cap, cap, available)
    with reverts(venue.engine.LiquidationCapacityReached, availableAt=available):
        venue.engine.liquidate(long_trader, venue.market, sender=keeper)
    chain.mine(timestamp=available)
    assert tuple(venue.engine.window(venue.market)) == (0, cap, 0)
    second = venue.engine.liquidate(long_trader, venue.market, sender=keeper)
    assert event_of(second, venue.engine.Liquidated).sizeClosed == cap


def test_a_calm_market_lets_a_chunk_through_a_full_window(
    venue, owner, long_trader, keeper, push_price, rules
):
    small = rules._replace(capacity_multiplier=wad("0.0022"))
    venue.engine.setLiquidationParameters(venue.market, tuple(small), sender=owner)
    push_price(2_700)
    for _ in range(2):
        receipt = venue.engine.liquidate(long_trader, venue.market, sender=keeper)
        assert event_of(receipt, venue.engine.Liquidated).sizeClosed == wad("9.9")


def test_the_reward_formula_follows_gas_profit_and_notional(venue, keeper_parameters):
    for gas_price in (0, 50 * GWEI, 900 * GWEI):
        for notional in (0, wad(30_000), wad(3_000_000)):
            expected = reward_due(notional, wad("0.0003"), gas_price, wad(3_000), keeper_parameters)
            assert venue.engine.rewardDue(notional, wad("0.0003"), gas_price) == expected
    assert venue.engine.rewardDue(wad(30_000), wad("0.0003"), 50 * GWEI) == wad(78)


def test_the_constant_cap_is_a_switch(venue, owner, keeper_parameters):
    """Synthetix pays at most $30: above some gas price keepers lose money and stop."""
    capped = keeper_parameters._replace(cap_enabled=True)
    venue.engine.setKeeperParameters(tuple(capped), sender=owner)
    assert venue.engine.rewardDue(wad(30_000), wad("0.0003"), 50 * GWEI) == wad(30)


def test_margin_pays_a_share_of_the_reward_and_the_fund_the_rest(
    venue, owner, long_trader, keeper, push_price, keeper_parameters
):
    dear = keeper_parameters._replace(min_profit=wad(2_000))
    venue.engine.setKeeperParameters(tuple(dear), sender=owner)
    push_price(2_750)
    fund = venue.fund.available()
    cash = venue.house.cashOf(long_trader)
    receipt = venue.engine.liquidate(long_trader, venue.market, sender=keeper)
    paid = event_of(receipt, venue.engine.KeeperPaid)
    changed = event_of(receipt, venue.market.PositionChanged)
    equity = cash + changed.realisedPnl + changed.funding
    assert paid.fromMargin == equity * 4 // 10
    assert paid.fromFund == paid.due - paid.fromMargin > 0
    log = event_of(receipt, venue.engine.Liquidated)
    assert log.reward == paid.due == venue.house.cashOf(keeper)
    assert venue.fund.available() == fund - paid.fromFund + log.penalty


def test_the_tip_is_reimbursed_where_that_switch_is_on(
    venue, owner, long_trader, keeper, push_price, keeper_parameters
):
    tipping = keeper_parameters._replace(reimburse_tip=True)
    venue.engine.setKeeperParameters(tuple(tipping), sender=owner)
    push_price(2_750)
    receipt = venue.engine.liquidate(
        long_trader, venue.market, sender=keeper, max_fee="60 gwei", max_priority_fee="30 gwei"
    )
    price = receipt.gas_price
    assert price >= 30 * GWEI
    notional = 15 * wad(2_750)
    expected = reward_due(notional, wad("0.0003"), price, wad(2_750), tipping)
    assert event_of(receipt, venue.engine.KeeperPaid).due == expected > wad(36)


def test_bad_debt_goes_to_the_fund_the_counterparty_and_the_haircut_in_this_order(
    venue, long_trader, other_trader, keeper, push_price, liquidity_provider, chain
):
    venue.house.deposit(1_000 * USDC, sender=other_trader)
    push_price(2_000)
    provider = venue.house.cashOf(liquidity_provider)
    fund = venue.fund.available()
    receipt = venue.engine.liquidate(long_trader, venue.market, sender=keeper)
    covered = event_of(receipt, venue.waterfall.DeficitCovered)
    reward = event_of(receipt, venue.engine.Liquidated).reward
    assert covered.account == long_trader.address
    assert covered.fund == fund - reward
    assert covered.vault == (covered.shortfall - covered.fund) // 2
    assert covered.adl == 0
    assert covered.shortfall == covered.fund + covered.vault + covered.haircut
    assert venue.fund.available() == venue.house.cashOf(long_trader) == 0
    recorded = event_of(receipt, venue.house.DeficitRecorded)
    assert recorded.amount == recorded.total == covered.haircut == venue.house.recordedDeficit()
    lost = -event_of(receipt, venue.market.PositionChanged).realisedPnl
    funding = event_of(receipt, venue.market.PositionChanged).funding
    assert venue.house.cashOf(liquidity_provider) == provider + lost - funding - covered.vault
    with reverts(venue.house.WithdrawalGated, deficit=covered.haircut, fund=0):
        venue.house.withdraw(USDC, sender=other_trader)
    chain.mine(timestamp=venue.house.gatedUntil())
    assert venue.house.exchangeRate() < 10**18
    withdrawn = venue.house.withdraw(USDC, sender=other_trader)
    given_up = event_of(withdrawn, venue.house.Withdrawn).haircut
    assert given_up == event_of(withdrawn, venue.house.DeficitRepaired).amount > 0


def test_an_empty_fund_never_stops_a_liquidation(
    venue, owner, long_trader, other_trader, keeper, push_price
):
    push_price(2_000)
    venue.engine.liquidate(long_trader, venue.market, sender=keeper)
    push_price(3_000)
    venue.house.deposit(10_000 * USDC, sender=other_trader)
    venue.market.trade(wad(30), NO_LIMIT, sender=other_trader)
    assert venue.fund.available() == 0
    push_price(2_000)
    receipt = venue.engine.liquidate(other_trader, venue.market, sender=keeper)
    assert event_of(receipt, venue.engine.Liquidated).reward == 0
    assert event_of(receipt, venue.waterfall.DeficitCovered).fund == 0


def test_settings_are_the_owners_and_bounded(venue, owner, stranger, rules, keeper_parameters):
    for contract, function, arguments in (
        (venue.engine, "setLiquidationParameters", (venue.market, tuple(rules))),
        (venue.engine, "setKeeperParameters", (tuple(keeper_parameters),)),
        (venue.waterfall, "setVaultLossShare", (0,)),
        (venue.waterfall, "setDeleveragingSeconds", (60,)),
    ):
        with reverts(contract.OwnableUnauthorizedAccount):
            getattr(contract, function)(*arguments, sender=stranger)
    with reverts(venue.engine.OutOfBounds, value=301, lower=1, upper=300):
        venue.engine.setLiquidationParameters(
            venue.market, tuple(rules._replace(window_seconds=301)), sender=owner
        )
    with reverts(venue.waterfall.OutOfBounds, value=3_601):
        venue.waterfall.setDeleveragingSeconds(3_601, sender=owner)
    with reverts(venue.waterfall.OutOfBounds, value=wad("1.1")):
        venue.waterfall.setVaultLossShare(wad("1.1"), sender=owner)
    with reverts(venue.engine.UnknownMarket):
        venue.engine.setLiquidationParameters(stranger, tuple(rules), sender=owner)
    unknown = keeper_parameters._replace(gas_asset=b"\x01" * 32)
    with reverts(venue.engine.UnknownGasAsset, asset=b"\x01" * 32):
        venue.engine.setKeeperParameters(tuple(unknown), sender=owner)


def _partly_closed_with_a_harsh_penalty(venue, rules, owner, trader, keeper, push_price, *, guard):
    """A third of a position that is just below maintenance, with a penalty above what it frees."""
    harsh = rules._replace(spiral_guard=guard, penalty_ratio=wad("0.2"), close_factor=wad("0.34"))
    venue.engine.setLiquidationParameters(venue.market, tuple(harsh), sender=owner)
    push_price(2_750)
    before = venue.house.status(trader, ANY)
    venue.engine.liquidate(trader, venue.market, sender=keeper)
    after = venue.house.status(trader, ANY)
    return before[2] - before[0], after[2] - after[0]


def test_with_the_spiral_guard_a_liquidation_never_brings_the_next_one_nearer(
    venue, rules, owner, long_trader, keeper, push_price
):
    before, after = _partly_closed_with_a_harsh_penalty(
        venue, rules, owner, long_trader, keeper, push_price, guard=True
    )
    assert 0 < after <= before + WAD // 100  # a cent of funding between the two blocks


def test_without_the_guard_a_penalty_above_the_freed_margin_spirals(
    venue, rules, owner, long_trader, keeper, push_price
):
    before, after = _partly_closed_with_a_harsh_penalty(
        venue, rules, owner, long_trader, keeper, push_price, guard=False
    )
    assert after > 2 * before > 0
