"""Pool eviction: slots are filled, not blocks, and who waits low is pushed out for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attack_campaign import VOLATILE, landed, publisher, row, run

pytestmark = pytest.mark.anvil

EVICTION = {"eviction": {"slots": 400, "below": 0.9, "every_s": 4}}
FALLING: dict[str, Any] = {
    "chain": {"pool": {"global_slots": 160, "global_queue": 32}, "base_fee_gwei": 30},
    "market": VOLATILE,
    "slots": 5,
}
STUCK = {"fixed": {"max_fee_gwei": 20, "tip_gwei": 2}}


def test_a_stuck_bid_is_pushed_out_for_nothing(tmp_path: Path) -> None:
    """The base fee falls from 30 gwei; a cap of 20 would get in at the fourth block."""
    tables = run(tmp_path, publisher(STUCK), EVICTION, **FALLING)
    found = row(tables, "eviction")
    assert found["evicted_others"] >= 1
    assert found["pool_peak"] >= 150
    first = tables["transactions"].query("role == 'oracle'").iloc[0]
    assert first["status"] in {"evicted", "rejected"}
    free = run(tmp_path, publisher(STUCK), **FALLING)
    assert free["transactions"].query("role == 'oracle'")["status"].iloc[0] == "included"


def test_a_bid_that_follows_the_base_fee_cannot_be_moved(tmp_path: Path) -> None:
    tables = run(tmp_path, publisher(STUCK), EVICTION, mitigation="adaptive_oracle", **FALLING)
    assert row(tables, "eviction")["evicted_others"] == 0
    assert landed(tables) > 0.7
