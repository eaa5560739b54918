"""The order machine runs, and proves that every kind of action really happened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from driver import Chain, Deployment
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from order_machine import OrderMachine
from order_world import ORDERS, OrderWorld
from world import TRADERS, small_setup

from floodline.foundation.units import FEED, wad

pytestmark = pytest.mark.anvil
USDC = 10**6


@pytest.fixture
def world(chain: Chain) -> Iterator[OrderWorld]:
    before = chain.node.snapshot(), chain.now_s
    yield OrderWorld(Deployment(chain, small_setup(), TRADERS))
    chain.node.revert(before[0])
    chain.now_s = before[1]


@pytest.mark.slow
def test_orders_agree_with_their_model(world: OrderWorld, machine_settings: settings) -> None:
    run_state_machine_as_test(lambda: OrderMachine(world), settings=machine_settings)
    assert world.compared >= 2_000
    kinds = ("commit", "overwrite", "settle", "cancel", "keeper cancels", "expire", "open", "close")
    assert not [kind for kind in kinds if not world.happened[kind]]
    assert world.happened["settled and refunded"], world.happened
    assert world.happened["settled for all of the escrow"], world.happened
    reverts = (
        "AcceptablePriceExceeded",
        "CancelTooEarly",
        "InsufficientMargin",
        "KeeperFeeTooLow",
        "LimitNotExceeded",
        "NoPendingOrder",
        "PendingOrderExists",
        "PriceTooEarly",
        "SettlementWindowExpired",
        "SettlementWindowNotOpen",
        "SettlementWindowOpen",
    )
    assert not [name for name in reverts if not world.reverts[name]]


def test_an_order_gets_the_price_of_its_settlement_not_of_its_commitment(world: OrderWorld) -> None:
    assert world.deposit("first_trader", 10_000 * USDC)
    assert world.commit("first_trader", "ETH", wad(5))
    world.push_price("ETH", 3_030 * FEED, after_s=4)
    assert world.settle("first_trader")
    position = world.model.markets["ETH"].position("first_trader")
    assert position.size == wad(5)
    assert position.entry_price > wad(3_030)


def test_the_last_second_of_the_window_still_settles_and_the_next_does_not(
    world: OrderWorld,
) -> None:
    last = ORDERS.settlement_delay + ORDERS.settlement_window
    assert world.deposit("first_trader", 10_000 * USDC)
    for late in (0, 1):
        assert world.commit("first_trader", "ETH", wad(1))
        world.push_price("ETH", 3_001 * FEED, after_s=5)
        assert world.settle("first_trader", after_s=last - 5 + late) == (not late)
    assert world.reverts["SettlementWindowExpired"] == 1
    assert world.expire("first_trader")


def test_an_expired_order_costs_its_trader_nothing(world: OrderWorld) -> None:
    assert world.deposit("first_trader", 10_000 * USDC)
    assert world.commit("first_trader", "ETH", wad(1))
    world.wait(100)
    assert world.expire("first_trader")
    assert world.model.ledger.cash_of("first_trader") == wad(10_000)
