"""Pool, feeds and hub agree with their models, and each machine does everything it can."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from driver import Chain
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from oracle_machines import FeedMachine, HubMachine, PoolMachine
from oracle_world import OracleWorld

pytestmark = [pytest.mark.anvil, pytest.mark.slow]


@pytest.fixture(scope="module")
def oracles(chain: Chain) -> Iterator[OracleWorld]:
    before = chain.node.snapshot(), chain.now_s
    yield OracleWorld(chain)
    chain.node.revert(before[0])
    chain.now_s = before[1]


@pytest.fixture(autouse=True)
def _counted_from_zero(oracles: OracleWorld) -> None:
    oracles.happened.clear()
    oracles.reverts.clear()
    oracles.compared = 0


def test_the_spot_pool_agrees_with_its_model(oracles: OracleWorld, longer: settings) -> None:
    run_state_machine_as_test(lambda: PoolMachine(oracles), settings=longer)
    assert oracles.compared >= 2_000
    assert all(oracles.happened[kind] for kind in ("swap", "add", "remove", "wait"))
    assert oracles.reverts["OutputTooSmall"]
    assert oracles.reverts["ZeroAmount"]


def test_every_feed_agrees_with_its_model(oracles: OracleWorld, longer: settings) -> None:
    run_state_machine_as_test(lambda: FeedMachine(oracles), settings=longer)
    assert oracles.compared >= 2_000
    done = ("push", "report", "median", "carry", "already there", "first in window", "hop")
    done += ("freeze", "void", "average", "too early to average")
    assert all(oracles.happened[kind] for kind in done), oracles.happened
    refused = ("Unauthorized", "ObservationNotNewer", "ObservationInFuture", "UpdateTooOld")
    refused += ("ReportTooOld", "InsufficientFee", "InvalidSigner", "NotFirstInWindow")
    refused += ("PokedTooEarly", "Frozen", "InvalidConfiguration")
    assert all(oracles.reverts[name] for name in refused), oracles.reverts


def test_the_guarded_hub_agrees_with_its_model(oracles: OracleWorld, longer: settings) -> None:
    run_state_machine_as_test(lambda: HubMachine(oracles), settings=longer)
    assert oracles.compared >= 2_000
    done = ("sequencer", "report breaker", "down with a good price")
    assert all(oracles.happened[kind] for kind in done), oracles.happened
    refused = ("StalePrice", "PriceOutOfBounds", "PriceJumped", "PriceDeviates")
    refused += ("SequencerDown", "SequencerGrace")
    assert all(oracles.reverts[name] for name in refused), oracles.reverts
    for feed in ("PUSH", "PULL", "MEDIAN", "TWAP"):
        assert oracles.happened[f"refused {feed}"], oracles.happened
