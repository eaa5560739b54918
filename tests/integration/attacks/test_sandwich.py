"""Sandwiches of immediate orders: what the victim's limit leaves is taken, if it is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, row, tally, won

pytestmark = pytest.mark.anvil


def test_a_sandwich_earns_what_public_limits_leave(tmp_path: Path) -> None:
    tables = attack(tmp_path, "sandwich")
    assert won(tables, "sandwich")
    found = row(tables, "sandwich")
    assert found["tried"] >= found["got"] >= 5
    assert found["net_usd"] > 300 * found["got"]
    trades = tables["trades"].query("account.str.startswith('traders')")
    gap = (trades["fill_usd"] / 3000 - 1).abs()
    assert gap.max() == pytest.approx(0.01, rel=0.05), "filled at the worst that they accept"


def test_private_orders_are_not_seen(tmp_path: Path) -> None:
    tables = attack(tmp_path, "sandwich", mitigation="private_orders")
    assert not won(tables, "sandwich")
    found = row(tables, "sandwich")
    assert (found["tried"], found["offered"], found["result_usd"]) == (0, 0, 0)
    assert len(tables["trades"]) >= 5


def test_a_limit_as_tight_as_the_fee_leaves_nothing(tmp_path: Path) -> None:
    tables = attack(tmp_path, "sandwich", mitigation="tight_limits")
    assert not won(tables, "sandwich")
    assert row(tables, "sandwich")["tried"] == 0
    assert tally(tables, "sandwich", "victim_beyond_limit") > 0


@pytest.mark.parametrize("mitigation", ["fair_order", "first_come", "lottery"])
def test_where_tips_buy_no_place_nobody_gets_ahead(tmp_path: Path, mitigation: str) -> None:
    """By arrival, by batches of arrivals or by lot: what the legs cost, the victim does not pay."""
    tables = attack(tmp_path, "sandwich", mitigation=mitigation)
    assert not won(tables, "sandwich")
    found = row(tables, "sandwich")
    assert found["tried"] > 3
    assert found["net_usd"] < 0
