"""Attribution by counterfactual: what each leg of settlement costs, on the same seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from floodline.foundation.errors import AnalysisError, CampaignError
from floodline.measure.shapley import Coalition, coalitions, interactions, shapley_values
from floodline.measure.statistics import Interval, bootstrap_mean_interval
from floodline.study.answer_tables import write_answer
from floodline.study.legs import Leg
from floodline.study.question import Question
from floodline.study.results import failures, figure_of, write_trials
from floodline.study.study import Study
from floodline.study.trial import Trial, TrialResult


@dataclass(frozen=True)
class Share:
    """What one leg, or one pair beyond its sum, contributes to a metric.

    Attributes
    ----------
    metric, legs : str
        The metric; the leg, or the pair joined by " x ".
    is_interaction : bool
        Whether it is a pair's interaction.
    value : Interval
        Mean over seeds with its bootstrap interval, in the metric's unit: what making the leg
        ideal takes away, averaged over what else is ideal.
    of_total : float or None
        Share of what all legs together take away.

    """

    metric: str
    legs: str
    is_interaction: bool
    value: Interval
    of_total: float | None


@dataclass(frozen=True)
class Attribution:
    """A finished attribution.

    Attributes
    ----------
    shares : list of Share
        Legs first, then pairs, metric by metric.
    totals : dict
        Per metric the means with everything as it is and with every leg ideal.
    seeds : dict
        Per metric the number of seeds on which every run gave a value.
    failed : list
        Trials that failed.
    total : int
        Trials in all.

    """

    shares: list[Share]
    totals: dict[str, tuple[float, float]]
    seeds: dict[str, int]
    failed: list[tuple[Trial, str]]
    total: int


def run_attribution(
    study: Study,
    question: Question,
    legs: Sequence[Leg],
    seeds: Sequence[int],
    metrics: Sequence[str],
) -> Attribution:
    """Run every subset of legs made ideal on every seed; write ``attribution.csv``.

    Raises
    ------
    CampaignError
        If the campaign has no such leg.
    AnalysisError
        If fewer than two seeds gave a value in every run.

    """
    base = question.base()
    ideal = {leg.name: leg.ideal(base) for leg in legs}
    missing = [name for name, changes in ideal.items() if not changes]
    if missing:
        raise CampaignError(
            f"the campaign has nobody on the leg {', '.join(missing)}",
            f"leave it out: --leg {' --leg '.join(n for n in ideal if n not in missing)}",
        )
    names = [leg.name for leg in legs]
    subsets = coalitions(names)
    trials = _trials(question, ideal, subsets, seeds)
    results = study.run(trials)
    write_trials(study.path, trials, results)
    study.folder.tidy()
    found = {
        (subsets[trial.point], trial.seed): result
        for trial, result in zip(trials, results, strict=True)
    }
    shares: list[Share] = []
    totals: dict[str, tuple[float, float]] = {}
    complete: dict[str, int] = {}
    for metric in metrics:
        worths = _worths(found, subsets, seeds, metric)
        if len(worths) < 2:
            raise AnalysisError(
                f"{metric}: only {len(worths)} seeds gave a value in all {len(subsets)} runs",
                "run more --seeds, or ask for a metric that every run reaches",
            )
        complete[metric] = len(worths)
        totals[metric] = (
            sum(worth[frozenset()] for worth in worths) / len(worths),
            sum(worth[frozenset(names)] for worth in worths) / len(worths),
        )
        shares += _shares(metric, worths, names)
    write_answer(table_of(shares), study.path, "attribution")
    return Attribution(shares, totals, complete, failures(trials, results), len(trials))


def _trials(
    question: Question,
    ideal: dict[str, list[str]],
    subsets: Sequence[Coalition],
    seeds: Sequence[int],
) -> list[Trial]:
    campaigns = [
        question.campaign({}, [text for name in ideal if name in subset for text in ideal[name]])
        for subset in subsets
    ]
    return [
        Trial(
            {**campaign, "seed": seed},
            point,
            {name: name in subset for name in ideal},
        )
        for seed in seeds
        for point, (campaign, subset) in enumerate(zip(campaigns, subsets, strict=True))
    ]


def _worths(
    found: dict[tuple[Coalition, int], TrialResult],
    subsets: Sequence[Coalition],
    seeds: Sequence[int],
    metric: str,
) -> list[dict[Coalition, float]]:
    """Return the metric by subset for each seed on which every run has one."""
    kept = []
    for seed in seeds:
        runs = {subset: found[subset, seed] for subset in subsets}
        if any(run.status != "complete" for run in runs.values()):
            continue
        values = {subset: figure_of(run, metric) for subset, run in runs.items()}
        whole = {subset: value for subset, value in values.items() if value is not None}
        if len(whole) == len(subsets):
            kept.append(whole)
    return kept


def _shares(
    metric: str, worths: Sequence[dict[Coalition, float]], names: Sequence[str]
) -> list[Share]:
    """Return legs and pairs; what is taken away counts as positive."""
    taken = [{subset: -value for subset, value in worth.items()} for worth in worths]
    values = [shapley_values(worth, names) for worth in taken]
    pairs = [interactions(worth, names) for worth in taken]
    everything = frozenset(names)
    total = sum(w[everything] - w[frozenset()] for w in taken) / len(taken)
    found = []
    for name in names:
        interval = bootstrap_mean_interval([value[name] for value in values])
        of_total = interval.estimate / total if total else None
        found.append(Share(metric, name, False, interval, of_total))
    for pair in pairs[0]:
        interval = bootstrap_mean_interval([each[pair] for each in pairs])
        of_total = interval.estimate / total if total else None
        found.append(Share(metric, " x ".join(pair), True, interval, of_total))
    return found


def table_of(shares: Sequence[Share]) -> pd.DataFrame:
    """Return the shares as a table."""
    rows: list[dict[str, Any]] = [
        {
            "metric": share.metric,
            "legs": share.legs,
            "kind": "interaction" if share.is_interaction else "leg",
            "value": share.value.estimate,
            "low": share.value.low,
            "high": share.value.high,
            "of_total": share.of_total,
            "seeds": share.value.count,
        }
        for share in shares
    ]
    return pd.DataFrame(rows)
