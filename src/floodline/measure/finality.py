"""Finality: how long until what is in a block stays there, and what reorganisations undid."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from floodline.foundation.units import SECOND_US
from floodline.measure.frame import from_optional
from floodline.measure.survival import kaplan_meier
from floodline.measure.tables import Tables, end_us

_COUNTS: Final = ("transactions", "trades", "liquidations", "price_updates")


def finality_summary(tables: Tables) -> dict[str, Any]:
    """Return time to finality and what reorganisations cost.

    Returns
    -------
    dict
        ``block_mean_s`` and ``block_max_s``: from a block to its finality, over blocks that became
        final; None without any. ``transaction_p50_s`` and ``transaction_p95_s``: from creation to
        finality, Kaplan-Meier over all transactions, None where not reached. ``reorgs``,
        ``deepest`` (blocks), ``orphaned_blocks``, ``orphan_rate``: orphaned blocks over all blocks
        ever built, two of 22 make 0.09; 0 without blocks. ``undone``: transactions, trades,
        liquidations (and their notional) and price updates of orphaned blocks; ``never_again`` of
        the transactions are in no block at the end.

    """
    blocks, reorgs = tables["blocks"], tables["reorgs"]
    waits = (blocks["final_s"] - blocks["timestamp_s"]).dropna()
    orphaned = int(reorgs["depth"].sum())
    built = len(blocks) + orphaned
    p50, p95 = _of_transactions(tables)
    return {
        "block_mean_s": float(waits.mean()) if len(waits) else None,
        "block_max_s": float(waits.max()) if len(waits) else None,
        "transaction_p50_s": p50,
        "transaction_p95_s": p95,
        "reorgs": len(reorgs),
        "deepest": int(reorgs["depth"].max()) if len(reorgs) else 0,
        "orphaned_blocks": orphaned,
        "orphan_rate": orphaned / built if built else 0.0,
        "settlements_undone": int(reorgs["trades"].sum() + reorgs["liquidations"].sum()),
        "undone": {
            **{name: int(reorgs[name].sum()) for name in _COUNTS},
            "liquidated_usd": float(reorgs["liquidated_usd"].sum()),
        },
        "never_again": int(reorgs["never_again"].sum()),
    }


def _of_transactions(tables: Tables) -> tuple[float | None, ...]:
    rows, blocks = tables["transactions"], tables["blocks"]
    created_us = np.rint(rows["created_s"].to_numpy(dtype=np.float64) * SECOND_US).astype(np.int64)
    number = blocks["block"].to_numpy()
    final_us = np.append(blocks["final_s"].to_numpy(dtype=np.float64) * SECOND_US, np.nan)
    block = from_optional(rows["block"])
    place = np.where(block >= 0, np.searchsorted(number, block), len(number))
    reached = final_us[place]
    done = ~np.isnan(reached)
    until = np.where(done, reached, end_us(tables))
    waited_us = np.rint(until - created_us).astype(np.int64)
    return tuple(kaplan_meier(np.maximum(waited_us, 0), done, (0.5, 0.95)).quantiles_s)
