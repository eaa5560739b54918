"""Bids on the real engine: auctions react to what gossip shows, private lanes show nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from small_campaign import small

from floodline.campaign.session import Session
from floodline.measure.identities import check
from floodline.measure.tables import build_tables

pytestmark = pytest.mark.anvil

Finished = Callable[[dict[str, Any]], Session]

AUCTION = {"priority_auction": {"tip_gwei": 1, "watch_s": 0.5, "share": 0.9}}
FAST = {"constant": 0.2}


def race(finished: Finished, **first: Any) -> tuple[Session, Any]:
    """Two groups of one keeper each, for the same accounts, and their transactions."""
    oracle = {"oracle": {"deviation": 0.005, "delay_s": 1}}
    one = {"keepers": {"name": "first", "count": 1, "reaction_s": FAST, "fee": AUCTION, **first}}
    other = {"keepers": {"name": "second", "count": 1, "reaction_s": FAST, "fee": AUCTION}}
    session = finished(
        small(
            slots=14,
            actors=[oracle, one, other],
            network={"delay": {"constant": 0.3}, "block_delay": {"constant": 0.3}},
            builder={"policy": "private_lane"},
        )
    )
    record = session.record("complete")
    assert record is not None
    tables = build_tables(record)
    assert all(identity.ok for identity in check(tables))
    return session, tables["transactions"].query("kind.str.startswith('liquidate')")


def test_two_auctioneers_outbid_each_other_within_a_slot(finished: Finished) -> None:
    _, bids = race(finished)
    raised = bids[bids["replaces"].notna()]
    assert len(raised) > 5
    for row in raised.itertuples():
        old = bids[bids["tx_id"] == row.replaces].iloc[0]
        assert row.tip_wei * 10 >= old.tip_wei * 11
        rivals = bids[(bids["sender"] != row.sender) & (bids["created_s"] <= row.created_s - 0.3)]
        assert (rivals["tip_wei"] >= old.tip_wei).any()


def test_a_private_bid_is_not_answered_and_wins_without_a_war(finished: Finished) -> None:
    """Mitigation `private lane`: the auction's extra cost is gone, the race is won all the same."""
    _, public = race(finished)
    session, bids = race(finished, lane="private", fee={"multiple": {"tip_gwei": 1}})
    hidden = bids[bids["actor"] == "first"]
    assert set(hidden["lane"]) == {"private"}
    assert set(bids[bids["actor"] == "second"]["lane"]) == {"public"}
    assert hidden["replaces"].notna().sum() == 0
    won = {
        name: int(((bids["actor"] == name) & (bids["status"] == "included")).sum())
        for name in ("first", "second")
    }
    assert won["first"] > won["second"]
    paid = np.median(hidden.query("status == 'included'")["tip_wei"])
    war = np.median(public.query("status == 'included'")["tip_wei"])
    assert paid < war
    assert session.recorder is not None
