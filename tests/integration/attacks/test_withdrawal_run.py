"""A run on the ledger: who sees the hole first leaves first, unless the door is shut."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, row, tally, won

pytestmark = pytest.mark.anvil


def test_whoever_sees_the_deficit_gets_out(tmp_path: Path) -> None:
    tables = attack(tmp_path, "withdrawal-run")
    assert won(tables, "withdrawal-run")
    found = row(tables, "runners")
    assert found["got"] >= 8
    accounts = tables["accounts"].query("account.str.startswith('runners')")
    assert (accounts["cash_replayed_wad"].astype(object).map(int) < 10**21).all()


def test_a_gate_that_shuts_at_the_deficit_keeps_everybody_in(tmp_path: Path) -> None:
    tables = attack(tmp_path, "withdrawal-run", mitigation="withdrawal_gate")
    assert not won(tables, "withdrawal-run")
    found = row(tables, "runners")
    assert found["tried"] > 8
    assert found["got"] == 0
    assert tally(tables, "runners", "withdraw_reverted") > 8
