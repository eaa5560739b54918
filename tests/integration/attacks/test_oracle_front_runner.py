"""Front-running of the oracle: a pending update is a price that is known before it holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, row, tally, won

pytestmark = pytest.mark.anvil


@pytest.mark.parametrize("legs", ["sandwich", "front_run"])
def test_an_update_is_worth_its_move(tmp_path: Path, legs: str) -> None:
    tables = attack(tmp_path, "oracle-front-runner", f"actors.oracle_front_runner.legs={legs}")
    assert won(tables, "oracle-front-runner")
    found = row(tables, "oracle_front_runner")
    assert found["got"] >= 3
    assert found["net_usd"] > 1_000
    later = tally(tables, "oracle_front_runner", "close_included")
    assert (later >= 3) == (legs == "front_run"), "a sandwich is back within the block"


def test_an_update_in_the_private_lane_is_not_seen(tmp_path: Path) -> None:
    tables = attack(tmp_path, "oracle-front-runner", mitigation="private_lane")
    assert not won(tables, "oracle-front-runner")
    assert row(tables, "oracle_front_runner")["tried"] == 0
    assert (tables["transactions"].query("role == 'oracle'")["status"] == "included").sum() >= 4


def test_orders_that_settle_a_block_later_settle_at_the_new_price(tmp_path: Path) -> None:
    tables = attack(tmp_path, "oracle-front-runner", mitigation="delayed_orders")
    assert not won(tables, "oracle-front-runner")
    found = row(tables, "oracle_front_runner")
    assert found["tried"] >= 3
    assert found["net_usd"] < 0
