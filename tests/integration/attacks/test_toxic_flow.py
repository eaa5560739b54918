"""Toxic flow: the chain's price is old, and somebody knows the new one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attack_campaign import falling, jumping, row, run

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil


def attacked(folder: Path, mitigation: str = "", *, fault: Any = None, **protocol: Any) -> Tables:
    oracle = {"deviation": 0.005, "delay_s": 12, "faults": fault or []}
    actors = [{"oracle": oracle}, {"toxic_flow": {"accounts": 1}}]
    market = jumping(0.02, 40, 100, 160) if fault is None else falling(-0.1, at_s=150)
    return run(folder, *actors, slots=24, market=market, mitigation=mitigation, protocol=protocol)


def test_a_slow_oracle_is_traded_against(tmp_path: Path) -> None:
    found = row(attacked(tmp_path), "toxic_flow")
    assert found["tried"] >= found["got"] >= 3
    assert found["net_usd"] > 10_000


def test_a_quick_oracle_leaves_less_than_half_of_it(tmp_path: Path) -> None:
    slow = row(attacked(tmp_path), "toxic_flow")
    quick = row(attacked(tmp_path, "quick_oracle"), "toxic_flow")
    assert quick["net_usd"] < 0.5 * slow["net_usd"]


def test_orders_that_settle_a_block_later_settle_at_what_everybody_knows(tmp_path: Path) -> None:
    found = row(attacked(tmp_path, "delayed_orders"), "toxic_flow")
    assert found["tried"] >= 3
    assert found["net_usd"] < 0


FROZEN = [{"freeze": {"from_s": 20}}]


def test_a_frozen_feed_is_traded_against_only_without_a_guard(tmp_path: Path) -> None:
    """The weak variant takes a price of any age; the guarded one none older than a minute."""
    given = {
        "fault": FROZEN,
        "switches": {"staleness_guard": False},
        "overrides": {"max_age_default": 60, "max_age_strict": 60},
    }
    weak = row(attacked(tmp_path, **given), "toxic_flow")
    guarded = row(attacked(tmp_path, "staleness_guard", **given), "toxic_flow")
    assert weak["got"] >= 1
    assert weak["result_usd"] > 10_000
    assert guarded["tried"] > 3
    assert guarded["result_usd"] < 0.2 * weak["result_usd"]
