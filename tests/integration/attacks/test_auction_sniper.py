"""Auction sniping and farming: bids copied, starts and resets for their pay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attack_campaign import falling, row, run, tally

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil

BOOK = {"accounts": 20, "leverage": {"lognormal": {"median": 10, "sigma": 0.3}}}
BIDDERS = {"auction_bidders": {"count": 2, "required_margin": {"constant": 0.002}}}


def attacked(folder: Path, sniper: dict[str, Any], mitigation: str = "", **protocol: Any) -> Tables:
    actors = [{"oracle": {}}, {"keepers": {"count": 1}}, BIDDERS, {"auction_sniper": sniper}]
    more = {"market": falling(-0.07), "book": BOOK, "slots": 24}
    return run(folder, *actors, mitigation=mitigation, protocol=protocol, **more)


AUCTION = {
    "switches": {"liquidation": "auction"},
    "overrides": {"auction_fast_seconds": 120, "auction_fast_end": 0.2},
}


def taken_by_rivals(tables: Tables) -> int:
    bids = tables["transactions"].query("role == 'bidder' and kind == 'bid_auction'")
    return int((bids["status"] == "included").sum())


def test_a_rivals_bid_is_taken_from_it(tmp_path: Path) -> None:
    sniped = attacked(tmp_path, {}, **AUCTION)
    found = row(sniped, "auction_sniper")
    assert found["got"] >= 3
    assert found["net_usd"] > 0
    assert tally(sniped, "auction_sniper", "bid_included") >= 3


def test_bids_in_the_private_lane_cannot_be_copied(tmp_path: Path) -> None:
    sniped = attacked(tmp_path, {}, **AUCTION)
    hidden = attacked(tmp_path, {}, "private_bids", **AUCTION)
    assert row(hidden, "auction_sniper")["tried"] == 0
    assert taken_by_rivals(hidden) > taken_by_rivals(sniped)


FARMER = {"farms": True, "snipes": False, "reaction_s": {"constant": 0.05}}
RICH = {
    "switches": {"liquidation": "clipper"},
    "overrides": {"auction_tip": 100, "clipper_tail_seconds": 24},
}


def test_generous_starts_and_resets_are_farmed(tmp_path: Path) -> None:
    farmed = attacked(tmp_path, FARMER, **RICH)
    found = row(farmed, "auction_sniper")
    assert found["got"] > 5
    assert found["net_usd"] > 80 * found["got"]
    assert tally(farmed, "auction_sniper", "reset_included") > 3


def test_starts_and_resets_that_pay_nothing_are_left_alone(tmp_path: Path) -> None:
    left = attacked(tmp_path, FARMER, "modest_auction_pay", **RICH)
    found = row(left, "auction_sniper")
    assert (found["tried"], found["result_usd"]) == (0, 0)
