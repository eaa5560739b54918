"""The nonce-gap avalanche: nothing is executable, and then everything is."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, row, won

pytestmark = pytest.mark.anvil


def test_everything_becomes_executable_at_once(tmp_path: Path) -> None:
    tables = attack(tmp_path, "nonce-gap")
    assert won(tables, "nonce-gap")
    blocks = tables["blocks"]
    before, after = blocks.iloc[1], blocks.iloc[2]
    assert (before["pool_pending"], before["pool_queued"]) == (0, 960)
    assert before["gas_used"] == 0
    assert after["pool_pending"] + after["tx_count"] >= 960
    assert (blocks["gas_used"].iloc[2:6] > 25_000_000).all()


def test_a_short_queue_lets_few_wait_however_many_come(tmp_path: Path) -> None:
    tables = attack(tmp_path, "nonce-gap", mitigation="short_queue")
    assert not won(tables, "nonce-gap")
    assert tables["blocks"]["pool_queued"].max() <= 64
    assert row(tables, "nonce_gap")["in_blocks"] <= 64 + 60 + 16
