"""Tokens as margin agree with their model while everything else goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from collateral_machine import CollateralMachine
from collateral_world import CollateralWorld
from driver import Chain, Deployment
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from world import TRADERS, small_setup

pytestmark = [pytest.mark.anvil, pytest.mark.slow]


@pytest.fixture
def collateral_world(chain: Chain) -> Iterator[CollateralWorld]:
    before = chain.node.snapshot(), chain.now_s
    yield CollateralWorld(Deployment(chain, small_setup(), TRADERS))
    chain.node.revert(before[0])
    chain.now_s = before[1]


def test_tokens_as_margin_agree_with_their_model(
    collateral_world: CollateralWorld, machine_settings: settings
) -> None:
    run_state_machine_as_test(
        lambda: CollateralMachine(collateral_world), settings=machine_settings
    )
    assert collateral_world.compared >= 2_000
    happened = collateral_world.happened
    kinds = (
        *("deposit WETH", "deposit WBTC", "withdraw token", "sell WETH", "sell WBTC", "swap"),
        *("open", "liquidate", "buy", "write", "liquidate option", "portfolio margin"),
    )
    assert not [kind for kind in kinds if not happened[kind]], happened
    refused = ("InsufficientCollateral", "CollateralCapExceeded", "NothingOwed", "OutputTooSmall")
    assert all(collateral_world.reverts[name] for name in refused), collateral_world.reverts
