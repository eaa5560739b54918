"""Time to inclusion by role: percentiles, jitter, what never got in, and what a tip buys."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from floodline.foundation.units import SECOND_US
from floodline.measure.intents import Intents, build_intents
from floodline.measure.survival import kaplan_meier
from floodline.measure.tables import Tables, end_us

STATES: Final = (
    "included",
    "reverted",
    "replaced",
    "evicted",
    "rejected",
    "expired",
    "dropped",
    "pending",
)
"""Every transaction ends in exactly one of these."""

PROBABILITIES: Final = (0.50, 0.90, 0.95, 0.99)
TIP_BUCKETS: Final = 10


def state_counts(transactions: pd.DataFrame) -> dict[str, int]:
    """Return the number of transactions in each state, every state listed."""
    counts = transactions["status"].value_counts()
    return {state: int(counts.get(state, 0)) for state in STATES}


def waits_of(intents: Intents) -> dict[str, Any]:
    """Return time to inclusion over some intents.

    Percentiles are Kaplan-Meier estimates over all of them, None where the estimate never gets
    there. The maximum and the jitter are over those included: standard deviation, and mean absolute
    difference between successive waits in the order of creation; None where nothing got in.
    """
    waits = kaplan_meier(intents.wait_us, intents.included, PROBABILITIES)
    done = intents.wait_us[intents.included] / SECOND_US
    steps = np.abs(np.diff(done))
    return {
        "intents": waits.count,
        "intents_included": waits.observed,
        "censored_share": waits.censored_share,
        **{
            f"p{round(probability * 100)}_s": value
            for probability, value in zip(PROBABILITIES, waits.quantiles_s, strict=True)
        },
        "max_s": float(done.max()) if len(done) else None,
        "jitter_std_s": float(done.std()) if len(done) else None,
        "jitter_successive_s": float(steps.mean()) if len(steps) else None,
    }


def inclusion_of(tables: Tables, role: str | None = None) -> dict[str, Any]:
    """Return time to inclusion of one role, or of all transactions together."""
    transactions = tables["transactions"]
    intents = build_intents(transactions, end_us(tables))
    if role is not None:
        roles = list(transactions["role"].cat.categories)
        code = roles.index(role) if role in roles else -2
        intents = intents.of(intents.role_code == code)
    return waits_of(intents)


def inclusion_by_role(tables: Tables) -> dict[str, dict[str, Any]]:
    """Return, for each role in sorted order, its states and its time to inclusion."""
    transactions = tables["transactions"]
    intents = build_intents(transactions, end_us(tables))
    found: dict[str, dict[str, Any]] = {}
    for code, role in enumerate(transactions["role"].cat.categories):
        mine = transactions[transactions["role"].cat.codes == code]
        found[str(role)] = {
            "offered": len(mine),
            "states": state_counts(mine),
            **waits_of(intents.of(intents.role_code == code)),
        }
    return found


def inclusion_by_tip(tables: Tables) -> list[dict[str, Any]]:
    """Return the share of intents included, by tenths of the tips offered.

    Bucket edges are tips that were really offered; buckets that would share an edge are one.
    """
    intents = build_intents(tables["transactions"], end_us(tables))
    tips = intents.tip_wei
    if not len(tips):
        return []
    levels = np.arange(1, TIP_BUCKETS + 1) / TIP_BUCKETS
    edges, first = np.unique(
        np.quantile(tips, levels, method="inverted_cdf").astype(np.int64), return_index=True
    )
    upto = np.append(first[1:] - 1, TIP_BUCKETS - 1)
    bucket = np.searchsorted(edges, tips, side="left")
    offered = np.bincount(bucket, minlength=len(edges))
    included = np.bincount(bucket[intents.included], minlength=len(edges))
    return [
        {
            "percentile": round(float(levels[upto[number]]) * 100),
            "tip_wei_max": int(edges[number]),
            "intents": int(offered[number]),
            "included": int(included[number]),
            "probability": float(included[number] / offered[number]),
        }
        for number in range(len(edges))
    ]
