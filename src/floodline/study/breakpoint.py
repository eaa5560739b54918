"""The breaking load: the smallest load at which the objective fails with probability one half."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from floodline.foundation.errors import AnalysisError
from floodline.measure.statistics import proportion_interval
from floodline.study.answer_tables import write_answer
from floodline.study.design import Vary
from floodline.study.question import Question
from floodline.study.results import failures, write_trials
from floodline.study.study import Study
from floodline.study.threshold_search import SearchPlan, ThresholdSearch
from floodline.study.trial import Trial, TrialResult


@dataclass(frozen=True)
class Breakpoint:
    """What a search found.

    Attributes
    ----------
    search : ThresholdSearch
        Its verdict, its estimate, and every load it tried.
    failed : list
        Trials without a verdict, and why.
    shares : DataFrame
        Per load: trials, failures, their share with its interval.

    """

    search: ThresholdSearch
    failed: list[tuple[Trial, str]]
    shares: pd.DataFrame

    def dump(self) -> dict[str, Any]:
        """Return plain data."""
        response = self.search.response
        return {
            "verdict": self.search.verdict,
            "trials": len(self.search.loads),
            "breaking_load": response.dump() if response is not None else None,
        }


def find_breakpoint(
    study: Study, question: Question, vary: Vary, plan: SearchPlan, first_seed: int
) -> Breakpoint:
    """Search the range of one campaign key for the load that breaks the objective.

    Every trial has a seed of its own, counted up from the first: trials that share a seed share
    their price path, and the interval would be too narrow.

    Raises
    ------
    AnalysisError
        If so many trials fail that a batch gives no verdict at all.

    """
    search = ThresholdSearch(plan)
    trials: list[Trial] = []
    results: list[TrialResult] = []
    for loads in search.batches():
        values = [round(load) if vary.whole else load for load in loads]
        batch = [
            Trial(
                {**question.campaign({vary.key: value}), "seed": first_seed + len(trials) + place},
                len(trials) + place,
                {vary.key: value},
            )
            for place, value in enumerate(values)
        ]
        found = study.run(batch)
        trials += batch
        results += found
        judged = [
            (float(value), not result.objective["met"])
            for value, result in zip(values, found, strict=True)
            if result.status == "complete" and result.objective is not None
        ]
        if not judged:
            raise AnalysisError(
                f"none of {len(batch)} trials came to a verdict; the first: {found[0].error}",
                f"see {study.path / 'trials'}",
            )
        search.tell([load for load, _ in judged], [fail for _, fail in judged])
        study.say(_progress(search))
    write_trials(study.path, trials, results)
    shares = shares_by_load(search)
    write_answer(shares, study.path, "breakpoint")
    write_answer(load_table(search, vary.key), study.path, "breaking_load")
    study.folder.tidy()
    return Breakpoint(search, failures(trials, results), shares)


def shares_by_load(search: ThresholdSearch) -> pd.DataFrame:
    """Return per load how many trials failed, with the exact interval of their probability."""
    table = pd.DataFrame({"load": search.loads, "failed": search.failed})
    rows = []
    for load, group in table.groupby("load", sort=True):
        count, hits = len(group), int(group["failed"].sum())
        found = proportion_interval(hits, count)
        rows.append(
            {
                "load": load,
                "trials": count,
                "failed": hits,
                "share": found.estimate,
                "low": found.low,
                "high": found.high,
            }
        )
    return pd.DataFrame(rows)


def load_table(search: ThresholdSearch, key: str) -> pd.DataFrame:
    """Return the answer as a table of one row."""
    response = search.response if search.verdict == "found" else None
    found = response.threshold if response is not None else None
    return pd.DataFrame(
        [
            {
                "key": key,
                "verdict": search.verdict,
                "load": found.estimate if found is not None else math.nan,
                "low": found.low if found is not None else math.nan,
                "high": found.high if found is not None else math.nan,
                "slope": response.slope if response is not None else math.nan,
                "logarithmic": search.plan.logarithmic,
                "trials": len(search.loads),
            }
        ]
    )


def _progress(search: ThresholdSearch) -> str:
    response = search.response
    if response is None:
        return f"{len(search.loads)} trials, {sum(search.failed)} failed; bracketing"
    found = response.threshold
    return (
        f"{len(search.loads)} trials; breaking load {found.estimate:.4g} "
        f"[{found.low:.4g}, {found.high:.4g}]"
    )
