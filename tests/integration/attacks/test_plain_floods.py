"""Floods of bytes, of state, of nothing, on rungs, and of failures, against one low tip."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, landed, row, won

pytestmark = pytest.mark.anvil


@pytest.mark.parametrize("preset", ["calldata-flood", "state-bloat", "burner-flood", "tip-ladder"])
def test_a_flood_shuts_a_low_tip_out_of_open_blocks_only(tmp_path: Path, preset: str) -> None:
    """Transactions smaller than an update leave no gap that one fits into."""
    open_blocks = attack(tmp_path, preset)
    assert won(open_blocks, preset)
    assert landed(open_blocks) < 0.4
    assert row(open_blocks, "flood")["gas_used"] > 6 * 25_000_000
    protected = attack(tmp_path, preset, mitigation="reserved_lane")
    assert not won(protected, preset)
    assert landed(protected) > 0.8


def test_failing_spam_beats_a_tip_where_blocks_are_drawn_by_lot(tmp_path: Path) -> None:
    """Spam in place of tips: many cheap attempts crowd a random builder's draw."""
    tables = attack(tmp_path, "failing-spam")
    assert won(tables, "failing-spam")
    assert row(tables, "flood")["in_blocks"] > 5_000
    assert landed(tables) < 0.7


@pytest.mark.parametrize(
    ("change", "mitigation"), [("builder.policy=priority", ""), ("slots=6", "reserved_lane")]
)
def test_failing_spam_does_nothing_to_a_tip_that_counts_nor_to_a_lane(
    tmp_path: Path, change: str, mitigation: str
) -> None:
    tables = attack(tmp_path, "failing-spam", change, mitigation=mitigation)
    assert not won(tables, "failing-spam")
    assert row(tables, "flood")["in_blocks"] > 5_000
    assert landed(tables) > 0.8
