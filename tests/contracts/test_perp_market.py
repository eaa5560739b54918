"""PerpMarket: orders, margin, caps, funding, parameters."""

import pytest
from conftest import ANY, ETH_PRICE, NO_LIMIT, USDC, event_of, reverts

from floodline.foundation.units import WAD, wad
from floodline.protocols.reference.model_math import (
    DAY_S,
    accrue_funding,
    fill_price,
    funding_velocity,
    order_fee_up,
    requirement_up,
)

PRICE = ETH_PRICE * 10**10


@pytest.fixture
def parameters(venue):
    return venue.profile.markets["ETH"].parameters()


def test_a_buy_fills_at_the_oracle_price_plus_half_its_own_skew(venue, trader, parameters):
    venue.house.deposit(10_000 * USDC, sender=trader)
    receipt = venue.market.trade(wad(30), NO_LIMIT, sender=trader)
    fill = PRICE + PRICE * 15 // 300_000
    fee = order_fee_up(0, wad(30), fill, parameters)
    traded = event_of(receipt, venue.market.Traded)
    assert (traded.account, traded.market) == (trader.address, venue.market.address)
    assert (traded.sizeDelta, traded.fillPrice, traded.oraclePrice) == (wad(30), fill, PRICE)
    assert traded.fee == fee == -(-wad(30) * fill * 5 // (10_000 * WAD))
    changed = event_of(receipt, venue.market.PositionChanged)
    assert (changed.size, changed.entryPrice, changed.fee) == (wad(30), fill, fee)
    assert tuple(venue.market.positionOf(trader)) == (wad(30), fill, 0)
    assert venue.house.cashOf(trader) == wad(10_000) - fee
    assert venue.market.skew() == venue.market.totalSize() == wad(30)
    assert venue.house.activeProducts(trader) == 1


def test_quote_says_what_an_order_would_get(venue, long_trader, parameters):
    for delta in (wad(5), -wad(5), -wad(45)):
        fill = fill_price(wad(30), delta, PRICE, parameters.skew_scale)
        fee = order_fee_up(wad(30), delta, fill, parameters)
        assert tuple(venue.market.quote(delta)) == (fill, fee)


def test_the_fee_splits_exactly_where_the_skew_crosses_zero(venue, owner, long_trader, parameters):
    venue.market.setParameters(tuple(parameters._replace(maker_fee=wad("0.0001"))), sender=owner)
    fill, fee = venue.market.quote(-wad(50))
    making, taking = wad(30) * fill // 10_000, wad(20) * fill * 5 // 10_000
    assert 0 <= fee - (making + taking) // WAD <= 1


def test_a_fill_worse_than_the_limit_is_refused_on_both_sides(venue, trader):
    venue.house.deposit(10_000 * USDC, sender=trader)
    for delta, limit in ((wad(10), PRICE), (-wad(10), PRICE)):
        fill = venue.market.quote(delta)[0]
        with reverts(venue.market.AcceptablePriceExceeded, fillPrice=fill, limit=limit):
            venue.market.trade(delta, limit, sender=trader)
        venue.market.trade(delta, fill, sender=trader)
        venue.market.trade(-delta, NO_LIMIT if delta < 0 else 0, sender=trader)


def test_an_order_needs_a_size(venue, trader):
    with reverts(venue.market.ZeroSize):
        venue.market.trade(0, NO_LIMIT, sender=trader)


def test_an_order_that_grows_needs_initial_margin(venue, trader):
    venue.house.deposit(1_000 * USDC, sender=trader)
    with reverts(venue.market.InsufficientMargin) as caught:
        venue.market.trade(wad(30), NO_LIMIT, sender=trader)
    assert caught.value.inputs["equity"] < caught.value.inputs["required"]
    assert tuple(venue.market.positionOf(trader)) == (0, 0, 0)


def test_a_reducing_order_needs_no_initial_margin(venue, long_trader, push_price):
    push_price(2_800)
    equity, initial, maintenance = venue.house.status(long_trader, ANY)
    assert maintenance <= equity < initial
    venue.market.trade(-wad(1), 0, sender=long_trader)
    with reverts(venue.market.InsufficientMargin):
        venue.market.trade(wad(1), NO_LIMIT, sender=long_trader)


def test_a_debt_cannot_be_left_behind_by_closing(venue, long_trader, push_price):
    push_price(2_600)
    with reverts(venue.market.InsufficientMargin):
        venue.market.trade(-wad(30), 0, sender=long_trader)


def test_turning_a_position_around_needs_initial_margin(venue, long_trader, push_price):
    push_price(2_740)
    with reverts(venue.market.InsufficientMargin):
        venue.market.trade(-wad(58), 0, sender=long_trader)


def test_closing_pays_the_profit_out_of_the_counterparty(
    venue, long_trader, liquidity_provider, push_price
):
    entry = venue.market.positionOf(long_trader)[1]
    push_price(3_100)
    before, provider_before = (
        venue.house.cashOf(long_trader),
        venue.house.cashOf(liquidity_provider),
    )
    receipt = venue.market.trade(-wad(30), 0, sender=long_trader)
    changed = event_of(receipt, venue.market.PositionChanged)
    fill = event_of(receipt, venue.market.Traded).fillPrice
    assert (changed.size, changed.entryPrice, changed.entryFunding) == (0, 0, 0)
    assert changed.realisedPnl + changed.funding <= 30 * (fill - entry)
    assert changed.realisedPnl == pytest.approx(30 * (fill - entry), rel=1e-9)
    paid = changed.realisedPnl + changed.funding
    assert venue.house.cashOf(long_trader) == before + paid - changed.fee
    to_fund = changed.fee // 10
    gained = changed.fee - to_fund - paid
    assert venue.house.cashOf(liquidity_provider) == provider_before + gained
    assert venue.house.activeProducts(long_trader) == 0
    assert venue.market.debtCorrection() == venue.market.totalSize() == 0


def test_a_position_below_the_smallest_notional_is_refused(venue, trader, long_trader):
    with reverts(venue.market.DustPosition, notional=wad(90), minNotional=wad(100)):
        venue.market.trade(-wad("29.97"), 0, sender=long_trader)


def test_open_interest_is_capped_in_size_and_in_value(venue, owner, long_trader, parameters):
    for change, cap in (
        ({"max_side_size": wad(31)}, wad(31)),
        ({"max_side_value": wad(94_000)}, wad(94_000)),
    ):
        venue.market.setParameters(tuple(parameters._replace(**change)), sender=owner)
        with reverts(venue.market.OpenInterestCapExceeded, long=True, cap=cap):
            venue.market.trade(wad(2), NO_LIMIT, sender=long_trader)
        venue.market.trade(-wad(1), 0, sender=long_trader)
        venue.market.trade(wad(1), NO_LIMIT, sender=long_trader)
    assert tuple(venue.market.openInterest()) == (wad(30), 0)


def test_the_counterparty_must_be_able_to_carry_the_open_interest(
    venue, trader, liquidity_provider
):
    venue.house.withdraw(19_995_000 * USDC, sender=liquidity_provider)
    venue.house.deposit(10_000 * USDC, sender=trader)
    with reverts(venue.market.CounterpartyCapacityExceeded) as caught:
        venue.market.trade(wad(20), NO_LIMIT, sender=trader)
    assert caught.value.inputs["required"] == wad(6_000)


def test_the_ledger_accounts_with_a_role_may_not_trade(venue, liquidity_provider):
    with reverts(venue.market.Unauthorized, caller=liquidity_provider.address):
        venue.market.trade(wad(1), NO_LIMIT, sender=liquidity_provider)


def test_only_the_engine_closes_for_liquidation(venue, long_trader, stranger):
    with reverts(venue.market.Unauthorized, caller=stranger.address):
        venue.market.closeForLiquidation(long_trader, wad(1), sender=stranger)


def test_trading_stops_on_a_stale_price(chain, venue, long_trader):
    chain.mine(timestamp=venue.hub.peek(venue.market.asset())[1] + 7_201)
    with reverts(venue.hub.StalePrice, maxAge=7_200):
        venue.market.trade(-wad(1), 0, sender=long_trader)


def test_funding_accelerates_with_the_skew_and_longs_pay(
    later, venue, long_trader, parameters, push_price, stranger
):
    rate, accumulator, since = venue.market.storedFunding()
    assert (rate, accumulator) == (0, 0)
    later(3_000)
    push_price(3_000)
    receipt = venue.market.pokeFunding(sender=stranger)
    elapsed = receipt.timestamp - since
    expected = accrue_funding(0, 0, funding_velocity(wad(30), parameters), elapsed, PRICE)
    updated = event_of(receipt, venue.market.FundingUpdated)
    assert (updated.rate, updated.accumulator) == expected
    assert (updated.skew, updated.price) == (wad(30), PRICE)
    assert expected[0] == wad(9) * 30 // 300_000 * elapsed // DAY_S > 0 > expected[1]
    assert tuple(venue.market.storedFunding()) == (*expected, receipt.timestamp)


def test_margin_follows_the_worked_number(venue, long_trader, parameters):
    _, initial, maintenance = venue.house.status(long_trader, ANY)
    assert (initial, maintenance) == requirement_up(wad(30), PRICE, parameters)
    ratio = wad("0.05") + wad("1.16") * 30 // 300_000
    assert initial == 90_000 * ratio + wad(15) + wad(27)
    assert maintenance == 90_000 * ratio * 6 // 10 + wad(15) + wad(27)


def test_initial_margin_may_grow_with_the_open_interest_of_a_side(
    venue, owner, long_trader, other_trader, parameters
):
    scaled = parameters._replace(oi_scale_start=wad(60_000), oi_scale_full=wad(120_000))
    venue.market.setParameters(tuple(scaled), sender=owner)
    initial, maintenance = venue.house.requirement(long_trader, ANY)
    assert (initial, maintenance) == requirement_up(wad(30), PRICE, scaled, wad(30))
    assert initial > 90_000 * wad("0.5")
    assert maintenance == requirement_up(wad(30), PRICE, parameters)[1]

    venue.house.deposit(100_000 * USDC, sender=other_trader)
    with reverts(venue.market.InsufficientMargin, required=wad(120_051)):
        venue.market.trade(wad(40), NO_LIMIT, sender=other_trader)
    venue.market.trade(-wad(20), 0, sender=other_trader)  # the other side has room
    assert venue.house.requirement(other_trader, ANY) == requirement_up(
        wad(20), PRICE, scaled, wad(20)
    )


def test_open_interest_that_scales_margin_ends_above_where_it_starts(venue, owner, parameters):
    wrong = parameters._replace(oi_scale_start=wad(10), oi_scale_full=wad(10))
    with reverts(venue.market.OutOfBounds, value=wad(10), lower=wad(10) + 1):
        venue.market.setParameters(tuple(wrong), sender=owner)


def test_market_debt_is_what_traders_have_gained(
    venue, long_trader, other_trader, liquidity_provider, push_price
):
    venue.house.deposit(50_000 * USDC, sender=other_trader)
    venue.market.trade(-wad(50), 0, sender=other_trader)
    push_price(3_210)
    traders = (long_trader, other_trader)
    gained = sum(venue.market.valuation(account, ANY)[0] for account in traders)
    assert 0 <= venue.market.marketDebt() - gained <= 2
    equity, locked = venue.house.counterpartyStatus(liquidity_provider, ANY)
    provider = venue.house.cashOf(venue.house.counterparty())
    assert equity == provider - venue.market.marketDebt()
    assert locked == 80 * wad(3_210) // 10


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("skew_scale", wad(1) - 1),
        ("max_funding_velocity", wad(101)),
        ("maker_fee", wad("0.11")),
        ("taker_fee", wad("0.11")),
        ("max_side_size", wad(300_000)),
        ("min_initial_ratio", 0),
        ("max_initial_ratio", wad("0.049")),
        ("maintenance_scalar", wad("1.01")),
        ("locked_oi_ratio", wad("1.01")),
        ("fund_fee_share", wad("1.01")),
    ],
)
def test_every_parameter_has_bounds(project, venue, owner, parameters, name, value):
    with reverts() as caught:
        venue.market.setParameters(tuple(parameters._replace(**{name: value})), sender=owner)
    words = name.split("_")
    camel = words[0] + "".join(word.capitalize() for word in words[1:])
    assert bytes(caught.value.inputs["parameter"]).rstrip(b"\0").decode() == camel
    assert caught.value.inputs["value"] == value


def test_parameters_are_the_owners_and_announced(venue, owner, stranger, parameters):
    with reverts(venue.market.OwnableUnauthorizedAccount):
        venue.market.setParameters(tuple(parameters), sender=stranger)
    receipt = venue.market.setParameters(tuple(parameters), sender=owner)
    assert tuple(event_of(receipt, venue.market.ParametersSet).parameters) == tuple(parameters)
