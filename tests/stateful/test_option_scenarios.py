"""Stories about options, told on chain and model at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from driver import Chain, Deployment
from option_world import GRACE_S, PARAMETERS, VAULT, OptionWorld
from world import TRADERS, small_setup

from floodline.foundation.units import FEED, WAD, wad
from floodline.protocols.reference.model_expiry import ExpirySource
from floodline.protocols.reference.profile_options import SURFACE

pytestmark = pytest.mark.anvil
USDC = 10**6
WRITER, BUYER, THIRD = TRADERS


@pytest.fixture
def world(chain: Chain, request: pytest.FixtureRequest) -> Iterator[OptionWorld]:
    before = chain.node.snapshot(), chain.now_s
    landing = getattr(request, "param", "twap") == "landing"
    chosen = OptionWorld(Deployment(chain, small_setup(), TRADERS), landing=landing)
    for account in TRADERS:
        assert chosen.deposit(account, 40_000 * USDC)
    yield chosen
    chosen.compare()
    chosen.compare_options()
    chain.node.revert(before[0])
    chain.now_s = before[1]


def series(world: OptionWorld, which: int, strike: int, *, call: bool) -> int:
    """Return the number of the option of the first, second or third expiry."""
    wanted = (wad(strike), world.expiry_times[which], call)
    known = [(s.strike, s.expiry, s.is_call) for s in world.model.options.series]
    return known.index(wanted)


def pass_expiry(world: OptionWorld, which: int, dollars: int, minutes_before: int = 60) -> int:
    """Publish a price before an expiry and another after it; return the expiry."""
    expiry = world.expiry_times[which]
    world.wait(expiry - minutes_before * 60 - world.model.now_s - 1)
    assert world.push_price("ETH", dollars * FEED)
    world.wait(expiry + 5 - world.model.now_s)
    assert world.push_price("ETH", 2_000 * FEED)
    return expiry


def test_a_writer_pays_the_buyer_through_the_vault_and_nothing_is_left(world: OptionWorld) -> None:
    call = series(world, 1, 3_000, call=True)
    assert world.trade_option(WRITER, call, -wad(5))
    assert world.trade_option(BUYER, call, wad(5))
    before = {name: world.model.ledger.cash_of(name) for name in (WRITER, BUYER, VAULT)}
    expiry = pass_expiry(world, 1, 3_400)
    assert world.fix_price(expiry, 128)
    assert world.model.options.expiries.fixings[expiry] == (wad(3_400), ExpirySource.LAST_ROUND)
    assert world.settle(TRADERS) == 2
    after = {name: world.model.ledger.cash_of(name) for name in before}
    assert after[BUYER] - before[BUYER] == wad(2_000) == before[WRITER] - after[WRITER]
    assert after[VAULT] == before[VAULT]
    assert world.settle(TRADERS) == 0
    assert not any(world.model.ledger.has_positions(name) for name in TRADERS)


@pytest.mark.parametrize("world", ["landing"], indirect=True)
def test_at_landing_the_price_is_the_keepers_not_the_expirys(world: OptionWorld) -> None:
    call = series(world, 1, 3_000, call=True)
    assert world.trade_option(BUYER, call, wad(5))
    before = world.model.ledger.cash_of(BUYER)
    expiry = pass_expiry(world, 1, 3_400)
    assert world.fix_price(expiry, 1)
    price, source = world.model.options.expiries.fixings[expiry]
    assert (price, source) == (wad(2_000), ExpirySource.LANDING)
    assert world.settle([BUYER]) == 1
    assert world.model.ledger.cash_of(BUYER) == before


def test_an_expired_option_can_be_neither_traded_nor_closed_only_settled(
    world: OptionWorld,
) -> None:
    put = series(world, 0, 3_000, call=False)
    assert world.trade_option(WRITER, put, -wad(3))
    world.wait(world.expiry_times[0] - PARAMETERS.cutoff - world.model.now_s - 1)
    assert not world.trade_option(WRITER, put, wad(3))
    assert world.reverts["TradingClosed"] == 1
    world.wait(world.expiry_times[0] + 1 - world.model.now_s)
    assert not world.trade_option(WRITER, put, wad(3))
    assert world.settle(TRADERS) == 0
    assert not world.fix_price(world.expiry_times[0], 128)
    assert world.reverts["ExpiryRoundsPending"] == 1
    world.wait(GRACE_S)
    assert world.fix_price(world.expiry_times[0], 128)
    assert world.settle(TRADERS) == 1


def test_a_ruined_writer_leaves_a_debt_that_the_waterfall_covers(world: OptionWorld) -> None:
    call = series(world, 1, 3_000, call=True)
    assert world.withdraw(WRITER, 36_000 * USDC)
    assert world.trade_option(WRITER, call, -wad(8))
    expiry = pass_expiry(world, 1, 4_500)
    assert world.fix_price(expiry, 128)
    assert world.settle(TRADERS) == 1
    assert world.happened["cover"] == 1
    assert world.model.ledger.cash_of(WRITER) == 0
    assert world.model.ledger.recorded_deficit > 0
    assert not world.withdraw(BUYER, USDC)
    assert world.reverts["WithdrawalGated"] == 1


def test_a_writer_below_maintenance_is_bought_back_in_parts_and_ends_above_it(
    world: OptionWorld,
) -> None:
    call = series(world, 2, 3_000, call=True)
    assert world.withdraw(WRITER, 36_000 * USDC)
    assert world.trade_option(WRITER, call, -wad(8))
    assert world.liquidate_option(WRITER, call) is None
    assert world.reverts["NotLiquidatable"] == 1
    world.push_price("ETH", 3_450 * FEED)
    world.push_surface(SURFACE.start())
    equity, _, maintenance = world.model.status(WRITER)
    assert maintenance // 2 <= equity < maintenance
    vault = world.model.vault_status()[0]
    outcome = world.liquidate_option(WRITER, call)
    assert outcome.size_closed == wad(4)
    assert outcome.reward > 0
    assert outcome.penalty > 0
    assert world.model.vault_status()[0] > vault, "the vault is paid for the volatility it sells"
    after, _, maintenance_after = world.model.status(WRITER)
    assert maintenance_after - after < maintenance - equity


def test_longs_are_sold_only_once_no_short_is_left(world: OptionWorld) -> None:
    call, put = series(world, 2, 3_000, call=True), series(world, 2, 2_700, call=False)
    assert world.withdraw(WRITER, 36_000 * USDC)
    assert world.trade_option(WRITER, put, wad(1))
    assert world.trade_option(WRITER, call, -wad(8))
    world.push_price("ETH", 4_200 * FEED)
    world.push_surface(SURFACE.start())
    assert world.liquidate_option(WRITER, put) is None
    assert world.reverts["ShortsFirst"] == 1
    assert world.liquidate_option(WRITER, call).size_closed == wad(8)
    assert world.liquidate_option(WRITER, put).size_closed == wad(1)
    assert world.model.ledger.cash_of(WRITER) == 0


def test_stale_volatility_stops_trading_and_liquidation_of_options_but_not_of_others(
    world: OptionWorld,
) -> None:
    call = series(world, 2, 3_000, call=True)
    assert world.trade_option(WRITER, call, -wad(5))
    world.wait(SURFACE.surface_heartbeat.value + 1)
    assert not world.trade_option(WRITER, call, wad(5))
    assert world.liquidate_option(WRITER, call) is None
    assert not world.trade(WRITER, "ETH", wad(1))
    assert world.reverts["StaleVolatility"] == 3
    assert world.trade(BUYER, "ETH", wad(1))


def test_the_vault_sells_no_more_than_its_capital_and_its_caps_allow(world: OptionWorld) -> None:
    calls = [series(world, 2, strike, call=True) for strike in (2_700, 3_000, 3_300)]
    assert not world.trade_option(BUYER, calls[1], PARAMETERS.max_series_size + wad(1))
    assert world.reverts["OpenInterestCapExceeded"] == 1
    assert world.trade_option(BUYER, calls[1], wad(40))
    assert not world.trade_option(THIRD, calls[2], wad(20))
    assert world.reverts["NetVegaCapExceeded"] == 1
    assert world.trade_option(THIRD, calls[2], -wad(5)), "what lowers net vega is welcome"


def test_a_spread_needs_less_under_scenarios_and_a_naked_option_more(world: OptionWorld) -> None:
    low, high = (series(world, 2, strike, call=True) for strike in (3_000, 3_300))
    assert world.trade_option(WRITER, low, -wad(5))
    naked = world.model.portfolio_requirement(WRITER)[0]
    assert naked > world.model.status(WRITER)[1]
    assert world.trade_option(WRITER, high, wad(5))
    isolated = world.model.status(WRITER)[1]
    assert world.set_portfolio_margin(WRITER, on=True)
    scenario = world.model.status(WRITER)[1]
    assert scenario < isolated
    assert scenario <= 5 * wad(300) * 125 // 100, "a spread cannot lose more than its width"


def test_a_perpetual_hedged_by_options_needs_less_than_either_alone(world: OptionWorld) -> None:
    put = series(world, 2, 3_000, call=False)
    assert world.trade(WRITER, "ETH", wad(5))
    alone = world.model.portfolio_requirement(WRITER)[1]
    assert world.trade_option(WRITER, put, wad(5))
    hedged = world.model.portfolio_requirement(WRITER)[1]
    assert hedged < alone // 2
    assert world.set_portfolio_margin(WRITER, on=True)
    assert world.model.status(WRITER)[2] < alone // 2


def test_capped_a_lone_perpetual_needs_what_its_market_asks_and_a_hedge_what_it_can_lose(
    world: OptionWorld,
) -> None:
    assert world.trade(WRITER, "ETH", wad(5))
    isolated = world.model.status(WRITER)[1:]
    assert world.model.portfolio_requirement(WRITER)[1] == wad(3_000) > isolated[1]
    world.set_capped(capped=True)
    assert world.set_portfolio_margin(WRITER, on=True)
    assert world.model.status(WRITER)[1:] == isolated
    assert world.trade_option(WRITER, series(world, 2, 3_000, call=False), wad(5))
    asked, summed = world.margins(WRITER)
    assert list(world.model.status(WRITER)[1:]) == asked
    assert asked[0] < summed[0]


def test_scenario_margin_cannot_be_chosen_by_an_account_that_it_would_call(
    world: OptionWorld,
) -> None:
    assert world.withdraw(WRITER, 37_000 * USDC)
    assert world.trade(WRITER, "ETH", wad(12))
    assert not world.set_portfolio_margin(WRITER, on=True)
    assert world.reverts["InsufficientMargin"] == 1
    assert WRITER not in world.model.portfolio_margin


def test_a_round_trip_in_a_quiet_market_costs_its_trader(world: OptionWorld) -> None:
    call = series(world, 2, 3_000, call=True)
    before = world.model.ledger.cash_of(BUYER)
    vault = world.model.ledger.cash_of(VAULT)
    assert world.trade_option(BUYER, call, wad(10))
    assert world.trade_option(BUYER, call, -wad(10), kind="close option")
    cost = before - world.model.ledger.cash_of(BUYER)
    model_price = 274 * WAD
    assert cost > 10 * model_price * 2 // 100, "twice the spread at least"
    assert world.model.ledger.cash_of(VAULT) > vault
