"""A sweep: seeds times a design over campaign keys, and the table that comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from floodline.study.design import Design
from floodline.study.question import Question
from floodline.study.results import failures, write_trials
from floodline.study.study import Study
from floodline.study.trial import Trial, TrialResult


@dataclass(frozen=True)
class Sweep:
    """A finished sweep.

    Attributes
    ----------
    trials, results : list
        Every trial and what became of it, in the same order.
    table : DataFrame
        One row a trial.
    failed : list
        Trials that failed or whose books do not balance, with the reason.

    """

    trials: list[Trial]
    results: list[TrialResult]
    table: pd.DataFrame
    failed: list[tuple[Trial, str]]


def run_sweep(study: Study, question: Question, design: Design, seeds: Sequence[int]) -> Sweep:
    """Run every seed at every point of a design; write ``trials.csv`` and ``trials.parquet``."""
    trials = question.trials(design.settings(), seeds)
    results = study.run(trials)
    table = write_trials(study.path, trials, results)
    study.folder.tidy()
    return Sweep(trials, results, table, failures(trials, results))


def means_by_point(sweep: Sweep, metrics: Sequence[str]) -> pd.DataFrame:
    """Return the mean over seeds of some metrics at each point, and how many runs gave a value."""
    keys = list(dict.fromkeys(key for trial in sweep.trials for key in trial.setting))
    grouped = sweep.table.groupby("point", sort=True)
    found = grouped[keys].first() if keys else pd.DataFrame(index=grouped.size().index)
    for metric in metrics:
        found[metric] = grouped[metric].mean()
        found[f"{metric} n"] = grouped[metric].count()
    return found.reset_index()
