"""Liquidation latency, where it was lost, and who was never liquidated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from floodline.foundation.units import SECOND_US
from floodline.measure.frame import known, to_microseconds
from floodline.measure.survival import kaplan_meier
from floodline.measure.tables import Tables
from floodline.measure.timeline import PARTS


def spells(liquidations: pd.DataFrame) -> pd.DataFrame:
    """Return the spells that have a t0: all but the wrongful ones."""
    chosen: pd.DataFrame = liquidations[liquidations["t0_s"].notna()]
    return chosen


def liquidation_summary(tables: Tables) -> dict[str, Any]:
    """Return latency, its parts and the outcomes of all spells under maintenance margin.

    Latency percentiles are Kaplan-Meier estimates over every spell: one that ended otherwise
    (still open at the end of the run, recovered, closed by its owner) is censored when it was last
    seen. `never_liquidated` counts those still open; its share is of all spells. Parts are means
    over the liquidated ones with their share of the total latency: a description of where the time
    went, not its cause. `time_under_margin_mean_s` is the mean over all spells of the time until
    liquidation, or until it was last seen: unlike a mean of latencies it leaves nobody out.
    """
    table = tables["liquidations"]
    ours = spells(table)
    start_us = to_microseconds(ours["t0_s"])
    done = np.asarray(ours["latency_s"].notna(), dtype=np.bool_)
    stop_us = np.where(done, to_microseconds(ours["t6_s"]), to_microseconds(ours["end_s"]))
    waits = kaplan_meier(np.maximum(stop_us - start_us, 0), done, (0.50, 0.95))
    ends = ours["end"].value_counts()
    still_open = int(ends.get("open", 0))
    total_us = int((stop_us - start_us)[done].sum())
    parts: dict[str, dict[str, float | None]] = {}
    for part, _, _ in PARTS:
        spent_us = int(to_microseconds(ours[f"part_{part}_s"])[done].sum())
        parts[part] = {
            "mean_s": spent_us / waits.observed / SECOND_US if waits.observed else None,
            "share": spent_us / total_us if total_us else None,
        }
    slippage = np.abs(known(table["slippage_t6_bp"]))
    return {
        "spells": waits.count,
        "liquidated": waits.observed,
        "recovered": int(ends.get("recovered", 0)),
        "closed": int(ends.get("closed", 0)),
        "never_liquidated": still_open,
        "never_liquidated_share": still_open / waits.count if waits.count else None,
        "wrongful": int(table["wrongful"].sum()),
        "censored_share": waits.censored_share,
        "latency_p50_s": waits.quantiles_s[0],
        "latency_p95_s": waits.quantiles_s[1],
        "time_under_margin_mean_s": int((stop_us - start_us).sum()) / waits.count / SECOND_US
        if waits.count
        else None,
        "latency_mean_s": total_us / waits.observed / SECOND_US if waits.observed else None,
        "parts": parts,
        "attempts": int(table["attempts"].sum()),
        "slippage_mean_abs_bp": float(slippage.mean()) if len(slippage) else None,
    }
