"""Front-running of the oracle: a pending update is a price that is known before it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attack_campaign import jumping, row, run, tally

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil

JUMPS = jumping(0.01, 40, 88, 136, 184)


def attacked(folder: Path, mitigation: str = "", **parameters: Any) -> Tables:
    actors = [
        {"oracle": {"deviation": 0.001, "delay_s": 1}},
        {"keepers": {"count": 1}},
        {"order_keepers": {"count": 1}},
        {"oracle_front_runner": parameters},
    ]
    return run(folder, *actors, slots=20, market=JUMPS, mitigation=mitigation)


@pytest.mark.parametrize("legs", ["sandwich", "front_run"])
def test_an_update_is_worth_its_move(tmp_path: Path, legs: str) -> None:
    tables = attacked(tmp_path, legs=legs)
    found = row(tables, "oracle_front_runner")
    assert found["got"] >= 3
    assert found["net_usd"] > 1_000
    later = tally(tables, "oracle_front_runner", "close_included")
    assert (later >= 3) == (legs == "front_run"), "a sandwich is back within the block"


def test_an_update_in_the_private_lane_is_not_seen(tmp_path: Path) -> None:
    tables = attacked(tmp_path, "private_lane")
    assert row(tables, "oracle_front_runner")["tried"] == 0
    assert (tables["transactions"].query("role == 'oracle'")["status"] == "included").sum() >= 4


def test_orders_that_settle_a_block_later_settle_at_the_new_price(tmp_path: Path) -> None:
    found = row(attacked(tmp_path, "delayed_orders"), "oracle_front_runner")
    assert found["tried"] >= 3
    assert found["net_usd"] < 0
