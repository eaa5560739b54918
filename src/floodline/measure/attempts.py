"""What each actor tried to do and what it got: in its own words, or by its transactions."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from floodline.campaign.record import RunRecord
from floodline.measure.frame import Flags

LOAD: Final = "flood"
"""The role of actors whose transactions are themselves the attack."""
ATTACKERS: Final = frozenset({"arbitrageur", LOAD, "hedger", "provider", "runner", "searcher"})
"""Roles of actors that attack block space or the pool, or that act on what others are about to do:
the latter have a result in dollars."""


class Attempts(NamedTuple):
    """Two counts."""

    tried: int
    got: int


def attempts_of(record: RunRecord, transactions: pd.DataFrame, name: str) -> Attempts:
    """Return what an actor tried and got.

    Who acts on what others do counts that itself: a sandwich is one attempt, however many
    transactions it takes. Of a flood it is its transactions, and those that took a place in a
    block, reverted or not. Of everybody else it is what they wanted done, however often they bid
    for it again, and what was included without reverting: a liquidation bid for three times that
    lost the race is one attempt that came to nothing.

    Parameters
    ----------
    record : RunRecord
        What the engine left behind.
    transactions : DataFrame
        Its table of transactions.
    name : str
        The actor's.

    """
    roles = {label.name: label.role for label in record.actors}
    tally = {
        item: amount
        for found in record.actor_rows
        if found.actor == name
        for item, amount in found.tally.items()
    }
    role = roles[name]
    if role in ATTACKERS - {LOAD}:
        return Attempts(tally.get("tried", 0), tally.get("got", 0))
    mine: Flags = np.asarray(transactions["actor"] == name)
    if role == LOAD:
        placed = mine & transactions["block"].notna().to_numpy()
        return Attempts(int(mine.sum()), int(placed.sum()))
    first = mine & transactions["replaces"].isna().to_numpy()
    done = mine & np.asarray(transactions["status"] == "included")
    return Attempts(int(first.sum()), int(done.sum()))
