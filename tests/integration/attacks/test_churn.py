"""Replacement churn: valid, everywhere, and free, until replacing costs more."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, row, won

pytestmark = pytest.mark.anvil


def test_it_replaces_without_end_and_pays_nothing(tmp_path: Path) -> None:
    tables = attack(tmp_path, "churn")
    assert won(tables, "churn")
    found = row(tables, "churn")
    assert found["replaced"] >= 30 * 25
    assert (found["in_blocks"], found["spent_wei"]) == (0, "0")
    assert found["pool_peak"] == 30


def test_one_in_eight_replacements_passes_where_each_must_pay_twice(tmp_path: Path) -> None:
    tables = attack(tmp_path, "churn", mitigation="dear_replacement")
    assert not won(tables, "churn")
    found = row(tables, "churn")
    assert 0 < found["replaced"] < found["offered"] / 6
