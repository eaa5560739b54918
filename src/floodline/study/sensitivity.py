"""Which campaign keys a metric depends on: Sobol indices or Morris screening, by SALib."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from floodline.foundation.errors import AnalysisError, CampaignError
from floodline.measure.flat import Scalar
from floodline.study.answer_tables import write_answer
from floodline.study.design import Vary
from floodline.study.question import Question
from floodline.study.results import failures, figure_of, write_trials
from floodline.study.study import Study
from floodline.study.trial import Trial

Method = Literal["sobol", "morris"]
Array = npt.NDArray[np.float64]
_LEVELS: Final = 4


@dataclass(frozen=True)
class Sensitivity:
    """A finished analysis.

    Attributes
    ----------
    table : DataFrame
        One row a key. Sobol: ``first`` (share of the metric's variance that the key explains
        alone) and ``total`` (with all its interactions), each with the half-width of its 95 %
        bootstrap interval. Morris: ``mu_star`` (mean absolute effect of the key over its range,
        in the metric's unit), its half-width, and ``sigma`` (how much that depends on the others).
    failed : list
        Trials that failed.
    total : int
        Trials in all.

    """

    table: pd.DataFrame
    failed: list[tuple[Trial, str]]
    total: int


def draw_shares(method: Method, count: int, samples: int, seed: int) -> Array:
    """Return the points that a method needs, each key as a share of its range.

    Sobol: ``samples (count + 2)`` points (Saltelli et al., Computer Physics Communications 181,
    2010), samples a power of two; Morris: ``samples (count + 1)`` points on a grid of four levels
    (Morris, Technometrics 33, 1991).
    """
    problem = _problem(count)
    if method == "sobol":
        if samples & (samples - 1):
            raise CampaignError(
                f"--samples {samples}: Sobol needs a power of two", "give --samples 16"
            )
        from SALib.sample import sobol  # noqa: PLC0415 - heavy

        return np.asarray(
            sobol.sample(problem, samples, calc_second_order=False, seed=seed), dtype=np.float64
        )
    from SALib.sample.morris import sample  # noqa: PLC0415 - heavy

    return np.asarray(sample(problem, samples, num_levels=_LEVELS, seed=seed), dtype=np.float64)


def indices(method: Method, names: Sequence[str], shares: Array, values: Array) -> pd.DataFrame:
    """Return the indices of each key from the metric's value at each point of `draw_shares`.

    For ``y = 3 a + b`` over the unit square a's first-order and total Sobol index is 9/10 and b's
    1/10; Morris' mu_star is 3 and 1, and sigma 0.

    Raises
    ------
    AnalysisError
        If the metric is the same everywhere.

    """
    if np.ptp(values) == 0:
        raise AnalysisError(
            f"the metric is {values[0]:g} at every point: there is nothing to explain",
            "widen the ranges, or ask for another --metric",
        )
    problem = _problem(len(names))
    if method == "sobol":
        from SALib.analyze import sobol  # noqa: PLC0415 - heavy

        with warnings.catch_warnings():  # of pandas, about SALib's own use of it
            warnings.simplefilter("ignore", FutureWarning)
            found: Any = sobol.analyze(problem, values, calc_second_order=False, seed=1)
        columns = {
            "first": found["S1"],
            "first_reach": found["S1_conf"],
            "total": found["ST"],
            "total_reach": found["ST_conf"],
        }
    else:
        from SALib.analyze import morris  # noqa: PLC0415 - heavy

        found = morris.analyze(problem, shares, values, num_levels=_LEVELS, seed=1)
        columns = {
            "mu_star": found["mu_star"],
            "mu_star_reach": found["mu_star_conf"],
            "sigma": found["sigma"],
        }
    plain = {name: np.asarray(column, dtype=np.float64) for name, column in columns.items()}
    return pd.DataFrame({"key": list(names), **plain})


def run_sensitivity(
    study: Study,
    question: Question,
    varies: Sequence[Vary],
    seeds: Sequence[int],
    *,
    method: Method,
    samples: int,
    metric: str,
) -> Sensitivity:
    """Run every point on every seed, average over seeds, and write ``sensitivity.csv``.

    The same seeds at every point: what is explained is the effect of the keys, not of the market.

    Raises
    ------
    AnalysisError
        If the metric has no value at some point.

    """
    shares = draw_shares(method, len(varies), samples, seeds[0])
    settings: list[dict[str, Scalar]] = [
        {vary.key: vary.at(float(share)) for vary, share in zip(varies, row, strict=True)}
        for row in shares
    ]
    trials = question.trials(settings, seeds)
    results = study.run(trials)
    write_trials(study.path, trials, results)
    study.folder.tidy()
    failed = failures(trials, results)
    sums = np.zeros(len(settings))
    for trial, result in zip(trials, results, strict=True):
        value = figure_of(result, metric) if result.status == "complete" else None
        if value is None:
            raise AnalysisError(
                f"{metric} has no value at {trial.setting} with seed {trial.seed}: "
                f"{result.error or result.notes.get(metric, 'none')}",
                "an index needs the whole design: narrow the ranges, or ask for a metric that "
                "every run reaches; the finished runs are kept",
            )
        sums[trial.point] += value
    table = indices(method, [vary.key for vary in varies], shares, sums / len(seeds))
    write_answer(table, study.path, "sensitivity")
    return Sensitivity(table, failed, len(trials))


def _problem(count: int) -> dict[str, Any]:
    return {
        "num_vars": count,
        "names": [f"x{number}" for number in range(count)],
        "bounds": [[0.0, 1.0]] * count,
    }
