"""Stuffing aimed at a settlement window, and at an auction's fast phase."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attack_campaign import falling, row, run, tally

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil


LOW = {"multiple": {"multiple": 20, "tip_gwei": 2}}


def strike(when: dict[str, Any]) -> dict[str, Any]:
    return {"stuffing": {"tip_gwei": 30, "max_fee_gwei": 400, "when": when}}


def window(folder: Path, mitigation: str = "") -> Tables:
    """Orders must be settled within two slots; settlements that wait are struck."""
    actors = [
        {"oracle": {}},
        {"order_keepers": {"count": 2, "fee": LOW}},
        {
            "traders": {
                "accounts": 20,
                "rate_per_s": 0.1,
                "mix": {"open": 1, "close": 0, "cancel": 0},
                "fee": {"multiple": {"multiple": 20, "tip_gwei": 50}},
            }
        },
        strike({"pending_call": {"kind": "settle_order", "for_s": 60}}),
    ]
    protocol = {"switches": {"orders": "delayed"}, "overrides": {"settlement_window": 24}}
    return run(folder, *actors, slots=20, protocol=protocol, mitigation=mitigation)


def settled(tables: Tables) -> float:
    orders = tables["orders"]
    assert len(orders) > 5
    old = orders.query("committed_s < 180")
    return float((old["state"] == "settled").mean())


def test_orders_expire_while_their_window_is_stuffed(tmp_path: Path) -> None:
    tables = window(tmp_path)
    assert row(tables, "stuffing")["blocks_filled"] >= 5
    assert settled(tables) < 0.3


@pytest.mark.parametrize("mitigation", ["reserved_lane", "private_settlement"])
def test_orders_are_settled_through_a_lane_of_their_own(tmp_path: Path, mitigation: str) -> None:
    assert settled(window(tmp_path, mitigation)) > 0.9


def auction(folder: Path, mitigation: str = "") -> Tables:
    """The fast phase lasts two slots; it is struck as soon as accounts may be liquidated."""
    actors = [
        {"oracle": {}},
        {"keepers": {"count": 1}},
        {"auction_bidders": {"count": 2, "required_margin": {"constant": 0.0}, "fee": LOW}},
        strike({"liquidatable": {"for_s": 120}}),
    ]
    return run(
        folder,
        *actors,
        slots=16,
        market=falling(-0.12),
        book={"accounts": 20, "leverage": {"lognormal": {"median": 10, "sigma": 0.3}}},
        protocol={"switches": {"liquidation": "auction"}},
        mitigation=mitigation,
    )


def test_an_auctions_fast_phase_passes_without_a_bid(tmp_path: Path) -> None:
    tables = auction(tmp_path)
    assert tally(tables, "stuffing", "strikes") >= 1
    assert tables["auctions"]["bids"].sum() == 0


def test_bids_through_a_reserved_lane_are_made(tmp_path: Path) -> None:
    tables = auction(tmp_path, "reserved_lane")
    assert len(tables["auctions"]) > 3
    assert tables["auctions"]["bids"].sum() > 3
