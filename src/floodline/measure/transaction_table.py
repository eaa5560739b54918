"""The table of transactions, on arrays throughout: a million rows without a million objects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from floodline.campaign.record import NONE, RunRecord
from floodline.measure.dictionary import TRANSACTIONS
from floodline.measure.eligibility import first_eligible
from floodline.measure.frame import Integers, build_frame, to_label
from floodline.mempool.transaction import Lane


def _at(values: Integers, position: Integers) -> Integers:
    """Return ``values[position]``, NONE where the position is negative."""
    return np.append(values, NONE)[position].astype(np.int64)


def transaction_table(record: RunRecord) -> pd.DataFrame:
    """Return the table of transactions of a run.

    Parameters
    ----------
    record : RunRecord
        What the engine left behind; `record.transactions` may be empty.

    """
    ledger: dict[str, Any] = record.transactions
    size = len(ledger["nonce"])
    number = np.array([row.number for row in record.blocks], dtype=np.int64)
    time_us = np.array([row.time_us for row in record.blocks], dtype=np.int64)
    closed_us = np.array([row.closed_us for row in record.blocks], dtype=np.int64)
    base_fee = np.array([row.base_fee_wei for row in record.blocks], dtype=np.int64)

    block = ledger["block"].astype(np.int64)
    position = np.searchsorted(number, block)
    sealed = np.append(number, NONE)[position] == block
    included_us = _at(time_us, np.where(sealed & (block >= 0), position, -1))
    created_us = ledger["created_us"].astype(np.int64)
    in_block = block >= 0
    eligible = first_eligible(
        ledger["arrived_us"].astype(np.int64),
        ledger["max_fee_wei"].astype(np.int64),
        closed_us,
        base_fee,
    )
    roles = [label.role for label in record.actors]
    names = [label.name for label in record.actors]
    return build_frame(
        TRANSACTIONS.columns,
        {
            "tx_id": np.arange(size),
            "role": to_label(ledger["actor"], roles),
            "actor": to_label(ledger["actor"], names),
            "kind": to_label(ledger["kind"], record.kinds),
            "sender": to_label(ledger["sender"], record.senders),
            "nonce": ledger["nonce"],
            "created_s": created_us,
            "arrived_s": ledger["arrived_us"],
            "first_eligible_block": _at(number, eligible),
            "status": to_label(ledger["status"], record.states),
            "reason": to_label(ledger["reason"], record.reasons),
            "block": block,
            "index": ledger["index"],
            "included_s": included_us,
            "wait_s": np.where(included_us == NONE, NONE, included_us - created_us),
            "gas_limit": ledger["gas_limit"],
            "gas_used": np.where(in_block, ledger["gas_used"], NONE),
            "max_fee_wei": ledger["max_fee_wei"],
            "tip_wei": ledger["tip_wei"],
            "effective_price_wei": np.where(in_block, ledger["effective_price_wei"], NONE),
            "replaced_by": ledger["replaced_by"],
            "replaces": ledger["replaces"],
            "orphaned": ledger["orphaned"],
            "lane": to_label(ledger["lane"], [lane.label for lane in Lane]),
            "evicted_by": ledger["evicted_by"],
            "ended_s": ledger["ended_us"],
        },
    )
