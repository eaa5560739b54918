"""Hand-made stories, each run on chain and model at once."""

from __future__ import annotations

import checks
import pytest
from world import World

from floodline.foundation.units import FEED, WAD, wad

pytestmark = pytest.mark.anvil
USDC = 10**6


def open_long(world: World, size: str = "25", dollars: int = 10_000) -> None:
    assert world.deposit("first_trader", dollars * USDC)
    assert world.trade("first_trader", "ETH", wad(size))


def test_a_long_that_falls_below_maintenance_is_closed_by_half_and_pays_its_keeper(
    world: World,
) -> None:
    open_long(world)
    world.push_price("ETH", 2_690 * FEED)
    outcome = world.liquidate("first_trader", "ETH")
    assert outcome.size_closed == wad("12.5")
    assert outcome.reward > 0
    assert outcome.penalty > 0
    assert outcome.covered.shortfall == 0
    world.compare()


def test_closing_a_whole_short_needs_no_margin(world: World) -> None:
    """The sign of zero differs from a short's: closing one was once taken for a new position."""
    assert world.deposit("first_trader", 5_000 * USDC)
    assert world.trade("first_trader", "ETH", -wad(20))
    world.withdraw("liquidity_provider", 3_985_000 * USDC)
    world.push_price("ETH", 3_130 * FEED)
    assert not world.trade("first_trader", "ETH", -wad(1))
    assert world.reverts["InsufficientMargin"] + world.reverts["CounterpartyCapacityExceeded"]
    assert world.trade("first_trader", "ETH", wad(20))
    world.compare()


def test_stale_prices_of_two_markets_name_the_first_registered(world: World) -> None:
    """The model once took markets in alphabetical order, the ledger in that of its registry."""
    open_long(world, size="10")
    assert world.trade("first_trader", "BTC", wad("0.1"))
    world.wait(4_000)
    assert world.liquidate("first_trader", "ETH") is None
    assert world.reverts["StalePrice"] == 1


def test_two_chunks_in_one_window_do_not_exceed_its_capacity(world: World) -> None:
    open_long(world, size="50", dollars=20_000)
    cap = world.model.markets["ETH"].window_cap()
    assert cap < wad(50)
    world.push_price("ETH", 2_400 * FEED)
    first = world.liquidate("first_trader", "ETH")
    assert first.size_closed == cap
    assert world.liquidate("first_trader", "ETH") is None
    assert world.reverts["LiquidationCapacityReached"] == 1
    assert world.liquidate("first_trader", "ETH", after_s=30).size_closed == wad(50) - cap


def test_a_calm_market_lets_one_more_chunk_through_each_block(world: World) -> None:
    """While |skew| / K is below the premium limit a full window does not stop a chunk."""
    open_long(world, size="50", dollars=20_000)
    assert world.deposit("second_trader", 40_000 * USDC)
    cap = world.model.markets["ETH"].window_cap()
    assert world.trade("second_trader", "ETH", cap - wad(50))
    world.push_price("ETH", 2_400 * FEED)
    assert world.liquidate("first_trader", "ETH").size_closed == cap
    assert world.model.markets["ETH"].skew == 0
    assert world.liquidate("first_trader", "ETH").size_closed == wad(50) - cap


def test_bad_debt_goes_down_the_waterfall_and_gates_withdrawals(world: World) -> None:
    open_long(world)
    assert world.deposit("second_trader", 1_000 * USDC)
    world.push_price("ETH", 2_000 * FEED)
    outcome = world.liquidate("first_trader", "ETH")
    left = outcome.covered.shortfall - outcome.covered.by_fund
    assert world.model.ledger.cash_of("insurance_fund") == 0
    assert outcome.covered.by_backer == left // 2
    assert outcome.covered.haircut == left - outcome.covered.by_backer
    assert not world.withdraw("second_trader", USDC)
    assert world.reverts["WithdrawalGated"] == 1
    world.compare()


def test_after_the_gate_a_withdrawal_takes_the_haircut_and_repairs_the_deficit(
    world: World,
) -> None:
    open_long(world)
    assert world.deposit("second_trader", 1_000 * USDC)
    world.push_price("ETH", 2_000 * FEED)
    deficit = world.liquidate("first_trader", "ETH").covered.haircut
    rate = world.model.ledger.exchange_rate()
    assert rate < WAD
    world.wait(600)
    before = world.model.ledger.cash_of("second_trader")
    assert world.withdraw("second_trader", 100 * USDC)
    given_up = before - world.model.ledger.cash_of("second_trader") - wad(100)
    assert given_up == deficit - world.model.ledger.recorded_deficit > 0
    assert abs(given_up * rate - wad(100) * (WAD - rate)) <= 2 * wad(100)
    world.compare()


def test_fees_repair_a_recorded_deficit_before_anybody_earns_them(world: World) -> None:
    open_long(world)
    world.push_price("ETH", 2_000 * FEED)
    world.liquidate("first_trader", "ETH")
    assert world.deposit("second_trader", 20_000 * USDC)
    deficit = world.model.ledger.recorded_deficit
    assert world.trade("second_trader", "ETH", wad(20))
    assert 0 < world.model.ledger.recorded_deficit < deficit
    assert world.model.ledger.cash_of("insurance_fund") == 0


def test_poking_funding_many_times_pays_the_same_as_once(world: World) -> None:
    """Linear rate, constant skew and price: the integral does not depend on the pokes."""
    open_long(world)
    start = world.model.now_s
    market = world.model.markets["ETH"]
    _, whole = market.accrued(start + 300, world.model.price("ETH"))
    for _ in range(30):
        world.wait(9)
        assert world.poke("ETH")
    assert world.model.now_s == start + 300
    assert market.funding_accumulator != 0
    assert abs(world.model.markets["ETH"].funding_accumulator - whole) <= 30 * wad("0.000001")


def test_splitting_an_order_costs_the_same_and_a_round_trip_earns_nothing(world: World) -> None:
    """The premium is an integral over the skew: any split pays the same up to rounding."""
    assert world.deposit("first_trader", 100_000 * USDC)
    sizes = [wad("7.5"), wad("0.5"), wad(20), wad(12)]
    price, scale = world.model.price("ETH"), world.model.markets["ETH"].parameters.skew_scale
    paid = 0
    for size in sizes:
        skew = world.model.markets["ETH"].skew
        assert world.trade("first_trader", "ETH", size)
        paid += size * world.model.markets["ETH"].position("first_trader").entry_price
        assert world.model.markets["ETH"].skew == skew + size
    total = sum(sizes)
    at_once = total * price + total * total * price // (2 * scale)
    assert 0 <= paid - at_once <= total * len(sizes)
    assert world.trade("first_trader", "ETH", -total)
    assert world.model.ledger.cash_of("first_trader") < wad(100_000)


def test_a_keeper_is_paid_out_of_the_fund_when_the_account_has_nothing_left(
    world: World,
) -> None:
    open_long(world)
    world.push_price("ETH", 2_000 * FEED)
    fund = world.model.ledger.cash_of("insurance_fund")
    outcome = world.liquidate("first_trader", "ETH")
    assert outcome.reward > 0
    assert outcome.reward + outcome.covered.by_fund == fund
    assert outcome.penalty == 0


def test_liquidation_works_with_an_empty_fund_and_an_unpaid_keeper(world: World) -> None:
    open_long(world)
    world.push_price("ETH", 2_000 * FEED)
    assert world.liquidate("first_trader", "ETH").covered.by_fund > 0
    assert world.deposit("second_trader", 10_000 * USDC)
    world.push_price("ETH", 3_000 * FEED)
    assert world.trade("second_trader", "ETH", wad(25))
    world.push_price("ETH", 2_000 * FEED)
    assert world.model.ledger.cash_of("insurance_fund") == 0
    outcome = world.liquidate("second_trader", "ETH", after_s=40)
    assert outcome.reward == 0
    assert outcome.covered.by_fund == 0
    assert outcome.covered.by_backer + outcome.covered.haircut == outcome.covered.shortfall > 0


def test_an_account_below_maintenance_may_shrink_its_position_but_not_grow_it(
    world: World,
) -> None:
    open_long(world)
    world.push_price("ETH", 2_690 * FEED)
    equity, _, maintenance = world.model.status("first_trader")
    assert equity < maintenance
    assert world.trade("first_trader", "ETH", -wad(2))
    after, _, maintenance_after = world.model.status("first_trader")
    assert 0 < maintenance_after - after < maintenance - equity
    assert not world.trade("first_trader", "ETH", wad(1))
    assert world.reverts["InsufficientMargin"] == 1


def test_a_shrinking_order_that_costs_more_than_it_frees_is_refused_below_maintenance(
    world: World,
) -> None:
    """A sale into a deep discount would leave the account, and then the fund, worse off."""
    open_long(world)
    assert world.deposit("second_trader", 3_000_000 * USDC)
    assert world.trade("second_trader", "ETH", -wad(700))
    world.push_price("ETH", 2_690 * FEED)
    equity, _, maintenance = world.model.status("first_trader")
    assert equity < maintenance
    assert not world.trade("first_trader", "ETH", -wad(5))
    assert world.reverts["InsufficientMargin"] == 1
    assert world.liquidate("first_trader", "ETH") is not None


@pytest.mark.parametrize(("cents", "closed"), [(1, "12.5"), (-1, "25")])
def test_half_of_maintenance_divides_a_partial_from_a_full_close(
    world: World, cents: int, closed: str
) -> None:
    open_long(world)
    low, high = 2_600 * FEED, 2_690 * FEED
    while high - low > 1:
        middle = (low + high) // 2
        prices = {"ETH": middle * 10**10}
        equity, _, maintenance = world.model.status("first_trader", prices=prices)
        low, high = (low, middle) if 2 * equity >= maintenance else (middle, high)
    world.push_price("ETH", high + cents * FEED // 100)
    assert world.liquidate("first_trader", "ETH").size_closed == wad(closed)


@pytest.mark.parametrize("world", ["base adl=queue"], indirect=True)
def test_deleveraging_an_account_that_does_not_wait_needs_no_price(world: World) -> None:
    """The model once read stale prices before it asked whether anybody waits."""
    open_long(world)
    world.wait(10_000)
    assert world.deleverage("first_trader", "ETH", ["second_trader"]) is None
    assert world.reverts == {"NotWaiting": 1}


@pytest.mark.parametrize("world", ["base adl=queue"], indirect=True)
def test_a_fund_that_is_filled_while_an_account_waits_pays_for_the_rest_alone(world: World) -> None:
    """The backer gave its share when winners were called; it is not asked a second time."""
    open_long(world)
    assert world.deposit("second_trader", 20_000 * USDC)
    assert world.trade("second_trader", "ETH", -wad(10))
    assert world.push_price("ETH", 2_500 * FEED)
    assert world.liquidate("first_trader", "ETH") is None, "it waits for its winners"
    called = world.deleverage("first_trader", "ETH", ["second_trader"])
    assert called.taken == (("second_trader", wad(10)),)
    before = world.model.waterfall.episode("first_trader")
    assert before.backer_paid
    world.deployment.deposit_for(world.deployment.addresses["insurance_fund"], 50_000 * USDC)
    world._sync_time(world.chain.node.block())
    world.model.deposit("insurance_fund", 50_000 * USDC)
    world.wait(700)
    for market in ("ETH", "BTC"):
        assert world.push_price(market, world.model.price(market) // 10**10)
    covered = world.liquidate("first_trader", "ETH").covered
    assert covered.by_backer == before.by_backer > 0
    assert covered.by_fund > before.by_fund
    assert covered.haircut == 0 < world.model.ledger.cash_of("insurance_fund")
    checks.waterfall_is_in_order(world, covered, before, 50_000 * WAD, WAD // 2)
