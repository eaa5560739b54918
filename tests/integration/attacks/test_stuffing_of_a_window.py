"""Stuffing aimed at a settlement window, and at an auction's fast phase."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, row, tally, won

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil


def settled(tables: Tables) -> float:
    orders = tables["orders"]
    assert len(orders) > 5
    old = orders.query("committed_s < 180")
    return float((old["state"] == "settled").mean())


def test_orders_expire_while_their_window_is_stuffed(tmp_path: Path) -> None:
    tables = attack(tmp_path, "window-stuffing")
    assert won(tables, "window-stuffing")
    assert row(tables, "stuffing")["blocks_filled"] >= 5
    assert settled(tables) < 0.3


@pytest.mark.parametrize("mitigation", ["reserved_lane", "private_settlement"])
def test_orders_are_settled_through_a_lane_of_their_own(tmp_path: Path, mitigation: str) -> None:
    tables = attack(tmp_path, "window-stuffing", mitigation=mitigation)
    assert not won(tables, "window-stuffing")
    assert settled(tables) > 0.9


def test_an_auctions_fast_phase_passes_without_a_bid(tmp_path: Path) -> None:
    tables = attack(tmp_path, "auction-stuffing")
    assert won(tables, "auction-stuffing")
    assert tally(tables, "stuffing", "strikes") >= 1
    assert tables["auctions"]["bids"].sum() == 0


def test_bids_through_a_reserved_lane_are_made(tmp_path: Path) -> None:
    tables = attack(tmp_path, "auction-stuffing", mitigation="reserved_lane")
    assert not won(tables, "auction-stuffing")
    assert len(tables["auctions"]) > 3
    assert tables["auctions"]["bids"].sum() > 3
