"""Conditions held against a baseline on the same seeds: paired differences and what they clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from floodline.foundation.errors import AnalysisError
from floodline.measure.differences import PairedDifference, noise_floor, paired_difference
from floodline.study.answer_tables import write_answer
from floodline.study.question import Question
from floodline.study.results import failures, figure_of, write_trials
from floodline.study.study import Study
from floodline.study.trial import Trial, TrialResult

BASELINE: Final = 0
METRICS_SHOWN: Final = (
    "bad_debt_usd",
    "bad_debt_ratio",
    "liquidation_latency_p50_s",
    "liquidation_latency_p95_s",
    "never_liquidated_share",
    "price_age_p95_s",
    "inclusion_p50_s",
    "base_fee_peak_gwei",
)
"""What a comparison shows where no metric is asked for."""
LEAST_PAIRS: Final = 2


@dataclass(frozen=True)
class Condition:
    """A campaign with overrides, under a label."""

    label: str
    question: Question


@dataclass(frozen=True)
class Line:
    """One metric of one condition against the baseline.

    Attributes
    ----------
    metric, condition : str
        What, and of which condition.
    pairs : int
        Seeds on which both runs have a value.
    baseline, value : float or None
        Means over these seeds.
    paired : PairedDifference or None
        None where fewer than two pairs are left.

    """

    metric: str
    condition: str
    pairs: int
    baseline: float | None
    value: float | None
    paired: PairedDifference | None


@dataclass(frozen=True)
class Comparison:
    """A finished comparison."""

    lines: list[Line]
    failed: list[tuple[Trial, str]]
    total: int


def run_comparison(
    study: Study, conditions: Sequence[Condition], seeds: Sequence[int], metrics: Sequence[str]
) -> Comparison:
    """Run every condition on every seed, and the baseline once more for the noise floor.

    Parameters
    ----------
    study : Study
        Runs and keeps the trials.
    conditions : sequence of Condition
        The baseline first.
    seeds : sequence of int
        At least two.
    metrics : sequence of str
        Names of metrics, or paths of figures in the summary.

    """
    labelled: list[tuple[str, Question, tuple[str, ...]]] = [
        (condition.label, condition.question, ()) for condition in conditions
    ]
    baseline = conditions[BASELINE].question
    # the A/A repeat: the same market and book, with arrivals and network drawn anew
    anew = f"replicate={baseline.base().replicate + 1}"
    labelled.append(("A/A", baseline, (anew,)))
    by_condition = [
        [
            Trial(trial.campaign, number, {"condition": label})
            for trial in question.trials([{}], seeds, more)
        ]
        for number, (label, question, more) in enumerate(labelled)
    ]
    # seed by seed, so that conditions that share a setup come together
    trials = [trial for row in zip(*by_condition, strict=True) for trial in row]
    results = study.run(trials)
    write_trials(study.path, trials, results)
    study.folder.tidy()
    found = {
        (trial.point, trial.seed): result for trial, result in zip(trials, results, strict=True)
    }
    count = len(conditions)
    lines = [
        _line(found, seeds, metric, number, count, condition.label)
        for metric in metrics
        for number, condition in enumerate(conditions)
        if number != BASELINE
    ]
    write_answer(table_of(lines), study.path, "comparison")
    return Comparison(lines, failures(trials, results), len(trials))


def _line(
    found: dict[tuple[int, int], TrialResult],
    seeds: Sequence[int],
    metric: str,
    number: int,
    repeat: int,
    label: str,
) -> Line:
    before, after = _paired(found, seeds, metric, BASELINE, number)
    if len(before) < LEAST_PAIRS:
        return Line(metric, label, len(before), None, None, None)
    first, second = _paired(found, seeds, metric, BASELINE, repeat)
    floor = noise_floor(first, second, len(before)) if len(first) >= LEAST_PAIRS else 0.0
    return Line(
        metric,
        label,
        len(before),
        sum(before) / len(before),
        sum(after) / len(after),
        paired_difference(before, after, noise_floor=floor),
    )


def _paired(
    found: dict[tuple[int, int], TrialResult],
    seeds: Sequence[int],
    metric: str,
    one: int,
    other: int,
) -> tuple[list[float], list[float]]:
    """Return a metric of two conditions on the seeds where both have a value."""
    pairs = []
    for seed in seeds:
        runs = found[one, seed], found[other, seed]
        if any(run.status != "complete" for run in runs):
            continue
        values = [_figure(run, metric) for run in runs]
        if values[0] is not None and values[1] is not None:
            pairs.append((values[0], values[1]))
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _figure(result: TrialResult, metric: str) -> float | None:
    """Return a figure; one that only the other condition's actors have counts as none."""
    try:
        return figure_of(result, metric)
    except AnalysisError:
        if ":" not in metric and "." not in metric:
            raise
        return None


def table_of(lines: Sequence[Line]) -> pd.DataFrame:
    """Return a comparison as a table, a row for each metric and condition."""
    rows = []
    for line in lines:
        paired = line.paired
        rows.append(
            {
                "metric": line.metric,
                "condition": line.condition,
                "pairs": line.pairs,
                "baseline_mean": line.baseline,
                "condition_mean": line.value,
                "difference": paired.difference.estimate if paired else None,
                "low": paired.difference.low if paired else None,
                "high": paired.difference.high if paired else None,
                "relative": paired.relative if paired else None,
                "effect_size": paired.effect_size if paired else None,
                "lower_share": paired.lower_share if paired else None,
                "noise_floor": paired.noise_floor if paired else None,
                "clear": paired.is_clear if paired else None,
            }
        )
    return pd.DataFrame(rows)
