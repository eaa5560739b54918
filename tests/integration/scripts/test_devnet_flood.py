"""The flood of a running devnet: its schedule, its bounds, its counts."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest

from floodline.chain.anvil import AnvilNode
from floodline.study.devnet_flood import GRACE_S, FloodPlan, flood_devnet

pytestmark = pytest.mark.anvil


class Clock:
    """A clock that a test turns: each reading takes the next time, the last one stays."""

    def __init__(self, readings: Iterable[float]) -> None:
        self._readings = list(readings)

    def __call__(self) -> float:
        return self._readings.pop(0) if len(self._readings) > 1 else self._readings[0]


class Patience:
    """Sleeps in truth, for the node's last blocks, but not without end."""

    def __init__(self) -> None:
        self._left = 100

    def __call__(self, seconds: float) -> None:
        self._left -= 1
        assert self._left, "waited for ever"
        time.sleep(seconds)


def test_what_is_late_is_sent_late_and_told(devnet: AnvilNode) -> None:
    plan = FloodPlan(rate=100, seconds=1)
    counts = flood_devnet(plan, devnet, clock=Clock([0.0, 1.5]), sleep=Patience())
    assert (counts.scheduled, counts.offered, counts.included) == (100, 100, 100)
    assert counts.worst_lateness_s == 1.5


def test_a_node_that_is_far_too_slow_does_not_hold_the_flood_for_ever(devnet: AnvilNode) -> None:
    plan = FloodPlan(rate=100, seconds=1)
    readings = [0.0, 0.5, 0.5, 1.0 + GRACE_S + 0.1]
    counts = flood_devnet(plan, devnet, clock=Clock(readings), sleep=Patience())
    assert counts.scheduled == 100
    assert counts.offered == counts.included == 30


@pytest.mark.parametrize("kind", ["transfer", "compute", "burner"])
def test_a_second_flood_goes_on_where_the_first_one_ended(devnet: AnvilNode, kind: str) -> None:
    plan = FloodPlan(rate=400, seconds=0.25, kind=kind)
    first = flood_devnet(plan, devnet)
    second = flood_devnet(plan, devnet)
    assert first.included == second.included == 100
    assert first.refusals == second.refusals == {}


def test_what_no_block_takes_is_accepted_but_not_included(devnet: AnvilNode) -> None:
    devnet.rpc.call("evm_setAutomine", False)
    counts = flood_devnet(FloodPlan(rate=200, seconds=0.2), devnet, settle_s=0.3)
    assert (counts.accepted, counts.included) == (40, 0)


def test_a_refusal_is_counted_with_the_nodes_words_and_spoils_no_later_nonce(
    devnet: AnvilNode,
) -> None:
    limit = devnet.block().gas_limit
    devnet.rpc.call("evm_setBlockGasLimit", hex(100_000))
    devnet.rpc.call("evm_mine")
    refused = flood_devnet(
        FloodPlan(rate=200, seconds=0.2, kind="burner", gas=200_000), devnet, settle_s=0.1
    )
    assert (refused.offered, refused.accepted, refused.refused) == (40, 0, 40)
    assert sum(refused.refusals.values()) == 40
    devnet.rpc.call("evm_setBlockGasLimit", hex(limit))
    devnet.rpc.call("evm_mine")
    accepted = flood_devnet(FloodPlan(rate=200, seconds=0.2, kind="burner", gas=200_000), devnet)
    assert accepted.included == 40


def test_no_transaction_is_sent_before_its_time(devnet: AnvilNode) -> None:
    slept: list[float] = []
    now = [0.0]

    def sleep(seconds: float) -> None:
        assert len(slept) < 400
        time.sleep(0.001)
        slept.append(seconds)
        now[0] += seconds

    counts = flood_devnet(FloodPlan(rate=50, seconds=1), devnet, clock=lambda: now[0], sleep=sleep)
    assert counts.included == 50
    assert counts.worst_lateness_s < 1e-6
    assert len(slept) >= 49
    assert counts.seconds == pytest.approx(0.98)
