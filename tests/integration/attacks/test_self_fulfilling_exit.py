"""The exit that feeds on itself: a small flood empties the venue, unless load is shed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attack_campaign import row, run

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil

QUITTERS = {
    "quitters": {
        "count": 40,
        "margin_usd": 10_000,
        "patience_blocks": {"uniform": {"low": 0.5, "high": 3.0}},
        "fee": {"multiple": {"multiple": 20, "tip_gwei": 1}},
    }
}


def attacked(folder: Path, mitigation: str = "", *, herd: bool = True) -> Tables:
    flood = {
        "arrival": {"deterministic": {"load": 2.1}},
        "kind": "burner",
        "gas": {"constant": 300_000},
        "tip_gwei": {"constant": 2},
        "cap_multiple": 30,
        "from_s": 24,
    }
    actors: list[dict[str, Any]] = [{"oracle": {}}, {"flood": flood}]
    if herd:
        actors.append(QUITTERS)
    return run(folder, *actors, slots=16, mitigation=mitigation)


def test_exits_deepen_the_pool_and_bring_on_more_exits(tmp_path: Path) -> None:
    with_herd, alone = attacked(tmp_path), attacked(tmp_path, herd=False)
    deepest = (alone["blocks"]["pool_gas"].max() - 30_000_000) / 15_000_000
    by_the_flood_alone = 40 * (deepest - 0.5) / 2.5
    assert 5 < by_the_flood_alone < 20
    assert row(with_herd, "quitters")["tried"] > 1.5 * by_the_flood_alone


def test_shed_load_never_lets_the_pool_grow_so_deep(tmp_path: Path) -> None:
    tables = attacked(tmp_path, "load_shedding")
    assert row(tables, "quitters")["tried"] == 0
    shed = tables["transactions"].query("reason == 'shed'")
    assert set(shed["role"]) == {"flood"}
    assert len(shed) > 10
