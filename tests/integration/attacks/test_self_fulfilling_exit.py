"""The exit that feeds on itself: a small flood empties the venue, unless load is shed."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, row, won

pytestmark = pytest.mark.anvil


def test_exits_deepen_the_pool_and_bring_on_more_exits(tmp_path: Path) -> None:
    with_herd = attack(tmp_path, "self-fulfilling-exit")
    alone = attack(tmp_path, "self-fulfilling-exit", "actors.quitters.enabled=false")
    assert won(with_herd, "self-fulfilling-exit")
    assert not won(alone, "self-fulfilling-exit")
    deepest = (alone["blocks"]["pool_gas"].max() - 30_000_000) / 15_000_000
    by_the_flood_alone = 40 * (deepest - 0.5) / 2.5
    assert 5 < by_the_flood_alone < 20
    assert row(with_herd, "quitters")["tried"] > 1.5 * by_the_flood_alone


def test_shed_load_never_lets_the_pool_grow_so_deep(tmp_path: Path) -> None:
    tables = attack(tmp_path, "self-fulfilling-exit", mitigation="load_shedding")
    assert not won(tables, "self-fulfilling-exit")
    assert row(tables, "quitters")["tried"] == 0
    shed = tables["transactions"].query("reason == 'shed'")
    assert set(shed["role"]) == {"flood"}
    assert len(shed) > 10
