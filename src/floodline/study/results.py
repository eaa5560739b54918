"""A study's results as tables: what was set, what came out, and apart from it what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from floodline.foundation.errors import AnalysisError
from floodline.measure.objective import METRICS, find_metric
from floodline.study.folder import write_json
from floodline.study.trial import Trial, TrialResult

FIXED: Final = {
    "trial": "the trial's key: the first 24 digits of its campaign's hash",
    "point": "number of the point in the design, from 0",
    "seed": "the campaign's seed",
    "status": "complete or failed",
    "error": "why it failed, first line; empty otherwise",
    "outcome_hash": "SHA-256 over the run's tables",
    "identities_ok": "whether every conservation identity held",
    "objective_value": "value of the campaign's objective; empty where it was not reached",
    "objective_met": "whether the objective was met; empty where there is none",
}
"""Columns of every trials table besides the varied keys and the metrics."""


def trials_table(trials: Sequence[Trial], results: Sequence[TrialResult]) -> pd.DataFrame:
    """Return one row a trial: its setting and seed, and every metric of its run."""
    keys = list(dict.fromkeys(key for trial in trials for key in trial.setting))
    metrics = sorted({name for result in results for name in result.metrics})
    rows = [
        _row(trial, result, keys, metrics) for trial, result in zip(trials, results, strict=True)
    ]
    table = pd.DataFrame(rows)
    for key in keys:
        if len({type(value) for value in table[key]}) > 1 and table[key].dtype == object:
            table[key] = table[key].map(str)  # a column has one type, also in Parquet
    return table


def _row(
    trial: Trial, result: TrialResult, keys: Sequence[str], metrics: Sequence[str]
) -> dict[str, Any]:
    objective = result.objective or {}
    return {
        "trial": trial.key,
        "point": trial.point,
        "seed": trial.seed,
        **{key: trial.setting.get(key) for key in keys},
        "status": result.status,
        "error": result.error.partition("\n")[0],
        "outcome_hash": result.outcome_hash,
        "identities_ok": result.identities_ok,
        "objective_value": objective.get("value"),
        "objective_met": objective.get("met"),
        **{name: _float(result.metrics.get(name)) for name in metrics},
    }


def machine_table(trials: Sequence[Trial], results: Sequence[TrialResult]) -> pd.DataFrame:
    """Return what each trial cost this machine, which is no result."""
    return pd.DataFrame(
        [
            {"trial": trial.key, "wall_s": result.wall_s, "cpu_s": result.cpu_s}
            for trial, result in zip(trials, results, strict=True)
        ]
    )


def write_table(table: pd.DataFrame, folder: Path, name: str) -> list[Path]:
    """Write a table as CSV and as Parquet.

    Raises
    ------
    AnalysisError
        If the folder cannot be written.

    """
    paths = [folder / f"{name}.csv", folder / f"{name}.parquet"]
    try:
        table.to_csv(paths[0], index=False, lineterminator="\n")
        table.to_parquet(paths[1], index=False)
    except OSError as error:
        raise AnalysisError(
            f"{folder}: the results cannot be written: {error.strerror}", "free some space"
        ) from error
    return paths


def write_trials(
    folder: Path, trials: Sequence[Trial], results: Sequence[TrialResult]
) -> pd.DataFrame:
    """Write ``trials`` and ``machine`` with their dictionary; return the trials."""
    table = trials_table(trials, results)
    write_table(table, folder, "trials")
    write_table(machine_table(trials, results), folder, "machine")
    write_json(folder / "dictionary.json", {"tables": dictionary(table)})
    return table


def dictionary(table: pd.DataFrame) -> dict[str, Any]:
    """Return name, unit and meaning of each column of a study's tables."""
    columns = [_described(str(name)) for name in table.columns]
    machine = [
        {"name": "trial", "unit": "", "meaning": FIXED["trial"]},
        {"name": "wall_s", "unit": "s", "meaning": "wall time of the run on this machine"},
        {"name": "cpu_s", "unit": "s", "meaning": "processor time of the run, its node's excluded"},
    ]
    return {"trials": columns, "machine": machine}


def _described(name: str) -> dict[str, str]:
    if name in FIXED:
        return {"name": name, "unit": "", "meaning": FIXED[name]}
    if name.partition(":")[0] in METRICS:
        metric, role = find_metric(name)
        of = f" (role {role})" if role else ""
        return {"name": name, "unit": metric.unit, "meaning": metric.description + of}
    return {"name": name, "unit": "as the campaign file's", "meaning": "varied campaign key"}


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


def failures(trials: Sequence[Trial], results: Sequence[TrialResult]) -> list[tuple[Trial, str]]:
    """Return the trials that failed, or whose books do not balance, and why."""
    found = []
    for trial, result in zip(trials, results, strict=True):
        if result.status != "complete":
            found.append((trial, result.error))
        elif not result.identities_ok:
            found.append((trial, "a conservation identity left a residual"))
    return found


def figure_of(result: TrialResult, name: str) -> float | None:
    """Return a metric by name, or a figure of the summary by its dotted path.

    Raises
    ------
    AnalysisError
        If the run has neither.

    """
    if name in result.metrics:
        return result.metrics[name]
    value = result.figures.get(name)
    if name not in result.figures or isinstance(value, str):
        raise AnalysisError(
            f"a run has no figure '{name}'",
            "see `floodline list metrics`, or give a path in summary.json that leads to a number, "
            "such as economics.by_role.flood.fees_usd",
        )
    return None if value is None else float(value)
