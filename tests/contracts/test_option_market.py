"""OptionMarket: who may do what, listing, quotes, legs, caps; prices are the model's elsewhere."""

import pytest
from conftest import ANY, DEFAULT, NO_LIMIT, USDC, event_of, reverts
from option_venue import STRIKES, add_options

from floodline.foundation.units import WAD, wad
from floodline.protocols.reference.model_black_scholes import OptionInputs, prices
from floodline.protocols.reference.profile_options import OPTIONS

PARAMETERS = OPTIONS.parameters()


@pytest.fixture
def floor(venue, deploy, owner, oracle_publisher, accounts, chain):
    """The venue with options; the vault is an account of its own."""
    now = chain.blocks.head.timestamp
    return add_options(venue, deploy, owner, oracle_publisher, accounts[8], now)


@pytest.fixture
def writer(floor, trader):
    floor.house.deposit(50_000 * USDC, sender=trader)
    return trader


@pytest.fixture
def call(floor):
    return floor.at_the_money


def test_a_buyer_pays_the_model_price_with_its_own_impact_and_the_spread(floor, writer, call):
    receipt = floor.options.trade(call, wad(10), NO_LIMIT, sender=writer)
    traded = event_of(receipt, floor.options.OptionTraded)
    left = floor.expiry - receipt.timestamp
    inputs = OptionInputs(wad(3_000), wad(3_000), traded.volatility, left)
    model = prices(inputs)[0]
    assert traded.price == model + -(-model // 100)
    assert traded.volatility > floor.surface.state()[0]
    assert traded.fee >= wad(9)
    assert floor.options.sizeOf(writer, call) == wad(10)
    assert floor.house.cashOf(writer) == wad(50_000) - 10 * traded.price - traded.fee
    value, initial, maintenance = floor.options.valuation(writer, ANY)
    assert initial == maintenance == pytest.approx(value, abs=1)
    assert 0 < value < 10 * traded.price


def test_a_quote_is_what_a_trade_then_costs(floor, writer, call):
    for delta in (wad(7), -wad(7)):
        price, fee, volatility = floor.options.quote(call, delta)
        limit = NO_LIMIT if delta > 0 else 0
        receipt = floor.options.trade(call, delta, limit, sender=writer)
        traded = event_of(receipt, floor.options.OptionTraded)
        assert traded.price == pytest.approx(price, rel=1e-5)
        assert traded.fee == pytest.approx(fee, rel=1e-5)
        assert traded.volatility == pytest.approx(volatility, rel=1e-5)


def test_a_writer_is_margined_by_deribits_rule_less_the_mark(floor, writer, call):
    floor.options.trade(call, -wad(10), 0, sender=writer)
    value, initial, maintenance = floor.options.valuation(writer, DEFAULT)
    ((mark,), spot) = floor.options.marks(1 << call, DEFAULT)
    assert spot == wad(3_000)
    assert value == -10 * mark[1]
    assert (initial, maintenance) == (wad(4_500), wad(2_250))
    out_of_the_money = STRIKES.index(3_300) * 2
    floor.options.trade(out_of_the_money, -wad(1), 0, sender=writer)
    _, initial, maintenance = floor.options.valuation(writer, DEFAULT)
    assert (initial, maintenance) == (wad(4_800), wad(2_475))


def test_writing_beyond_initial_margin_is_refused(floor, trader, call):
    floor.house.deposit(1_000 * USDC, sender=trader)
    with reverts(floor.options.InsufficientMargin):
        floor.options.trade(call, -wad(4), 0, sender=trader)


def test_options_cannot_be_bought_on_credit(floor, trader, call):
    floor.house.deposit(1_000 * USDC, sender=trader)
    with reverts(floor.options.InsufficientMargin):
        floor.options.trade(call, wad(4), NO_LIMIT, sender=trader)


def test_at_most_twelve_legs_are_held_and_a_thirteenth_is_refused(floor, writer, owner):
    put = floor.options.listSeries(wad(3_050), floor.expiry, False, sender=owner)
    assert not put.failed
    for index in range(12):
        floor.options.trade(index, wad("0.1"), NO_LIMIT, sender=writer)
    with reverts(floor.options.TooManyLegs, account=writer.address, limit=12):
        floor.options.trade(12, wad("0.1"), NO_LIMIT, sender=writer)
    legs = floor.options.legs(writer)
    assert len(legs) == 12
    assert {leg.size for leg in legs} == {wad("0.1")}


def test_roles_are_kept(floor, writer, stranger, owner, call):
    with reverts(floor.options.Unauthorized, caller=stranger.address):
        floor.options.closeForLiquidation(writer, call, 1, sender=stranger)
    with reverts(floor.options.Unauthorized, caller=stranger.address):
        floor.options.transferShare(writer, stranger, WAD, sender=stranger)
    with reverts(floor.options.Unauthorized, caller=floor.vault.address):
        floor.options.trade(call, wad(1), NO_LIMIT, sender=floor.vault)
    for contract, forbidden in (
        (floor.options, lambda own: own.listSeries(wad(1), floor.expiry, True, sender=stranger)),
        (floor.options, lambda own: own.setParameters(tuple(PARAMETERS), sender=stranger)),
        (floor.margin, lambda own: own.setSurface(b"x" * 32, stranger, sender=stranger)),
        (floor.liquidator, lambda own: own.setParameters((WAD, 0, 0), sender=stranger)),
    ):
        with reverts(contract.OwnableUnauthorizedAccount):
            forbidden(contract)


def test_bad_orders_are_refused_with_their_reason(floor, writer, call):
    with reverts(floor.options.ZeroSize):
        floor.options.trade(call, 0, 0, sender=writer)
    with reverts(floor.options.UnknownSeries, id=99):
        floor.options.trade(99, wad(1), NO_LIMIT, sender=writer)
    price, _, _ = floor.options.quote(call, wad(1))
    with reverts(floor.options.AcceptablePriceExceeded):
        floor.options.trade(call, wad(1), price * 99 // 100, sender=writer)
    with reverts(floor.options.DustPosition):
        floor.options.trade(call, PARAMETERS.min_size - 1, NO_LIMIT, sender=writer)


def test_series_are_listed_once_ahead_of_time_and_in_bounded_number(floor, owner, chain):
    strike, expiry, is_call, *_ = floor.options.seriesOf(0)
    refused = [
        (strike, expiry, is_call),
        (wad(3_000), chain.blocks.head.timestamp, True),
        (0, floor.expiry, True),
        (10**31, floor.expiry, True),
    ]
    for arguments in refused:
        with reverts(floor.options.SeriesRefused):
            floor.options.listSeries(*arguments, sender=owner)
    for place in range(8):
        floor.options.listSeries(wad(4_000 + place), floor.expiry, True, sender=owner)
    with reverts(floor.options.TooManySeries, limit=20):
        floor.options.listSeries(wad(5_000), floor.expiry, True, sender=owner)
    assert floor.options.seriesCount() == 20


def test_an_expired_series_makes_room_only_once_nobody_holds_it(
    floor, owner, writer, stranger, push_price, later, oracle_publisher, call
):
    floor.options.trade(call, -wad(1), 0, sender=writer)
    for place in range(8):
        floor.options.listSeries(wad(4_000 + place), floor.expiry, True, sender=owner)
    later(floor.expiry + 1 - floor.surface.observedAt())
    push_price(3_000)
    next_expiry = floor.expiry + 10**6
    for place in range(19):
        floor.options.listSeries(wad(3_000 + place), next_expiry, True, sender=owner)
    with reverts(floor.options.TooManySeries, limit=20):
        floor.options.listSeries(wad(2_000), next_expiry, True, sender=owner)
    floor.expiries.fixPrice(floor.options.asset(), floor.expiry, 128, sender=stranger)
    floor.options.settleAccounts([writer], sender=stranger)
    floor.options.listSeries(wad(2_000), next_expiry, True, sender=owner)


def test_a_settlement_batch_is_bounded(floor, stranger):
    with reverts(floor.options.TooManyAccounts, accounts=33, limit=32):
        floor.options.settleAccounts([stranger] * 33, sender=stranger)


def test_parameters_are_bounded(floor, owner):
    for change in (
        {"spread": WAD},
        {"min_delta": WAD},
        {"min_size": 0},
        {"initial_floor": PARAMETERS.maintenance_ratio - 1},
        {"initial_ratio": PARAMETERS.initial_floor - 1},
        {"close_shock": WAD - 1},
        {"cutoff": 8 * 86_400},
    ):
        with reverts(floor.options.OutOfBounds):
            floor.options.setParameters(tuple(PARAMETERS._replace(**change)), sender=owner)


def test_the_waterfall_may_be_started_for_debts_without_positions_only(
    floor, writer, stranger, liquidity_provider, call
):
    floor.options.trade(call, -wad(1), 0, sender=writer)
    for account in (writer, floor.vault, liquidity_provider):
        with reverts(floor.engine.ShortfallNotDue, account=account.address):
            floor.engine.coverShortfall(account, sender=stranger)
    floor.engine.coverShortfall(stranger, sender=stranger)


def test_scenario_margin_of_twelve_legs_costs_less_than_one_and_a_half_million_gas(
    floor, writer, later, push_price, oracle_publisher
):
    later()
    for index in range(10):
        side, limit = (1, NO_LIMIT) if index % 2 else (-1, 0)
        floor.options.trade(index, side * wad("0.1"), limit, sender=writer)
    floor.market.trade(wad(1), NO_LIMIT, sender=writer)
    floor.btc_market.trade(wad("0.05"), NO_LIMIT, sender=writer)
    gas = floor.margin.requirement.estimate_gas_cost(writer, DEFAULT) - 21_000
    assert 300_000 < gas < 1_500_000
    floor.house.setPortfolioMargin(True, sender=writer)
    scenarios = floor.margin.scenarios(writer, floor.options.asset(), DEFAULT)
    assert len(set(scenarios)) >= 9, "each pair of call and put is a short future"
    status = floor.house.status(writer, DEFAULT)
    assert status[2] >= -min(scenarios)
