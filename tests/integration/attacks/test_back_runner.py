"""Back-run liquidations: right behind the price that makes them possible, or before a rival."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attack_campaign import falling, row, run

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil

BOOK = {"accounts": 30, "leverage": {"lognormal": {"median": 10, "sigma": 0.3}}}


def attacked(folder: Path, mitigation: str = "", **parameters: Any) -> Tables:
    actors = [
        {"oracle": {"fee": {"multiple": {"tip_gwei": 3}}}},
        {"keepers": {"count": 2, "fee": {"multiple": {"tip_gwei": 2}}}},
        {"back_runner": parameters},
    ]
    return run(folder, *actors, slots=16, market=falling(-0.12), book=BOOK, mitigation=mitigation)


def share_won(tables: Tables) -> float:
    done = tables["liquidations"].query("end == 'liquidated'")
    assert len(done) > 5
    return float(done["keeper"].str.startswith("back_runner").mean())


def test_it_liquidates_in_the_block_of_the_update(tmp_path: Path) -> None:
    tables = attacked(tmp_path, follows="updates")
    assert share_won(tables) > 0.6
    assert row(tables, "back_runner")["net_usd"] > 50
    mine = tables["transactions"].query("actor == 'back_runner' and status == 'included'")
    updates = tables["transactions"].query("role == 'oracle' and status == 'included'")
    assert set(mine["block"]) <= set(updates["block"])


def test_a_rivals_bid_is_beaten_by_a_wei(tmp_path: Path) -> None:
    tables = attacked(tmp_path, follows="rivals")
    assert share_won(tables) > 0.6
    assert row(tables, "back_runner")["net_usd"] > 50
    keepers = tables["transactions"].query("role == 'keeper'")
    assert (keepers["status"] == "reverted").sum() > 3, "rivals pay for being late"


@pytest.mark.parametrize("follows", ["updates", "rivals"])
def test_what_goes_by_the_private_lane_cannot_be_followed(tmp_path: Path, follows: str) -> None:
    tables = attacked(tmp_path, "private_lane", follows=follows)
    assert row(tables, "back_runner")["tried"] == 0
    assert share_won(tables) == 0
