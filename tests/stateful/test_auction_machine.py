"""The auction machine runs on both curves, and proves that every kind of action happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from auction_machine import AuctionMachine
from auction_world import PHASED, STEPWISE, AuctionWorld
from driver import Chain, Deployment
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from world import TRADERS, small_setup

from floodline.foundation.units import FEED, WAD, wad
from floodline.protocols.reference.profiles import BASE
from floodline.protocols.reference.switches import Deleveraging

pytestmark = pytest.mark.anvil
USDC = 10**6
CURVES = {"phased": PHASED, "stepwise": STEPWISE}
DELEVERAGING = {"phased": Deleveraging.NONE, "stepwise": Deleveraging.PRO_RATA}
"""One curve without and one with winners; the queue is with the options' machine."""


@pytest.fixture
def world(chain: Chain, request: pytest.FixtureRequest) -> Iterator[AuctionWorld]:
    curve = getattr(request, "param", "phased")
    switches = BASE.switches.model_copy(update={"adl": DELEVERAGING[curve]})
    before = chain.node.snapshot(), chain.now_s
    setup = small_setup(replace(BASE, switches=switches))
    yield AuctionWorld(Deployment(chain, setup, TRADERS), CURVES[curve])
    chain.node.revert(before[0])
    chain.now_s = before[1]


@pytest.mark.slow
@pytest.mark.parametrize("world", sorted(CURVES), indirect=True)
def test_auctions_agree_with_their_model(world: AuctionWorld, machine_settings: settings) -> None:
    run_state_machine_as_test(lambda: AuctionMachine(world), settings=machine_settings)
    kinds = [
        *("start", "bid", "reset", "end", "open", "close", "partial sale", "ended by a bid"),
        *("bidder paid", "bidder was paid", "recorded deficit", "saved", "price falls"),
    ]
    reverts = ["NotLiquidatable", "AuctionLive", "BidTooExpensive", "InvalidBid", "HealthyAccount"]
    reverts += ["AuctionNeedsNoReset", "InsufficientMargin", "StalePrice"]
    if world.parameters is PHASED:
        kinds.append("start insolvent")
    else:
        reverts.append("AuctionNeedsReset")
        kinds += ["bid waits for winners", "deleverage", "paid by winners too"]
    assert world.compared >= 2_000
    assert not [kind for kind in kinds if not world.happened[kind]]
    assert not [name for name in reverts if not world.reverts[name]]


def crash(world: AuctionWorld, dollars: int) -> None:
    """A trader 25 ETH long with 10,000 dollars, at another price."""
    assert world.deposit("first_trader", 10_000 * USDC)
    assert world.trade("first_trader", "ETH", wad(25))
    world.push_price("ETH", dollars * FEED)


def test_a_solvent_account_sells_as_much_as_restores_its_buffer(world: AuctionWorld) -> None:
    crash(world, 2_690)
    assert world.start("first_trader")
    sale = world.bid("keeper", "first_trader")
    assert sale is not None
    assert 0 < sale.share < WAD
    assert 0 < sale.price < sale.given
    equity = world.model.status("first_trader")[0]
    assert world.target("first_trader") * 9 // 10 < equity < world.target("first_trader") * 11 // 10
    world.compare()


def test_an_insolvent_account_is_sold_whole_and_the_bidder_is_paid(world: AuctionWorld) -> None:
    crash(world, 2_500)
    assert world.start("first_trader")
    world.wait(150)
    sale = world.bid("keeper", "first_trader")
    assert sale is not None
    assert sale.share == WAD
    assert sale.price < sale.given < 0
    assert world.model.ledger.cash_of("first_trader") == 0
    assert world.model.markets["ETH"].position("keeper").size == wad(25)
    assert "first_trader" not in world.auctions.auctions
    world.compare()


def test_two_legs_change_hands_in_the_same_share(world: AuctionWorld) -> None:
    assert world.deposit("first_trader", 12_000 * USDC)
    assert world.trade("first_trader", "ETH", wad(20))
    assert world.trade("first_trader", "BTC", -wad(1))
    world.push_price("ETH", 2_560 * FEED)
    assert world.start("first_trader")
    before = {
        name: market.position("first_trader").size for name, market in world.model.markets.items()
    }
    sale = world.bid("keeper", "first_trader", wad("0.25"))
    assert sale is not None
    for name, market in world.model.markets.items():
        assert market.position("keeper").size == before[name] // 4
    world.compare()


def test_what_bidders_paid_in_is_not_sold_again(world: AuctionWorld) -> None:
    crash(world, 2_690)
    assert world.start("first_trader")
    first = world.bid("keeper", "first_trader", wad("0.1"))
    assert first is not None
    equity = world.model.status("first_trader")[0]
    assert world.auctions.quote("first_trader").given == equity - (first.price - first.fee)


@pytest.mark.parametrize("world", ["stepwise"], indirect=True)
def test_below_the_cusp_nothing_is_sold_until_somebody_resets(world: AuctionWorld) -> None:
    crash(world, 2_690)
    assert world.start("first_trader")
    world.wait(600)
    assert world.bid("keeper", "first_trader") is None
    assert world.reverts["AuctionNeedsReset"] == 1
    before = world.model.ledger.cash_of("keeper")
    assert world.reset("first_trader")
    assert world.model.ledger.cash_of("keeper") > before
    assert world.bid("keeper", "first_trader") is not None


def test_a_saved_account_leaves_the_auction(world: AuctionWorld) -> None:
    crash(world, 2_690)
    assert world.start("first_trader")
    assert not world.end("first_trader")
    assert world.deposit("first_trader", 5_000 * USDC)
    assert world.bid("keeper", "first_trader") is None
    assert world.end("first_trader")
    assert world.auctions.live_notional == 0
