"""A strike on oracle updates: what is seen pending can be aimed at."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, landed, row, won

pytestmark = pytest.mark.anvil


def test_updates_that_are_seen_are_struck(tmp_path: Path) -> None:
    tables = attack(tmp_path, "strike-on-updates")
    assert won(tables, "strike-on-updates")
    assert row(tables, "stuffing")["offered"] > 50
    assert landed(tables) < 0.5


def test_updates_in_the_private_lane_are_missed(tmp_path: Path) -> None:
    tables = attack(tmp_path, "strike-on-updates", mitigation="private_lane")
    assert not won(tables, "strike-on-updates")
    assert row(tables, "stuffing")["offered"] == 0
    assert landed(tables) > 0.8
