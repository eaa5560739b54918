"""Failure modes seen in production: each shown on the bad practice, and not on the good one.

The numbers are those of the table of failure modes: F1 reward below gas, F2 gas paid beforehand,
F3 the update outbid, F4 settlement window too short, F5 liquidation window too small, F6 a fund
that reverts, F7 zero bids, F8 a guard that blocks in gaps, F9 cost that grows with users, F10 dust,
F11 farmed starts, F12 spiral, F13 a stuck nonce, F14 race before the haircut, F15 a late hedge, F16
a late settlement price. Where the base profile has the practice itself (Lyra's daily hedge), or the
mode is not the protocol's (a keeper's nonces), the two variants are named by the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from auction_world import AuctionWorld
from driver import Chain, Deployment
from option_world import OptionWorld
from order_world import OrderWorld
from vault_world import HEDGED, VaultDeployment, VaultWorld
from world import TRADERS, World, small_setup

from floodline.foundation.units import FEED, GWEI, WAD, wad
from floodline.mempool import PooledTransaction, PoolLimits, TransactionPool
from floodline.mempool.states import Reason
from floodline.protocols.reference.deploy_core import FUNDS
from floodline.protocols.reference.deploy_oracles import NO_GUARD_S
from floodline.protocols.reference.model_hub import GuardParameters
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


# ---- F3, F8: oracles ----------------------------------------------------------------------------


@pytest.mark.parametrize("staleness_guard", [False, True])
def test_f3_while_the_update_is_outbid_the_informed_trade_at_the_old_price(
    isolated: Chain, staleness_guard: bool
) -> None:
    """Ether is at 2,700 elsewhere; for over an hour no block has room for the update."""
    oracle = PROFILES["base"].oracle
    ages = {"max_age_default": NO_GUARD_S, "max_age_strict": NO_GUARD_S}
    if staleness_guard:
        ages = {name: getattr(oracle, name).value for name in ages}
    setup = replace(small_setup(), **ages)
    world = World(Deployment(isolated, setup, TRADERS))
    assert world.deposit("first_trader", 10_000 * USDC)
    world.wait(PROFILES["base"].oracle.max_age_default.value)
    sold = world.trade("first_trader", "ETH", -wad(25))
    assert sold == (not staleness_guard)
    world.push_price("ETH", 2_700 * FEED)
    gain = world.model.status("first_trader")[0] - wad(10_000)
    if staleness_guard:
        assert world.reverts["StalePrice"] == 1
        assert gain == 0
    else:
        assert gain > wad(6_500), "25 ether times 300 dollars, less fees and premium"


@pytest.mark.parametrize("breaker", [True, False])
def test_f8_a_breaker_that_refuses_the_fall_refuses_the_liquidations_of_the_fall(
    isolated: Chain, breaker: bool
) -> None:
    """The price falls by a ninth each slot; a breaker of a tenth in 15 seconds sees only jumps."""
    guards = PROFILES["base"].guards
    limits = GuardParameters(guards.max_jump.value, guards.jump_seconds.value)
    setup = replace(small_setup(), guards=limits if breaker else None)
    world = World(Deployment(isolated, setup, TRADERS))
    deployed = world.deployment
    open_long(world, "10", 4_000)
    blocked = 0
    for dollars in (2_660, 2_360):
        world.push_price("ETH", dollars * FEED, after_s=11)
        outcome = deployed.call(
            *("keeper", "LiquidationEngine", deployed.engine, "liquidate"),
            *(deployed.addresses["first_trader"], deployed.markets["ETH"]),
        )
        blocked += outcome.error == "PriceJumped"
        if outcome.ok:
            break
    assert blocked == (2 if breaker else 0)
    trader = deployed.addresses["first_trader"]
    if breaker:
        deployed.chain.now_s += guards.jump_seconds.value
        deployed.chain.node.seal(deployed.chain.now_s)
    equity, _, _ = ledger_call(world, "status", trader, 2)
    held = deployed.read("PerpMarket", deployed.markets["ETH"], "positionOf", trader)["size"]
    assert (held == wad(10)) == breaker
    assert (equity < 0) == breaker, "once it lets go, the margin is gone"


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


# ---- F13: a stuck nonce -------------------------------------------------------------------------


@pytest.mark.parametrize("keeper", ["one nonce after another", "replaces"])
def test_f13_a_cheap_transaction_holds_up_the_dear_ones_behind_it(keeper: str) -> None:
    """A liquidation at 20 gwei waits, the base fee is 30, and the next is worth 200 gwei."""
    pool = TransactionPool(
        PoolLimits(),
        base_fee=30 * GWEI,
        block_gas_limit=30_000_000,
        balance_of=lambda _sender: 10**24,
        nonce_of=lambda _sender: 0,
    )

    def bid(number: int, nonce: int, gwei: int) -> Reason | None:
        fees = (gwei * GWEI, gwei * GWEI // 10)
        return pool.add(PooledTransaction(number, 0, nonce, *fees, 400_000, order=number), 0)

    assert bid(0, 0, 20) is None
    assert bid(1, 1, 200) is None
    if keeper == "replaces":
        assert bid(2, 0, 21) is Reason.REPLACEMENT_UNDERPRICED, "less than 10 % more"
        assert bid(3, 0, 200) is None
    (head,) = pool.heads()
    assert (head.effective_tip(pool.base_fee) < 0) == (keeper != "replaces")
    assert [waiting.nonce for waiting in pool.pending_of(0)] == [0, 1]


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


# ---- F15: the hedge comes late ------------------------------------------------------------------


@pytest.mark.parametrize(("interval_s", "late"), [(86_400, True), (300, False)])
def test_f15_a_vault_that_hedges_once_a_day_carries_the_delta_through_the_move(
    isolated: Chain, interval_s: int, late: bool
) -> None:
    """Traders buy 40 units of delta; within the hour ether rises by a tenth."""
    world = VaultWorld(VaultDeployment(isolated, small_setup()))
    deployed = world.deployment
    vault, market = deployed.vaults[HEDGED], deployed.markets["ETH"]
    rules = (interval_s, wad(100), wad("0.02"))
    deployed._own("HedgedVault", vault, "setHedge", market, deployed.delta, rules)
    world.wait(max(interval_s, 600))
    world.push_price("ETH", 3_000 * FEED)
    world.push_price("BTC", 60_000 * FEED)

    def hedge() -> bool:
        outcome = deployed.call("keeper", "HedgedVault", vault, "hedge", market)
        assert outcome.error in ("", "HedgedTooEarly")
        return outcome.ok

    assert hedge()
    assert deployed.call("keeper", "DeltaDouble", deployed.delta, "set", -wad(40)).ok
    hedged = 0
    unhedged_loss = 0
    for step in range(1, 7):
        world.push_price("ETH", (3_000 + 50 * step) * FEED, after_s=600)
        held = deployed.read("PerpMarket", market, "positionOf", vault)["size"]
        unhedged_loss += (wad(40) - held) * 50 // WAD
        hedged += hedge()
    assert hedged == (0 if late else 6)
    assert unhedged_loss == (40 * 300 if late else 40 * 50)


# ---- F16: the settlement price comes late -------------------------------------------------------


@pytest.mark.parametrize("landing", [True, False])
def test_f16_options_settled_at_landing_pay_for_the_keepers_delay(
    isolated: Chain, landing: bool
) -> None:
    """Ether is at 3,000 at expiry and at 3,300 half an hour later, when the keeper gets in."""
    world = OptionWorld(Deployment(isolated, small_setup(), TRADERS), landing=landing)
    at_the_money = 2
    assert world.deposit("first_trader", 5_000 * USDC)
    assert world.trade_option("first_trader", at_the_money, -wad(1))
    expiry = world.expiry_times[0]
    world.wait(expiry - 1_900 - world.chain.now_s)
    world.push_price("ETH", 3_000 * FEED)
    world.wait(expiry + 1_800 - world.chain.now_s)
    world.push_price("ETH", 3_300 * FEED)
    assert world.fix_price(expiry, 128)
    price = world.model.options.expiries.price_of(expiry)
    assert price == (wad(3_300) if landing else wad(3_000))
    before = world.model.ledger.cash_of("first_trader")
    assert world.settle(["first_trader"])
    paid = before - world.model.ledger.cash_of("first_trader")
    assert paid == (wad(300) if landing else 0)
