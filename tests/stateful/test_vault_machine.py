"""The vaults agree with their models while everything else goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from driver import Chain
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from vault_machine import VaultMachine
from vault_world import VaultDeployment, VaultWorld
from world import small_setup

pytestmark = [pytest.mark.anvil, pytest.mark.slow]


@pytest.fixture
def vault_world(chain: Chain) -> Iterator[VaultWorld]:
    before = chain.node.snapshot(), chain.now_s
    yield VaultWorld(VaultDeployment(chain, small_setup()))
    chain.node.revert(before[0])
    chain.now_s = before[1]


def test_the_vaults_agree_with_their_models(
    vault_world: VaultWorld, machine_settings: settings
) -> None:
    run_state_machine_as_test(lambda: VaultMachine(vault_world), settings=machine_settings)
    assert vault_world.compared >= 2_000
    happened = vault_world.happened
    kinds = ("request deposit", "request redemption", "process", "deposit processed", "redeemed")
    assert all(happened[kind] for kind in (*kinds, "hedge", "cap bit", "open", "close")), happened
    assert happened["refused by the breaker"], happened
    refused = ("ZeroAmount", "OutOfBounds", "HedgedTooEarly", "ERC20InsufficientBalance")
    assert all(vault_world.reverts[name] for name in refused), vault_world.reverts
