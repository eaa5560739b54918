"""What each attack tried and what it got: spend, gas, slots of the pool, evictions, money."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from floodline.campaign.record import RunRecord
from floodline.foundation.units import ETHER, FEED, WAD
from floodline.measure.attempts import ATTACKERS, attempts_of
from floodline.measure.dictionary import ATTACKS
from floodline.measure.fees import fees_wei
from floodline.measure.frame import Flags, Integers, build_frame, from_optional

FULL: Final = 25_000
"""A block with less gas left than this has no room for anything but a plain transfer."""
_NEVER: Final = 2**62


def attack_table(record: RunRecord, transactions: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each attacking actor, by name.

    Parameters
    ----------
    record : RunRecord
        What the engine left behind.
    transactions : DataFrame
        Its table of transactions.

    """
    names = sorted(label.name for label in record.actors if label.role in ATTACKERS)
    kinds = {label.name: label.kind for label in record.actors}
    spent = fees_wei(transactions, "actor")
    rows = [_row(record, transactions, name) for name in names]
    ether_usd = _mean_usd(record)
    values: dict[str, Any] = {
        "actor": names,
        "kind": [kinds[name] for name in names],
        "spent_wei": [spent.get(name, 0) for name in names],
        "spent_eth": [spent.get(name, 0) / ETHER for name in names],
        "net_usd": [
            row["result_usd"] - spent.get(name, 0) / ETHER * ether_usd
            for row, name in zip(rows, names, strict=True)
        ],
    }
    for column in ATTACKS.columns:
        if column.name not in values:
            values[column.name] = [row[column.name] for row in rows]
    return build_frame(ATTACKS.columns, values)


def _mean_usd(record: RunRecord) -> float:
    """Return the mean true price of what gas is paid in: ETH, or the first market without one."""
    markets = sorted({row.market for row in record.prices})
    gas_market = "ETH" if "ETH" in markets else next(iter(markets), "")
    prices = [row.true_e8 / FEED for row in record.prices if row.market == gas_market]
    return float(np.mean(prices)) if prices else 0.0


def _row(record: RunRecord, transactions: pd.DataFrame, name: str) -> dict[str, Any]:
    ledger = record.transactions
    mine: Flags = np.asarray(transactions["actor"] == name)
    status = transactions["status"]
    block = from_optional(transactions["block"])
    used = from_optional(transactions["gas_used"], 0)
    held = _held(record, mine & np.asarray(status != "rejected"))
    pushed_by = ledger["evicted_by"]
    pushed = np.flatnonzero(pushed_by >= 0)
    by_me = mine[pushed_by[pushed]]
    blocks = record.blocks
    own = np.zeros(len(blocks), dtype=np.int64)
    numbers = np.array([row.number for row in blocks], dtype=np.int64)
    inside = mine & (block >= 0)
    np.add.at(own, np.searchsorted(numbers, block[inside]), used[inside])
    filled = [
        row.gas_limit - row.gas_used < FULL and 2 * gas >= row.gas_used
        for row, gas in zip(blocks, own.tolist(), strict=True)
    ]
    attempts = attempts_of(record, transactions, name)
    counts = {
        state: int((mine & np.asarray(status == state)).sum())
        for state in ("included", "reverted", "rejected", "evicted", "replaced")
    }
    return {
        "offered": int(mine.sum()),
        "tried": attempts.tried,
        "got": attempts.got,
        "result_usd": _result_usd(record, name),
        "gas_offered": int(transactions["gas_limit"].to_numpy()[mine].sum()),
        "in_blocks": counts["included"] + counts["reverted"],
        "gas_used": int(used[mine].sum()),
        "rejected": counts["rejected"],
        "evicted": counts["evicted"],
        "replaced": counts["replaced"],
        "pool_mean": float(held.mean()) if len(held) else 0.0,
        "pool_peak": int(held.max()) if len(held) else 0,
        "evicted_others": int((by_me & ~mine[pushed]).sum()),
        "blocks_filled": sum(filled),
    }


def _result_usd(record: RunRecord, name: str) -> float:
    """Return what an actor's accounts gained inside the protocol, at the true price at the end.

    ``equity + withdrawn - deposited``: 1,000 dollars paid in, 200 taken out and an equity of 900
    are a result of 100. Fees for gas are not in it; tokens outside the protocol neither.
    """
    mine = [row for row in record.accounts if row.account.rpartition("-")[0] == name]
    moved = sum(row.withdrawn_wad - row.deposited_wad for row in mine)
    return sum(row.equity_true_usd for row in mine) + moved / WAD


def _held(record: RunRecord, mine: Flags) -> Integers:
    """Return how many of these waited at the builder when each block was built."""
    times = np.array([row.time_us for row in record.blocks], dtype=np.int64)
    arrived = record.transactions["arrived_us"][mine].astype(np.int64)
    ended = record.transactions["ended_us"][mine].astype(np.int64)
    there = arrived >= 0
    starts = np.sort(arrived[there])
    ends = np.sort(np.where(ended < 0, _NEVER, ended)[there])
    waiting = np.searchsorted(starts, times, side="right") - np.searchsorted(ends, times)
    return np.asarray(waiting, dtype=np.int64)
