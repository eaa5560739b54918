"""Replacement churn: valid, everywhere, and free, until replacing costs more."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import row, run

pytestmark = pytest.mark.anvil

CHURN = {"churn": {"senders": 30, "every_s": 2, "below": 0.3}}
BUSY = {"flood": {"name": "demand", "arrival": {"deterministic": {"load": 1}}, "kind": "transfer"}}


def test_it_replaces_without_end_and_pays_nothing(tmp_path: Path) -> None:
    found = row(run(tmp_path, CHURN, BUSY, slots=6), "churn")
    assert found["replaced"] >= 30 * 25
    assert (found["in_blocks"], found["spent_wei"]) == (0, "0")
    assert found["pool_peak"] == 30


def test_one_in_eight_replacements_passes_where_each_must_pay_twice(tmp_path: Path) -> None:
    found = row(run(tmp_path, CHURN, BUSY, slots=6, mitigation="dear_replacement"), "churn")
    assert 0 < found["replaced"] < found["offered"] / 6
