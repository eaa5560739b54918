"""Toxic flow: the chain's price is old, and somebody knows the new one."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, row, won

pytestmark = pytest.mark.anvil


def test_a_price_that_is_behind_is_traded_against(tmp_path: Path) -> None:
    tables = attack(tmp_path, "toxic-flow")
    assert won(tables, "toxic-flow")
    found = row(tables, "toxic_flow")
    assert found["tried"] >= found["got"] >= 3
    assert found["net_usd"] > 10_000


def test_an_oracle_that_reports_small_moves_leaves_no_edge_in_a_drift(tmp_path: Path) -> None:
    """Against jumps it does not help: who sees them first is first in the next block too."""
    open_steps = attack(tmp_path, "toxic-drift")
    small_steps = attack(tmp_path, "toxic-drift", mitigation="quick_oracle")
    assert (won(open_steps, "toxic-drift"), won(small_steps, "toxic-drift")) == (True, False)
    slow, quick = row(open_steps, "toxic_flow"), row(small_steps, "toxic_flow")
    assert slow["net_usd"] > 10_000
    assert quick["net_usd"] < 0.2 * slow["net_usd"]


def test_orders_that_settle_a_block_later_settle_at_what_everybody_knows(tmp_path: Path) -> None:
    tables = attack(tmp_path, "toxic-flow", mitigation="delayed_orders")
    assert not won(tables, "toxic-flow")
    found = row(tables, "toxic_flow")
    assert found["tried"] >= 3
    assert found["net_usd"] < 0


@pytest.mark.parametrize("brings", [True, False])
def test_a_pulled_price_stops_only_those_who_bring_it_along(tmp_path: Path, brings: bool) -> None:
    """Whoever may leave the newest price out trades at the stored one; a pull oracle needs more."""
    changes = (
        "actors.oracle.fee={multiple: {multiple: 2, tip_gwei: 0.01}}",
        "actors.toxic_flow.watch_s=5",
        f"actors.toxic_flow.brings_prices={str(brings).lower()}",
    )
    found = row(attack(tmp_path, "toxic-flow", *changes, mitigation="pull_oracle"), "toxic_flow")
    assert found["tried"] >= 1
    assert (found["net_usd"] > 10_000) == (not brings)


def test_a_frozen_feed_is_traded_against_only_without_a_guard(tmp_path: Path) -> None:
    """The weak variant takes a price of any age; the guarded one none older than a minute."""
    blind = attack(tmp_path, "frozen-feed")
    guarding = attack(tmp_path, "frozen-feed", mitigation="staleness_guard")
    assert (won(blind, "frozen-feed"), won(guarding, "frozen-feed")) == (True, False)
    weak, guarded = row(blind, "toxic_flow"), row(guarding, "toxic_flow")
    assert weak["got"] >= 1
    assert weak["result_usd"] > 10_000
    assert guarded["tried"] > 3
    assert (guarded["got"], guarded["result_usd"]) == (0, 0)
