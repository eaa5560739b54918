"""Auction sniping and farming: bids copied, starts and resets for their pay."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, row, tally, won

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil


def taken_by_rivals(tables: Tables) -> int:
    bids = tables["transactions"].query("role == 'bidder' and kind == 'bid_auction'")
    return int((bids["status"] == "included").sum())


def test_a_rivals_bid_is_taken_from_it(tmp_path: Path) -> None:
    sniped = attack(tmp_path, "auction-sniper")
    assert won(sniped, "auction-sniper")
    found = row(sniped, "auction_sniper")
    assert found["got"] >= 3
    assert found["net_usd"] > 0
    assert tally(sniped, "auction_sniper", "bid_included") >= 3


def test_bids_in_the_private_lane_cannot_be_copied(tmp_path: Path) -> None:
    sniped = attack(tmp_path, "auction-sniper")
    hidden = attack(tmp_path, "auction-sniper", mitigation="private_bids")
    assert not won(hidden, "auction-sniper")
    assert row(hidden, "auction_sniper")["tried"] == 0
    assert taken_by_rivals(hidden) > taken_by_rivals(sniped)


def test_generous_starts_and_resets_are_farmed(tmp_path: Path) -> None:
    farmed = attack(tmp_path, "auction-farmer")
    assert won(farmed, "auction-farmer")
    found = row(farmed, "auction_sniper")
    assert found["got"] > 5
    assert found["net_usd"] > 80 * found["got"]
    assert tally(farmed, "auction_sniper", "reset_included") > 3


def test_starts_and_resets_that_pay_nothing_are_left_alone(tmp_path: Path) -> None:
    left = attack(tmp_path, "auction-farmer", mitigation="modest_auction_pay")
    assert not won(left, "auction-farmer")
    found = row(left, "auction_sniper")
    assert (found["tried"], found["result_usd"]) == (0, 0)
