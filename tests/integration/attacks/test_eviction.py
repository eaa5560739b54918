"""Pool eviction: slots are filled, not blocks, and who waits low is pushed out for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, landed, row, won

pytestmark = pytest.mark.anvil


def test_a_stuck_bid_is_pushed_out_for_nothing(tmp_path: Path) -> None:
    """The base fee falls from 30 gwei; a cap of 20 would get in at the fourth block."""
    tables = attack(tmp_path, "eviction")
    assert won(tables, "eviction")
    found = row(tables, "eviction")
    assert found["evicted_others"] >= 1
    assert found["pool_peak"] >= 150
    first = tables["transactions"].query("role == 'oracle'").iloc[0]
    assert first["status"] in {"evicted", "rejected"}
    free = attack(tmp_path, "eviction", "actors.eviction.enabled=false")
    assert not won(free, "eviction")
    assert free["transactions"].query("role == 'oracle'")["status"].iloc[0] == "included"


def test_a_bid_that_follows_the_base_fee_cannot_be_moved(tmp_path: Path) -> None:
    tables = attack(tmp_path, "eviction", mitigation="adaptive_oracle")
    assert not won(tables, "eviction")
    assert row(tables, "eviction")["evicted_others"] == 0
    assert landed(tables) > 0.7
