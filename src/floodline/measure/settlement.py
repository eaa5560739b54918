"""How orders in two steps and auctions went: settled, expired, sold, for how much."""

from __future__ import annotations

from typing import Any, Final

from floodline.measure.frame import known
from floodline.measure.oracle import quantile
from floodline.measure.tables import Tables

_NOTHING: Final = 0.01
"""Price of what was sold, over its notional, up to which it was sold for nothing."""


def orders_summary(tables: Tables) -> dict[str, Any]:
    """Return how many orders met which end, and how long settled ones waited.

    The expired share counts orders that were still waiting at the end as neither.
    """
    orders = tables["orders"]
    counts = orders["state"].value_counts().to_dict()
    found = {
        state: int(counts.get(state, 0)) for state in ("settled", "cancelled", "expired", "pending")
    }
    ended = len(orders) - found["pending"]
    waits = known(orders["wait_s"][orders["state"] == "settled"])
    return {
        "committed": len(orders),
        **found,
        "expired_ratio": found["expired"] / ended if ended else None,
        "wait_p50_s": quantile(waits, 0.50),
        "wait_p95_s": quantile(waits, 0.95),
        "keeper_fees_usd": float(known(orders["keeper_fee_usd"]).sum()),
    }


def auctions_summary(tables: Tables) -> dict[str, Any]:
    """Return how many accounts were auctioned, how soon they were bid on, and what was paid.

    Recovery is what bidders paid over the equity that they were given, over the auctions in which
    that was positive. What is sold is the account's positions with its debt: who takes over
    100,000 dollars of notional with an equity of 30,000 and is paid 69,200 had it for 800, and it
    was sold for nothing: for a cent in the dollar or less.
    """
    auctions = tables["auctions"]
    counts = auctions["state"].value_counts().to_dict()
    given, paid = known(auctions["given_usd"]), known(auctions["paid_usd"])
    solvent = given > 0
    taken = known(auctions["taken_usd"])
    sold = taken > 0
    for_nothing = (taken - given + paid)[sold] <= _NOTHING * taken[sold]
    waits = known(auctions["first_bid_s"] - auctions["started_s"])
    return {
        "started": len(auctions),
        **{state: int(counts.get(state, 0)) for state in ("emptied", "healthy", "live")},
        "without_bid": int((auctions["bids"] == 0).sum()),
        "bids": int(auctions["bids"].sum()),
        "resets": int(auctions["resets"].sum()),
        "recovery_ratio": float(paid[solvent].sum() / given[solvent].sum())
        if solvent.any()
        else None,
        "sold_for_nothing_share": float(for_nothing.mean()) if sold.any() else None,
        "paid_to_bidders_usd": float(-paid[paid < 0].sum()),
        "wait_for_bid_p50_s": quantile(waits, 0.50),
    }
