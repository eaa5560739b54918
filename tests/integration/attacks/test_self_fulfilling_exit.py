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
        "count": 100,
        "margin_usd": 10_000,
        "patience_blocks": {"uniform": {"low": 2.2, "high": 5}},
        "fee": {"multiple": {"multiple": 20, "tip_gwei": 1}},
    }
}


def attacked(folder: Path, load: float, mitigation: str = "", *, herd: bool = True) -> Tables:
    flood = {
        "arrival": {"deterministic": {"load": load}},
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
    with_herd, alone = attacked(tmp_path, 2.3), attacked(tmp_path, 2.3, herd=False)
    assert row(with_herd, "quitters")["tried"] == 100
    deepest = {
        name: tables["blocks"]["pool_gas"].max()
        for name, tables in (("herd", with_herd), ("alone", alone))
    }
    assert deepest["herd"] > 1.3 * deepest["alone"]


def test_shed_load_never_lets_the_pool_grow_so_deep(tmp_path: Path) -> None:
    tables = attacked(tmp_path, 2.3, "load_shedding")
    assert row(tables, "quitters")["tried"] == 0
    shed = tables["transactions"].query("reason == 'shed'")
    assert set(shed["role"]) == {"flood"}
    assert len(shed) > 50
