"""Sandwiches of orders in two steps: who may settle chooses the order."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, row, won

pytestmark = pytest.mark.anvil


def test_a_commitment_is_settled_between_the_attackers_own(tmp_path: Path) -> None:
    tables = attack(tmp_path, "settlement-sandwich")
    assert won(tables, "settlement-sandwich")
    found = row(tables, "settlement_sandwich")
    assert found["got"] >= 1
    assert found["net_usd"] > 100 * found["got"]
    trades = tables["trades"]
    between = [
        (before, after)
        for before, victim, after in zip(
            trades["account"], trades["account"][1:], trades["account"][2:], strict=False
        )
        if victim.startswith("traders") and before.startswith("settlement_sandwich")
    ]
    assert ("settlement_sandwich-0000", "settlement_sandwich-0001") in between


def test_a_limit_as_tight_as_the_fee_leaves_nothing(tmp_path: Path) -> None:
    tables = attack(tmp_path, "settlement-sandwich", mitigation="tight_limits")
    assert not won(tables, "settlement-sandwich")
    found = row(tables, "settlement_sandwich")
    assert found["got"] == 0
    assert found["net_usd"] <= 0
