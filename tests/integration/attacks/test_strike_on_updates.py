"""A strike on oracle updates: what is seen pending can be aimed at."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import LOW_TIP, VOLATILE, landed, publisher, row, run

pytestmark = pytest.mark.anvil

STRIKE = {
    "stuffing": {
        "tip_gwei": 5,
        "max_fee_gwei": 200,
        "when": {"pending_call": {"kind": "push_price", "for_s": 24}},
    }
}
ACTORS = (publisher(LOW_TIP), {"keepers": {"count": 1}}, STRIKE)


def test_updates_that_are_seen_are_struck(tmp_path: Path) -> None:
    tables = run(tmp_path, *ACTORS, market=VOLATILE)
    assert row(tables, "stuffing")["offered"] > 50
    assert landed(tables) < 0.5


def test_updates_in_the_private_lane_are_missed(tmp_path: Path) -> None:
    tables = run(tmp_path, *ACTORS, market=VOLATILE, mitigation="private_lane")
    assert row(tables, "stuffing")["offered"] == 0
    assert landed(tables) > 0.8
