"""Intents: a transaction with everything that replaced it is one wish to get into a block.

A sender who bids up sends several transactions but waits once: from the first until one of them is
in a block. Time to inclusion is therefore measured per intent. An intent that left the pool without
inclusion can never get in; it stays at risk until the end of the run, as a competing event does in
a cumulative incidence (Fine and Gray, 1999), so that refusing transactions cannot make the
percentiles look better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from floodline.measure.frame import Flags, Integers, from_optional, to_microseconds


@dataclass(frozen=True)
class Intents:
    """Arrays with one entry per intent, in the order of creation.

    Attributes
    ----------
    first : int64 array
        Row of its first transaction.
    role_code : int array
        Code of its role in the label column of the transactions.
    wait_us : int64 array
        From the first creation to inclusion, or to the end of the run.
    included : bool array
        Whether one of its transactions got into a block, failed there or not.
    tip_wei : int64 array
        Tip of its last transaction.

    """

    first: Integers
    role_code: np.ndarray[Any, np.dtype[Any]]
    wait_us: Integers
    included: Flags
    tip_wei: Integers

    def of(self, chosen: Flags) -> Intents:
        """Return the intents that a mask chooses."""
        return Intents(
            self.first[chosen],
            self.role_code[chosen],
            self.wait_us[chosen],
            self.included[chosen],
            self.tip_wei[chosen],
        )


def _first_of_chain(transactions: pd.DataFrame) -> Integers:
    """Return, for each row, the row of the first transaction of its replacement chain."""
    number = transactions["tx_id"].to_numpy()
    rows = np.arange(len(number))
    replaces = from_optional(transactions["replaces"])
    place = np.minimum(np.searchsorted(number, replaces), max(len(number) - 1, 0))
    found = (replaces >= 0) & (place < rows)
    if len(number):
        found &= number[place] == replaces
    first = np.where(found, place, rows)
    while True:  # pointers double their reach each time and only ever point back
        further = first[first]
        if np.array_equal(further, first):
            return first.astype(np.int64)
        first = further


def build_intents(transactions: pd.DataFrame, end_us: int) -> Intents:
    """Return the intents behind a table of transactions.

    Parameters
    ----------
    transactions : DataFrame
        The transactions table.
    end_us : int
        Virtual time at which the run ended, microseconds.

    """
    first_row = _first_of_chain(transactions)
    created = to_microseconds(transactions["created_s"])
    included_at = to_microseconds(transactions["included_s"])
    tips = transactions["tip_wei"].to_numpy()
    in_block = included_at >= 0

    chain_included = np.full(len(created), -1, dtype=np.int64)
    chain_included[first_row[in_block]] = included_at[in_block]
    chain_tip = np.zeros(len(created), dtype=np.int64)
    chain_tip[first_row] = tips  # of several, the last one stays

    first = np.flatnonzero(first_row == np.arange(len(created)))
    first = first[np.argsort(created[first], kind="stable")]
    done = chain_included[first]
    until = np.where(done >= 0, done, end_us)
    return Intents(
        first=first,
        role_code=transactions["role"].cat.codes.to_numpy()[first],
        wait_us=np.maximum(until - created[first], 0),
        included=done >= 0,
        tip_wei=chain_tip[first],
    )
