"""What the chain carried: rates, utilisation, capacity, whether the queue stands still."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from floodline.foundation.units import SECOND_US
from floodline.measure.frame import from_optional
from floodline.measure.intents import build_intents
from floodline.measure.statistics import mean_interval
from floodline.measure.tables import Tables, end_us

Floats = npt.NDArray[np.float64]

WINDOW_BLOCKS: Final = 10
"""Blocks over which a rate is called sustained: two minutes at 12 s."""
DRIFT_BATCHES: Final = 16
"""Pieces a run is cut into to judge the drift of its queue."""
CRITICAL_ROLES: Final = ("keeper", "oracle", "order_keeper")
"""Roles whose transactions have a deadline."""
ON_TIME_BLOCKS: Final = 2


def network_summary(tables: Tables) -> dict[str, Any]:
    """Return what the chain was offered and what it carried.

    Returns
    -------
    dict
        ``offered``, ``accepted`` and ``included``: transactions and gas a second. Gas offered is
        what the transactions use, or would by the mean use of their kind, not their limits.
        ``rho_target`` and ``rho_limit``: gas offered over what blocks hold at their target and at
        their limit; a load of 30 million gas per 12 s on blocks of 30 million is 2 of the target
        and 1 of the limit. ``capacity``: the highest rates sustained over ten blocks. ``queue``:
        see `queue_verdict`. ``failure_load``: see `failure_load`. ``state_growth`` and
        ``parallelism_bound`` of the traced blocks, None without any.

    """
    blocks, transactions = tables["blocks"], tables["transactions"]
    seconds = end_us(tables) / SECOND_US
    if not len(blocks) or not seconds:
        return {}
    gas = expected_gas(tables)
    included = transactions["block"].notna().to_numpy()
    refused = (transactions["status"] == "rejected").to_numpy()
    target = float(blocks["target_gas"].sum()) / seconds
    limit = float(blocks["gas_limit"].sum()) / seconds
    offered = _rate(gas, np.ones(len(gas), dtype=bool), seconds)
    return {
        "offered": offered,
        "accepted": _rate(gas, ~refused, seconds),
        "included": _rate(gas, included, seconds),
        "rho_target": offered["gas_per_s"] / target,
        "rho_limit": offered["gas_per_s"] / limit,
        "capacity": _capacity(tables),
        "queue": queue_verdict(tables),
        "failure_load": failure_load(tables),
        "state_growth": _growth(tables),
        "parallelism_bound": _parallelism(tables),
    }


def expected_gas(tables: Tables) -> Floats:
    """Return what each transaction used, or would have by the mean use of its kind.

    A kind of which nothing was included counts with its gas limits.
    """
    rows = tables["transactions"]
    limit = rows["gas_limit"].to_numpy(dtype=np.float64)
    used = from_optional(rows["gas_used"], -1).astype(np.float64)
    known = used >= 0
    kinds = rows["kind"].cat.codes.to_numpy()
    count = max(len(rows["kind"].cat.categories), 1)
    share = np.ones(count)
    spent = np.bincount(kinds[known], weights=used[known], minlength=count)
    allowed = np.bincount(kinds[known], weights=limit[known], minlength=count)
    np.divide(spent, allowed, out=share, where=allowed > 0)
    return np.where(known, used, limit * share[kinds] if len(kinds) else limit)


def queue_verdict(tables: Tables) -> dict[str, Any]:
    """Say whether the pool's backlog grew, by the drift of its gas.

    The run is cut into 16 pieces; the mean change over a piece, with Student's interval, is the
    drift. Above zero with all of its interval: ``growing``; below: ``draining``; else ``steady``.
    A backlog that rises and falls within the run has a wide interval and no drift: look at the
    blocks, not at the verdict.

    Returns
    -------
    dict
        ``verdict`` (None with fewer than 32 blocks), ``drift_gas_per_s``, ``low``, ``high``.

    """
    blocks = tables["blocks"]
    if len(blocks) < 2 * DRIFT_BATCHES:
        return {"verdict": None, "drift_gas_per_s": None, "low": None, "high": None}
    backlog = blocks["pool_gas"].to_numpy(dtype=np.float64)
    time = blocks["timestamp_s"].to_numpy(dtype=np.float64)
    edges = np.linspace(0, len(blocks) - 1, DRIFT_BATCHES + 1).astype(np.int64)
    drift = mean_interval(np.diff(backlog[edges]) / np.diff(time[edges]))
    verdict = "growing" if drift.low > 0 else "draining" if drift.high < 0 else "steady"
    return {
        "verdict": verdict,
        "drift_gas_per_s": drift.estimate,
        "low": drift.low,
        "high": drift.high,
    }


def failure_load(tables: Tables) -> float | None:
    """Return the smallest load of the target at which time-critical transactions were late.

    The run is cut into spans of ten blocks. A span fails if fewer than half of what oracles and
    keepers wanted done in it was in a block within two blocks' time. Of the spans that fail the
    least loaded gives the value, in multiples of the gas target; None where none fails.
    """
    blocks, rows = tables["blocks"], tables["transactions"]
    time_us = np.rint(blocks["timestamp_s"].to_numpy(dtype=np.float64) * SECOND_US)
    if len(blocks) < WINDOW_BLOCKS:
        return None
    spans = len(blocks) // WINDOW_BLOCKS
    ends = time_us[WINDOW_BLOCKS - 1 :: WINDOW_BLOCKS][:spans]
    intents = build_intents(rows, end_us(tables))
    names = list(rows["role"].cat.categories)
    codes = [names.index(role) for role in CRITICAL_ROLES if role in names]
    critical = np.isin(intents.role_code, codes)
    offered_us = np.rint(rows["created_s"].to_numpy(dtype=np.float64) * SECOND_US)
    created = offered_us[intents.first[critical]]
    patience = ON_TIME_BLOCKS * float(np.median(np.diff(time_us)))
    # Who came too late in the run to be late has no say.
    judged = created + patience <= time_us[-1]
    on_time = intents.included[critical] & (intents.wait_us[critical] <= patience)
    place = np.searchsorted(ends, created)
    offered = np.bincount(
        np.searchsorted(ends, offered_us), weights=expected_gas(tables), minlength=spans + 1
    )
    target = blocks["target_gas"].to_numpy(dtype=np.float64)
    failing = []
    for span in range(spans):
        mine = judged & (place == span)
        if mine.any() and on_time[mine].mean() < 0.5:
            held = target[span * WINDOW_BLOCKS : (span + 1) * WINDOW_BLOCKS].sum()
            failing.append(float(offered[span] / held))
    return min(failing, default=None)


def _rate(gas: Floats, chosen: npt.NDArray[np.bool_], seconds: float) -> dict[str, float]:
    return {
        "tx_per_s": float(np.count_nonzero(chosen)) / seconds,
        "gas_per_s": float(gas[chosen].sum()) / seconds,
    }


def _capacity(tables: Tables) -> dict[str, float | None]:
    """Return the highest rates that ten blocks in a row carried."""
    blocks = tables["blocks"]
    if len(blocks) <= WINDOW_BLOCKS:
        return {"tx_per_s": None, "gas_per_s": None}
    time = blocks["timestamp_s"].to_numpy(dtype=np.float64)
    span = time[WINDOW_BLOCKS:] - time[:-WINDOW_BLOCKS]

    def best(column: str) -> float:
        total = np.concatenate(([0.0], np.cumsum(blocks[column].to_numpy(dtype=np.float64))))
        return float(((total[WINDOW_BLOCKS + 1 :] - total[1:-WINDOW_BLOCKS]) / span).max())

    return {"tx_per_s": best("tx_count"), "gas_per_s": best("gas_used")}


def _growth(tables: Tables) -> dict[str, dict[str, float]] | None:
    """Return slots and bytes that each role added, a block traced."""
    rows = tables["state_growth"]
    if not len(rows):
        return None
    traced = rows["block"].nunique()
    found: dict[str, dict[str, float]] = {}
    for role in sorted(rows["role"].unique()):
        mine = rows[rows["role"] == role]
        slots = int(mine["new_slots"].sum() - mine["freed_slots"].sum())
        found[str(role)] = {
            "slots_per_block": slots / traced,
            "bytes_per_block": int(mine["new_bytes"].sum()) / traced,
        }
    return found


def _parallelism(tables: Tables) -> float | None:
    """Return total gas over the gas of the critical paths of all traced blocks."""
    rows = tables["conflicts"]
    path = int(rows["critical_path_gas"].sum())
    return int(rows["gas_used"].sum()) / path if path else None
