"""The machines run, and each proves that every kind of action really happened."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from machines import DeleveragingMachine, LedgerMachine, LiquidationMachine, TradingMachine
from property_machine import PropertyMachine
from world import World

pytestmark = [pytest.mark.anvil, pytest.mark.slow]


def test_the_ledger_agrees_with_its_model(world: World, longer: settings) -> None:
    run_state_machine_as_test(lambda: LedgerMachine(world), settings=longer)
    assert world.compared >= 2_000
    assert all(world.happened[kind] for kind in ("deposit", "withdraw", "price", "wait"))
    assert world.reverts["InsufficientCash"]


@pytest.mark.parametrize("world", ["base", "base initial_margin=open_interest"], indirect=True)
def test_trading_agrees_with_its_model(world: World, machine_settings: settings) -> None:
    run_state_machine_as_test(lambda: TradingMachine(world), settings=machine_settings)
    assert world.compared >= 2_000
    assert all(world.happened[kind] for kind in ("open", "close", "poke", "withdraw", "wait"))
    assert world.reverts["InsufficientMargin"]
    assert world.reverts["AcceptablePriceExceeded"]
    assert world.reverts["StalePrice"]


def test_two_ways_to_the_same_end_cost_the_same(world: World, machine_settings: settings) -> None:
    """Invariants 4 to 6: funding, fills and margins, tried from wherever trading leads."""
    run_state_machine_as_test(lambda: PropertyMachine(world), settings=machine_settings)
    assert world.compared >= 2_000
    kinds = ("split", "round trip", "poked often", "margin grew", "cash added")
    assert all(world.happened[kind] >= 20 for kind in kinds), world.happened


@pytest.mark.parametrize("world", ["base", "aggressive", "conservative"], indirect=True)
def test_liquidation_agrees_with_its_model(world: World, machine_settings: settings) -> None:
    run_state_machine_as_test(lambda: LiquidationMachine(world), settings=machine_settings)
    assert world.compared >= 2_000
    kinds = ("open", "close", "liquidate", "partial", "shortfall", "paid by fund", "danger passed")
    assert all(world.happened[kind] for kind in kinds), world.happened
    assert world.happened["paid by counterparty"], world.happened
    assert world.happened["recorded deficit"], world.happened
    assert world.reverts["NotLiquidatable"]
    assert world.reverts["LiquidationCapacityReached"]
    assert world.reverts["WithdrawalGated"]


@pytest.mark.parametrize("world", ["base adl=queue", "base adl=pro_rata"], indirect=True)
def test_deleveraging_agrees_with_its_model(world: World, machine_settings: settings) -> None:
    run_state_machine_as_test(lambda: DeleveragingMachine(world), settings=machine_settings)
    assert world.compared >= 2_000
    kinds = ("open", "close", "liquidate", "waits", "deleverage", "shortfall", "nominate")
    assert all(world.happened[kind] for kind in kinds), world.happened
    for error in ("NotOpposite", "NotProfitable", "NotWaiting", "BetterLeftOut"):
        assert world.reverts[error], (error, world.reverts)
