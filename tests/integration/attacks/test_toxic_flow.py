"""Toxic flow: the chain's price is old, and somebody knows the new one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attack_campaign import falling, jumping, row, run

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil


JUMPS = jumping(0.02, 40, 100, 160)
DRIFT = falling(-0.03, at_s=24, over_s=240)
OUTBID = {"multiple": {"multiple": 2, "tip_gwei": 0.01}}
FROZEN = [{"freeze": {"from_s": 20}}]


def attacked(
    folder: Path, market: Any, mitigation: str = "", *, fault: Any = (), **protocol: Any
) -> Tables:
    oracle = {"deviation": 0.005, "delay_s": 2, "faults": list(fault)}
    actors = [{"oracle": oracle}, {"toxic_flow": {"accounts": 1, "min_edge": 0.002}}]
    return run(folder, *actors, slots=24, market=market, mitigation=mitigation, protocol=protocol)


def test_a_price_that_is_behind_is_traded_against(tmp_path: Path) -> None:
    found = row(attacked(tmp_path, JUMPS), "toxic_flow")
    assert found["tried"] >= found["got"] >= 3
    assert found["net_usd"] > 10_000


def test_an_oracle_that_reports_small_moves_leaves_no_edge_in_a_drift(tmp_path: Path) -> None:
    """Against jumps it does not help: who sees them first is first in the next block too."""
    slow = row(attacked(tmp_path, DRIFT), "toxic_flow")
    quick = row(attacked(tmp_path, DRIFT, "quick_oracle"), "toxic_flow")
    assert slow["net_usd"] > 10_000
    assert quick["net_usd"] < 0.2 * slow["net_usd"]


def test_orders_that_settle_a_block_later_settle_at_what_everybody_knows(tmp_path: Path) -> None:
    found = row(attacked(tmp_path, JUMPS, "delayed_orders"), "toxic_flow")
    assert found["tried"] >= 3
    assert found["net_usd"] < 0


@pytest.mark.parametrize("brings", [True, False])
def test_a_pulled_price_stops_only_those_who_bring_it_along(tmp_path: Path, brings: bool) -> None:
    """Whoever may leave the newest price out trades at the stored one; a pull oracle needs more."""
    toxic = {
        "toxic_flow": {"accounts": 1, "min_edge": 0.002, "watch_s": 5, "brings_prices": brings}
    }
    oracle = {"oracle": {"deviation": 0.005, "delay_s": 2, "fee": OUTBID}}
    more: dict[str, Any] = {"market": JUMPS, "slots": 24, "mitigation": "pull_oracle"}
    found = row(run(tmp_path, oracle, toxic, **more), "toxic_flow")
    assert found["tried"] >= 1
    assert (found["net_usd"] > 10_000) == (not brings)


def test_a_frozen_feed_is_traded_against_only_without_a_guard(tmp_path: Path) -> None:
    """The weak variant takes a price of any age; the guarded one none older than a minute."""
    given = {
        "fault": FROZEN,
        "switches": {"staleness_guard": False},
        "overrides": {"max_age_default": 60, "max_age_strict": 60},
    }
    fall = falling(-0.1, at_s=150)
    weak = row(attacked(tmp_path, fall, **given), "toxic_flow")
    guarded = row(attacked(tmp_path, fall, "staleness_guard", **given), "toxic_flow")
    assert weak["got"] >= 1
    assert weak["result_usd"] > 10_000
    assert guarded["tried"] > 3
    assert (guarded["got"], guarded["result_usd"]) == (0, 0)
