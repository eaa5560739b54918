"""Loss of liveness: who should have been liquidated and could not be."""

from __future__ import annotations

from typing import Any

from floodline.measure.tables import Tables


def liveness_summary(tables: Tables) -> dict[str, Any]:
    """Return how many accounts were stuck, since when, with how much, and for which reasons.

    An account counts once, with the largest notional of its rows. `first_s` is None where nobody
    was ever stuck.
    """
    table = tables["liveness"]
    by_account = table.groupby("account")["notional_usd"].max()
    reasons = table.groupby("reason")["account"].nunique()
    known = table["unblocks"] != ""
    ways = table[known].drop_duplicates("reason").set_index("reason")["unblocks"]
    return {
        "accounts": len(by_account),
        "open_at_end": int(table["account"][table["end"] == "open"].nunique()),
        "first_s": float(table["since_s"].min()) if len(table) else None,
        "longest_s": float(table["lasted_s"].max()) if table["lasted_s"].notna().any() else None,
        "notional_usd": float(by_account.sum()),
        "reasons": {str(reason): int(reasons[reason]) for reason in sorted(reasons.index)},
        "unblocks": {str(reason): str(ways[reason]) for reason in sorted(ways.index)},
    }
