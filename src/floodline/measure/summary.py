"""A run in one piece of plain data: verdicts first, then what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from floodline.foundation.units import SECOND_US
from floodline.measure.capabilities import capabilities, has
from floodline.measure.economics import economics_summary
from floodline.measure.execution import execution_summary
from floodline.measure.finality import finality_summary
from floodline.measure.identities import check
from floodline.measure.inclusion import inclusion_by_role, inclusion_by_tip, state_counts
from floodline.measure.liquidation import liquidation_summary
from floodline.measure.liveness import liveness_summary
from floodline.measure.network import network_summary
from floodline.measure.objective import judge
from floodline.measure.oracle import oracle_summary
from floodline.measure.settlement import auctions_summary, orders_summary
from floodline.measure.solvency import solvency_summary
from floodline.measure.tables import Tables, end_us


def summarise(
    tables: Tables,
    *,
    metric: str | None = None,
    below: float | None = None,
    above: float | None = None,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the summary of a run, ready for ``summary.json``.

    Everything in it comes from the tables, so that the CSVs alone give the same summary again.

    Parameters
    ----------
    tables : Tables
        Tables of a run, built or read back.
    metric, below, above
        The campaign's objective, if it has one (see `floodline.measure.objective.judge`).
    extra : Mapping, optional
        What the caller knows besides (run_dir, outcome_hash, status...); put first.

    Returns
    -------
    dict
        ``objective``, ``identities``, ``identities_ok``, ``run``, ``network``, ``finality``,
        ``inclusion`` by role, ``inclusion_by_tip``, ``oracle``, ``liquidation``, ``liveness``,
        ``execution``,
        ``orders``, ``auctions``, ``solvency``, ``economics``, ``capabilities``. Plain Python
        values; None stands for "not reached" or "none", never a made-up number, and in place of a
        part that the protocol does not have.

    """
    identities = check(tables)
    objective = judge(metric, tables, below=below, above=above).dump() if metric else None
    transactions = tables["transactions"]
    return {
        **(extra or {}),
        "objective": objective,
        "identities": [identity.dump() for identity in identities],
        "identities_ok": all(identity.ok for identity in identities),
        "run": {
            "blocks": len(tables["blocks"]),
            "duration_s": end_us(tables) / SECOND_US,
            "offered": len(transactions),
            "states": state_counts(transactions),
            "accounts": len(tables["accounts"]),
        },
        "network": network_summary(tables),
        "finality": finality_summary(tables),
        "inclusion": inclusion_by_role(tables),
        "inclusion_by_tip": inclusion_by_tip(tables),
        "oracle": oracle_summary(tables),
        "liquidation": liquidation_summary(tables),
        "liveness": liveness_summary(tables),
        "execution": execution_summary(tables)
        if has(tables, "perps") or (has(tables, "options") and len(tables["trades"]))
        else None,
        "orders": orders_summary(tables) if has(tables, "async_orders") else None,
        "auctions": auctions_summary(tables) if has(tables, "auction") else None,
        "solvency": solvency_summary(tables),
        "economics": economics_summary(tables),
        "capabilities": capabilities(tables),
    }
