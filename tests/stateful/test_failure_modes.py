"""Failure modes seen in production: each shown on the bad practice, and not on the good one.

The numbers are those of the table of failure modes: F1 reward below gas, F2 gas paid beforehand,
F4 settlement window too short, F5 liquidation window too small, F6 a fund that reverts, F7 zero
bids, F9 cost that grows with users, F10 dust, F11 farmed starts, F12 spiral, F14 race before the
haircut. Modes of oracles (F3, F8), of keepers' accounts (F13), of hedges (F15) and of expiry (F16)
have their tests with those mechanisms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from auction_world import AuctionWorld
from driver import Chain, Deployment
from order_world import OrderWorld
from world import TRADERS, World, small_setup

from floodline.foundation.units import FEED, GWEI, WAD, wad
from floodline.protocols.reference.deploy_core import FUNDS
from floodline.protocols.reference.profiles import PROFILES, Profile, asset_id

pytestmark = pytest.mark.anvil
USDC = 10**6
both = pytest.mark.parametrize("practice", ["bad_practice", "base"])


@pytest.fixture
def isolated(chain: Chain) -> Iterator[Chain]:
    before = chain.node.snapshot(), chain.now_s
    yield chain
    chain.node.revert(before[0])
    chain.now_s = before[1]


def deployment(chain: Chain, profile: Profile) -> Deployment:
    """The profile as it is, apart from markets that a few traders can fill."""
    setup = replace(
        small_setup(profile),
        liquidation=profile.liquidation.parameters(),
        keeper=profile.keeper.parameters(asset_id("ETH"))._replace(reimburse_tip=True),
        gate_seconds=profile.gate_seconds.value,
        fund=FUNDS[profile.switches.fund],
    )
    return Deployment(chain, setup, TRADERS)


def venue(chain: Chain, practice: str, *sections: str) -> World:
    """The base profile with some sections of a practice, so that one thing is shown at a time."""
    chosen, base = PROFILES[practice], PROFILES["base"]
    changes: Any = {section: getattr(chosen, section) for section in sections}
    return World(deployment(chain, replace(base, **changes)))


def with_rules(chain: Chain, practice: str, *rules: str) -> World:
    """The base profile with some liquidation rules of a practice."""
    chosen, base = PROFILES[practice].liquidation, PROFILES["base"]
    changes: Any = {rule: getattr(chosen, rule) for rule in rules}
    return World(deployment(chain, replace(base, liquidation=replace(base.liquidation, **changes))))


def auctions(chain: Chain, practice: str) -> AuctionWorld:
    profile = PROFILES[practice]
    return AuctionWorld(deployment(chain, profile), profile.auction_parameters())


def open_long(world: World, size: str, dollars: int, account: str = "first_trader") -> None:
    assert world.deposit(account, dollars * USDC)
    assert world.trade(account, "ETH", wad(size))


def is_below(world: World, dollars: int) -> bool:
    """Whether the first trader would be below maintenance at a price of ETH."""
    prices = {"ETH": dollars * WAD, "BTC": 60_000 * WAD}
    equity, _, maintenance = world.model.status("first_trader", prices=prices)
    return equity < maintenance


def ledger_call(world: World, function: str, *arguments: Any) -> Any:
    house = world.deployment.house
    return world.deployment.read("ClearingHouse", house, function, *arguments)


# ---- F1: the keeper's reward is below the price of its gas --------------------------------------


@both
def test_f1_a_constant_cap_pays_less_than_dear_gas_costs(isolated: Chain, practice: str) -> None:
    """400,000 gas at 100 gwei and 3,000 dollars cost 120 dollars; the cap is 30."""
    world = venue(isolated, practice, "keeper")
    engine = world.deployment.engine
    due = world.deployment.read(
        "LiquidationEngine", engine, "rewardDue", wad(50_000), 3 * 10**14, 100 * GWEI
    )
    cost = 400_000 * 100 * GWEI * 3_000
    assert (due < cost) == (practice == "bad_practice")


# ---- F2, F4: orders -----------------------------------------------------------------------------


@both
def test_f2_an_escrow_fixed_beforehand_does_not_pay_for_dear_gas(
    isolated: Chain, practice: str
) -> None:
    """500,000 gas at 20 gwei cost 30 dollars."""
    profile = PROFILES[practice]
    world = OrderWorld(deployment(isolated, profile), profile.orders.parameters(asset_id("ETH")))
    escrow = profile.orders.order_escrow.value
    pay = world.deployment.read("AsyncOrders", world.module, "keeperPay", escrow, 20 * GWEI)
    assert (pay < wad(30)) == (practice == "bad_practice")


@both
def test_f4_a_window_shorter_than_a_slot_leaves_no_block_to_settle_in(
    isolated: Chain, practice: str
) -> None:
    """Commitment in one block, one slot missed: the next two blocks come 24 and 36 s later."""
    profile = PROFILES[practice]
    world = OrderWorld(deployment(isolated, profile), profile.orders.parameters(asset_id("ETH")))
    assert world.deposit("first_trader", 10_000 * USDC)
    assert world.commit("first_trader", "ETH", wad(1), fee=wad(1))
    settled = [world.settle("first_trader", after_s) for after_s in (24, 12)]
    assert any(settled) == (practice == "base")
    if practice == "bad_practice":
        assert world.reverts["SettlementWindowExpired"] == 2


# ---- F5: the window is too small for a cascade --------------------------------------------------


@both
def test_f5_a_small_window_leaves_a_backlog_that_turns_into_bad_debt(
    isolated: Chain, practice: str
) -> None:
    """Keepers come every slot for five minutes while the price keeps falling."""
    world = with_rules(isolated, practice, "capacity_multiplier", "max_premium")
    open_long(world, "50", 20_000)
    before = world.model.markets["ETH"].position("first_trader").size
    for slot in range(6):
        world.push_price("ETH", (2_660 - slot) * FEED, after_s=12)
        if not world.model.markets["ETH"].position("first_trader").size:
            break
        world.liquidate("first_trader", "ETH")
    left = world.model.markets["ETH"].position("first_trader").size
    assert (left > before // 2) == (practice == "bad_practice")


# ---- F6: the liquidation reverts because the fund is empty --------------------------------------


@both
def test_f6_a_fund_that_reverts_leaves_the_debt_where_it_is(isolated: Chain, practice: str) -> None:
    world = venue(isolated, practice, "switches")
    open_long(world, "3", 700)
    world.push_price("ETH", 2_000 * FEED)
    deployed, trader = world.deployment, world.deployment.addresses["first_trader"]
    outcome = deployed.call(
        *("keeper", "LiquidationEngine", deployed.engine, "liquidate"),
        *(trader, deployed.markets["ETH"]),
    )
    held = deployed.read("PerpMarket", deployed.markets["ETH"], "positionOf", trader)["size"]
    if practice == "bad_practice":
        assert outcome.error == "InsufficientFund"
        assert held == wad(3)
        assert ledger_call(world, "recordedDeficit") == 0
    else:
        assert outcome.ok
        assert held == 0
        assert ledger_call(world, "recordedDeficit") > 0


# ---- F7, F11: auctions --------------------------------------------------------------------------


@both
def test_f7_after_two_minutes_without_rivals_an_account_is_had_for_nothing(
    isolated: Chain, practice: str
) -> None:
    world = auctions(isolated, practice)
    open_long(world, "25", 10_000)
    world.push_price("ETH", 2_680 * FEED)
    assert world.start("first_trader")
    world.wait(120)
    sale = world.bid("keeper", "first_trader")
    assert sale is not None
    assert sale.given > 0
    recovery = sale.price / sale.given
    assert recovery == 0 if practice == "bad_practice" else recovery > 0.9


@both
def test_f11_an_account_that_hovers_at_its_margin_is_started_again_and_again(
    isolated: Chain, practice: str
) -> None:
    """The price oscillates by seven dollars; each start costs the fund its tip."""
    world = auctions(isolated, practice)
    open_long(world, "25", 10_000)
    edge = next(price for price in range(3_000, 2_000, -1) if is_below(world, price))
    starts = 0
    for _ in range(3):
        world.push_price("ETH", (edge - 1) * FEED)
        starts += (
            world.start("first_trader") if "first_trader" not in world.auctions.auctions else 0
        )
        world.push_price("ETH", (edge + 6) * FEED)
        world.end("first_trader")
    assert starts == (3 if practice == "bad_practice" else 1)


# ---- F9: cost that grows with users -------------------------------------------------------------


def test_f9_a_liquidation_costs_the_same_whoever_else_is_there(isolated: Chain) -> None:
    world = venue(isolated, "base")
    used = []
    for others in ((), ("second_trader", "third_trader")):
        for other in others:
            open_long(world, "10", 40_000, other)
        open_long(world, "3", 700)
        world.push_price("ETH", 2_800 * FEED)
        deployed = world.deployment
        outcome = deployed.call(
            *("keeper", "LiquidationEngine", deployed.engine, "liquidate"),
            *(deployed.addresses["first_trader"], deployed.markets["ETH"]),
        )
        assert outcome.ok, outcome.error
        used.append(outcome.receipt.gas_used)
        world.restart()
    assert abs(used[1] - used[0]) < used[0] // 10


# ---- F10: dust ----------------------------------------------------------------------------------


@both
def test_f10_dust_is_opened_that_nobody_is_paid_to_close(isolated: Chain, practice: str) -> None:
    """A position of three dollars holds less margin than any liquidation costs."""
    world = venue(isolated, practice, "markets")
    assert world.deposit("first_trader", USDC)
    opened = world.trade("first_trader", "ETH", wad("0.001"))
    assert opened == (practice == "bad_practice")
    if opened:
        equity, _, maintenance = world.model.status("first_trader")
        assert maintenance < equity < 400_000 * GWEI * 3_000


# ---- F12: the spiral ----------------------------------------------------------------------------


@both
def test_f12_a_penalty_above_the_margin_freed_makes_each_step_worse(
    isolated: Chain, practice: str
) -> None:
    world = with_rules(isolated, practice, "penalty_ratio", "penalty_fund_share", "spiral_guard")
    open_long(world, "4", 1_600)
    world.push_price("ETH", 2_680 * FEED)
    equity, _, maintenance = world.model.status("first_trader")
    before = equity / maintenance
    assert world.liquidate("first_trader", "ETH") is not None
    equity, _, maintenance = world.model.status("first_trader")
    worse = maintenance == 0 or equity / maintenance < before
    assert worse == (practice == "bad_practice")


# ---- F14: the race before the haircut -----------------------------------------------------------


@both
def test_f14_without_a_gate_who_hears_of_a_deficit_first_leaves_first(
    isolated: Chain, practice: str
) -> None:
    world = venue(isolated, practice, "gate_seconds")
    open_long(world, "25", 10_000)
    assert world.deposit("second_trader", 1_000 * USDC)
    world.push_price("ETH", 2_000 * FEED)
    assert world.liquidate("first_trader", "ETH").covered.haircut > 0
    assert world.withdraw("second_trader", 900 * USDC) == (practice == "bad_practice")
