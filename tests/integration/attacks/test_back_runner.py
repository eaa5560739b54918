"""Back-run liquidations: right behind the price that makes them possible, or before a rival."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, row, won

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil


def share_won(tables: Tables) -> float:
    done = tables["liquidations"].query("end == 'liquidated'")
    assert len(done) > 5
    return float(done["keeper"].str.startswith("back_runner").mean())


def test_it_liquidates_in_the_block_of_the_update(tmp_path: Path) -> None:
    tables = attack(tmp_path, "back-runner")
    assert won(tables, "back-runner")
    assert share_won(tables) > 0.6
    assert row(tables, "back_runner")["net_usd"] > 50
    mine = tables["transactions"].query("actor == 'back_runner' and status == 'included'")
    updates = tables["transactions"].query("role == 'oracle' and status == 'included'")
    assert set(mine["block"]) <= set(updates["block"])


def test_a_rivals_bid_is_beaten_by_a_wei(tmp_path: Path) -> None:
    tables = attack(tmp_path, "back-runner", "actors.back_runner.follows=rivals")
    assert won(tables, "back-runner")
    assert share_won(tables) > 0.6
    assert row(tables, "back_runner")["net_usd"] > 50
    keepers = tables["transactions"].query("role == 'keeper'")
    assert (keepers["status"] == "reverted").sum() > 3, "rivals pay for being late"


@pytest.mark.parametrize("follows", ["updates", "rivals"])
def test_what_goes_by_the_private_lane_cannot_be_followed(tmp_path: Path, follows: str) -> None:
    change = f"actors.back_runner.follows={follows}"
    tables = attack(tmp_path, "back-runner", change, mitigation="private_lane")
    assert not won(tables, "back-runner")
    assert row(tables, "back_runner")["tried"] == 0
    assert share_won(tables) == 0
