"""Sandwiches of orders in two steps: who may settle chooses the order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attack_campaign import THIN, row, run

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil

ACTORS: list[dict[str, Any]] = [
    {"oracle": {}},
    {"order_keepers": {"count": 2}},
    {
        "traders": {
            "accounts": 12,
            "rate_per_s": 0.05,
            "mix": {"open": 1, "close": 0, "cancel": 0},
            "margin_usd": {"constant": 50_000},
            "leverage": {"constant": 5},
            "slippage": 0.01,
        }
    },
    {"settlement_sandwich": {"slack": 0.9}},
]


def attacked(folder: Path, mitigation: str = "") -> Tables:
    protocol = {"overrides": THIN, "switches": {"orders": "delayed"}}
    return run(folder, *ACTORS, slots=20, mitigation=mitigation, protocol=protocol)


def test_a_commitment_is_settled_between_the_attackers_own(tmp_path: Path) -> None:
    tables = attacked(tmp_path)
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
    tables = attacked(tmp_path, "tight_limits")
    found = row(tables, "settlement_sandwich")
    assert found["got"] == 0
    assert found["net_usd"] <= 0
