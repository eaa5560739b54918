"""A run on the ledger: who sees the hole first leaves first, unless the door is shut."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import falling, row, run, tally

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil


def attacked(folder: Path, mitigation: str = "") -> Tables:
    actors = [
        {"oracle": {}},
        {"keepers": {"count": 2, "only_if_profitable": False}},
        {"runners": {"count": 8, "deposit_usd": {"constant": 50_000}}},
    ]
    return run(
        folder,
        *actors,
        slots=20,
        market=falling(-0.3),
        book={"accounts": 30, "leverage": {"constant": 12}, "long_share": 1},
        protocol={"insurance_usd": 1_000, "overrides": {"gate_seconds": 0, "vault_loss_share": 0}},
        mitigation=mitigation,
    )


def test_whoever_sees_the_deficit_gets_out(tmp_path: Path) -> None:
    tables = attacked(tmp_path)
    found = row(tables, "runners")
    assert found["got"] >= 8
    accounts = tables["accounts"].query("account.str.startswith('runners')")
    assert (accounts["cash_replayed_wad"].astype(object).map(int) < 10**21).all()


def test_a_gate_that_shuts_at_the_deficit_keeps_everybody_in(tmp_path: Path) -> None:
    tables = attacked(tmp_path, "withdrawal_gate")
    found = row(tables, "runners")
    assert found["tried"] > 8
    assert found["got"] == 0
    assert tally(tables, "runners", "withdraw_reverted") > 8
