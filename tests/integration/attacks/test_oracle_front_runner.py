"""Front-running of the oracle: a pending update is a price that is known before it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attack_campaign import row, run

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil

VOLATILE = {"ETH": {"gbm": {"start_usd": 3000, "vol": 4.0}}}


def attacked(folder: Path, mitigation: str = "", **parameters: Any) -> Tables:
    actors = [
        {"oracle": {"deviation": 0.001, "delay_s": 1}},
        {"keepers": {"count": 1}},
        {"order_keepers": {"count": 1}},
        {"oracle_front_runner": parameters},
    ]
    return run(folder, *actors, slots=20, market=VOLATILE, mitigation=mitigation)


@pytest.mark.parametrize("legs", ["sandwich", "front_run"])
def test_an_update_is_worth_its_move(tmp_path: Path, legs: str) -> None:
    tables = attacked(tmp_path, legs=legs)
    found = row(tables, "oracle_front_runner")
    assert found["got"] >= 3
    assert found["net_usd"] > 1_000
    trades = tables["trades"]
    same_block = trades.groupby("block").size()
    assert (same_block.max() >= 2) == (legs == "sandwich")


def test_an_update_in_the_private_lane_is_not_seen(tmp_path: Path) -> None:
    tables = attacked(tmp_path, "private_lane")
    assert row(tables, "oracle_front_runner")["tried"] == 0
    assert (tables["transactions"].query("role == 'oracle'")["status"] == "included").sum() > 5


def test_orders_that_settle_a_block_later_settle_at_the_new_price(tmp_path: Path) -> None:
    found = row(attacked(tmp_path, "delayed_orders"), "oracle_front_runner")
    won = row(attacked(tmp_path), "oracle_front_runner")
    assert found["tried"] >= 3
    assert found["net_usd"] < 0.1 * won["net_usd"]
