"""Auctions of accounts with option legs, their debts going down the waterfall stage by stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from auction_world import PHASED
from driver import Chain, Deployment
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from portfolio_auction_machine import PortfolioAuctionMachine, PortfolioAuctionWorld
from world import TRADERS, small_setup

from floodline.foundation.units import FEED, WAD, wad
from floodline.protocols.reference.profiles import BASE
from floodline.protocols.reference.switches import Deleveraging

pytestmark = pytest.mark.anvil
USDC = 10**6
CALL, PUT = 14, 15
"""Thirty days, struck at 3,000."""


@pytest.fixture
def world(chain: Chain) -> Iterator[PortfolioAuctionWorld]:
    before = chain.node.snapshot(), chain.now_s
    switches = BASE.switches.model_copy(update={"adl": Deleveraging.QUEUE})
    setup = small_setup(replace(BASE, switches=switches))
    yield PortfolioAuctionWorld(Deployment(chain, setup, TRADERS), PHASED)
    chain.node.revert(before[0])
    chain.now_s = before[1]


@pytest.mark.slow
def test_auctions_of_options_agree_with_their_model(
    world: PortfolioAuctionWorld, machine_settings: settings
) -> None:
    run_state_machine_as_test(lambda: PortfolioAuctionMachine(world), settings=machine_settings)
    assert world.compared >= 2_000
    kinds = (
        *("start", "bid", "end", "open", "close", "buy", "write", "close option"),
        *("partial sale", "ended by a bid", "bidder paid", "bidder was paid", "start insolvent"),
        *("options sold", "both kinds sold", "recorded deficit", "saved"),
        *("bid waits for winners", "deleverage", "paid by winners too", "bidder closes"),
        *("portfolio margin", "settled"),
    )
    assert not [kind for kind in kinds if not world.happened[kind]], world.happened
    reverts = ("NotLiquidatable", "HealthyAccount", "StaleVolatility")
    assert not [name for name in reverts if not world.reverts[name]], world.reverts


def writes_and_is_long(world: PortfolioAuctionWorld) -> str:
    """A trader 10 ETH long with 3 calls and 2 puts written and 4 puts of another strike bought."""
    account = "first_trader"
    assert world.deposit(account, 6_000 * USDC)
    assert world.trade(account, "ETH", wad(10))
    for index, size in ((CALL, -3), (PUT, -2), (PUT - 2, 4)):
        assert world.trade_option(account, index, size * WAD)
    return account


def fresh(world: PortfolioAuctionWorld, dollars: int) -> None:
    world.push_price("ETH", dollars * FEED)
    world.push_price("BTC", 60_000 * FEED)
    world.push_surface(world.model.options.surface.state)


def test_perpetual_and_options_change_hands_in_the_same_share(
    world: PortfolioAuctionWorld,
) -> None:
    account = writes_and_is_long(world)
    fresh(world, 2_560)
    assert world.start(account)
    equity = {who: world.model.status(who)[0] for who in (account, "keeper")}
    sale = world.bid("keeper", account, WAD // 4)
    assert sale is not None
    assert sale.share == WAD // 4
    assert world.model.markets["ETH"].position("keeper").size == wad(10) // 4
    assert world.model.options.held("keeper") == {
        CALL: -wad(3) // 4,
        PUT: -wad(2) // 4,
        PUT - 2: wad(4) // 4,
    }
    gained = {who: world.model.status(who)[0] - before for who, before in equity.items()}
    assert gained["keeper"] == pytest.approx(sale.given - sale.price, rel=1e-6)
    assert gained[account] == pytest.approx(sale.price - sale.fee - sale.given, rel=1e-6)
    world.compare()
    world.compare_options()
    world.compare_auctions()


def test_options_alone_wait_for_no_winners(world: PortfolioAuctionWorld) -> None:
    """The vault is their only counterparty: fund, backer and haircut pay, in this order."""
    account = "first_trader"
    assert world.deposit(account, 6_000 * USDC)
    assert world.trade_option(account, CALL, -wad(9))
    fresh(world, 4_500)
    assert world.start(account)
    sale = world.bid("keeper", account)
    assert sale is not None
    paid = sale.covered
    assert min(paid.by_fund, paid.by_backer, paid.haircut) > 0
    assert paid.by_deleveraging == 0
    assert world.model.options.held("keeper") == {CALL: -wad(9)}


def test_a_bankrupt_account_waits_for_its_winners_and_its_options_are_sold_afterwards(
    world: PortfolioAuctionWorld,
) -> None:
    account = writes_and_is_long(world)
    assert world.deposit("second_trader", 40_000 * USDC)
    assert world.trade("second_trader", "ETH", -wad(30))
    fresh(world, 2_000)
    assert world.start(account)
    assert world.bid("keeper", account) is None
    assert world.happened["bid waits for winners"] == 1
    taken = world.deleverage(account, "ETH", ["second_trader"])
    assert taken is not None
    assert taken.closed == wad(10)
    assert world.model.options.held(account)
    sale = world.bid("keeper", account)
    assert sale is not None
    assert account not in world.auctions.auctions
    paid = sale.covered
    assert paid.by_fund > 0
    assert paid.by_backer > 0
    assert paid.by_deleveraging > 0
    assert paid.shortfall == sum(paid[1:])
    world.compare()
    world.compare_options()


def test_when_no_winner_came_the_account_is_sold_at_everybodys_cost(
    world: PortfolioAuctionWorld,
) -> None:
    account = writes_and_is_long(world)
    fresh(world, 2_000)
    assert world.start(account)
    assert world.bid("keeper", account) is None
    world.wait(world.deployment.setup.deleveraging_seconds)
    sale = world.bid("keeper", account)
    assert sale is not None
    assert sale.covered.haircut > 0
    assert sale.covered.by_deleveraging == 0
    assert world.model.ledger.recorded_deficit == sale.covered.haircut
