"""The machines run, and each proves that every kind of action really happened."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from machines import DeleveragingMachine, LedgerMachine, LiquidationMachine, TradingMachine
from world import World

pytestmark = [pytest.mark.anvil, pytest.mark.slow]


def test_the_ledger_agrees_with_its_model(world: World, machine_settings: settings) -> None:
    run_state_machine_as_test(lambda: LedgerMachine(world), settings=machine_settings)
    assert all(world.happened[kind] for kind in ("deposit", "withdraw", "price", "wait"))
    assert world.reverts["InsufficientCash"]


@pytest.mark.parametrize("world", ["base", "base initial_margin=open_interest"], indirect=True)
def test_trading_agrees_with_its_model(world: World, machine_settings: settings) -> None:
    run_state_machine_as_test(lambda: TradingMachine(world), settings=machine_settings)
    assert all(world.happened[kind] for kind in ("open", "close", "poke", "withdraw", "wait"))
    assert world.reverts["InsufficientMargin"]
    assert world.reverts["AcceptablePriceExceeded"]
    assert world.reverts["StalePrice"]


@pytest.mark.parametrize("world", ["base", "aggressive", "conservative"], indirect=True)
def test_liquidation_agrees_with_its_model(world: World, machine_settings: settings) -> None:
    run_state_machine_as_test(lambda: LiquidationMachine(world), settings=machine_settings)
    kinds = ("open", "close", "liquidate", "partial", "shortfall", "paid by fund")
    assert all(world.happened[kind] for kind in kinds), world.happened
    assert world.happened["paid by counterparty"], world.happened
    assert world.happened["recorded deficit"], world.happened
    assert world.reverts["NotLiquidatable"]
    assert world.reverts["LiquidationCapacityReached"]
    assert world.reverts["WithdrawalGated"]


@pytest.mark.parametrize("world", ["base adl=queue", "base adl=pro_rata"], indirect=True)
def test_deleveraging_agrees_with_its_model(world: World, machine_settings: settings) -> None:
    run_state_machine_as_test(lambda: DeleveragingMachine(world), settings=machine_settings)
    kinds = ("open", "close", "liquidate", "waits", "deleverage", "shortfall")
    assert all(world.happened[kind] for kind in kinds), world.happened
    for error in ("NotOpposite", "NotProfitable", "NotWaiting"):
        assert world.reverts[error], (error, world.reverts)
