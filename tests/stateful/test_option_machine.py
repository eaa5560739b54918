"""The option machine runs, and proves that every kind of action really happened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from driver import Chain, Deployment
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from option_machine import OptionMachine
from option_world import OptionWorld
from world import TRADERS, small_setup

pytestmark = pytest.mark.anvil


@pytest.fixture
def world(chain: Chain) -> Iterator[OptionWorld]:
    before = chain.node.snapshot(), chain.now_s
    yield OptionWorld(Deployment(chain, small_setup(), TRADERS))
    chain.node.revert(before[0])
    chain.now_s = before[1]


@pytest.mark.slow
def test_options_agree_with_their_model(world: OptionWorld, machine_settings: settings) -> None:
    run_state_machine_as_test(lambda: OptionMachine(world), settings=machine_settings)
    assert world.compared >= 2_000
    kinds = (
        *("buy", "write", "close option", "vega fee", "surface", "open", "close", "wait"),
        *("portfolio margin", "isolated margin", "transfer", "liquidate option", "partial close"),
        *("option shortfall", "fix", "fixed by TWAP", "fixed by LAST_ROUND", "settled"),
        *("settled again for nothing", "fixed in several calls", "cover", "merged", "halted"),
        *("capped", "uncapped", "scenarios above isolated", "scenarios below isolated"),
        "the cap bound",
    )
    assert not [kind for kind in kinds if not world.happened[kind]], world.happened
    reverts = (
        *("AcceptablePriceExceeded", "DeltaOutOfBounds", "InsufficientMargin", "NotExpired"),
        *("NotLiquidatable", "StaleVolatility", "TradingClosed", "VolatilityHalted"),
    )
    assert not [name for name in reverts if not world.reverts[name]], world.reverts
