"""The load at which something fails with probability one half, from trials that held or failed.

A logistic curve ``P(fail at x) = 1 / (1 + exp(-slope (x - x50)))`` is fitted by maximum likelihood
with slope >= 0; the interval of x50 is that of its profile likelihood: every x50 whose best
likelihood over all slopes falls short of the best of all by less than half a chi-square quantile
(Venzon and Moolgavkar, Applied Statistics 37, 1988). It stays valid where the curve is so steep
that every trial below a load held and every one above failed: the slope is then unbounded, the
estimate is the middle of that gap and the interval reaches as far as the repeats on both sides
allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from floodline.foundation.errors import AnalysisError
from floodline.measure.statistics import LEVEL, Interval

_GRID = 201
_FLAT = 1e-4
"""Log-likelihoods nearer than this to the best count as equally good."""
_SLOPES = np.concatenate([[0.0], np.geomspace(0.05, 5_000.0, 50)])
"""Slopes tried, in units of one over the range of the loads."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DoseResponse:
    """A fitted curve: where it crosses one half, and how steeply.

    Attributes
    ----------
    threshold : Interval
        x50 with its interval, in the unit of the load.
    slope : float
        Of the best curve, per unit of the load (of its logarithm, where that was asked for).

    """

    threshold: Interval
    slope: float

    def dump(self) -> dict[str, Any]:
        """Return plain data."""
        return {**self.threshold.dump(), "slope": self.slope}


def fit_threshold(
    loads: Sequence[float],
    failed: Sequence[bool],
    *,
    logarithmic: bool = False,
    level: float = LEVEL,
) -> DoseResponse:
    """Return the load that fails with probability 1/2.

    Parameters
    ----------
    loads : sequence of float
        Load of each trial; at least two different ones.
    failed : sequence of bool
        Whether the trial failed.
    logarithmic : bool
        Fit the curve in the logarithm of the load.
    level : float
        Of confidence.

    Raises
    ------
    AnalysisError
        If all trials ended alike, or there is but one load.

    """
    x = np.asarray(loads, dtype=np.float64)
    y = np.asarray(failed, dtype=np.bool_)
    if len(np.unique(x)) < 2 or y.all() or not y.any():
        raise AnalysisError(
            "the trials do not bracket a threshold: all of them ended alike, or at one load",
            "widen the range of loads",
        )
    return fit_quantile(x, y, 0.5, logarithmic=logarithmic, level=level)


def fit_quantile(
    loads: Sequence[float] | Array,
    failed: Sequence[bool] | npt.NDArray[np.bool_],
    probability: float,
    *,
    logarithmic: bool = False,
    level: float = LEVEL,
) -> DoseResponse:
    """Return the load that fails with any probability: the curve is centred there instead.

    ``P(fail at x) = 1 / (1 + exp(-slope (x - xp) - logit p))``. Where all trials held, the estimate
    is the largest load tried and the interval is open above it; where all failed, below the
    smallest.

    Parameters
    ----------
    loads, failed, logarithmic, level
        As for `fit_threshold`; at least two different loads.
    probability : float
        Between 0 and 1.

    """
    x, y = np.asarray(loads, dtype=np.float64), np.asarray(failed, dtype=np.bool_)
    if len(np.unique(x)) < 2:
        raise AnalysisError("all trials are at one load", "try at least two")
    u = np.log(x) if logarithmic else x
    low, high = float(u.min()), float(u.max())
    slopes = _SLOPES / (high - low)
    levels, inverse = np.unique(u, return_inverse=True)
    fails = np.bincount(inverse, weights=y).astype(np.float64)
    holds = np.bincount(inverse, weights=~y).astype(np.float64)
    from scipy import stats  # noqa: PLC0415 - heavy

    logit = float(np.log(probability / (1 - probability)))
    drop = float(stats.chi2.ppf(level, 1)) / 2
    begin, end = low, high
    for _ in range(2):  # the second time on a finer grid around what the first one left
        grid = np.linspace(begin, end, _GRID)
        likelihood = _log_likelihood(levels, fails, holds, grid, slopes, logit)
        profile = likelihood.max(axis=1)
        best = float(profile.max())
        inside = np.flatnonzero(profile >= best - drop)
        open_below = bool(grid[inside[0]] == low)
        open_above = bool(grid[inside[-1]] == high)
        begin = float(grid[max(int(inside[0]) - 1, 0)])
        end = float(grid[min(int(inside[-1]) + 1, _GRID - 1)])
    near = np.flatnonzero(profile >= best - _FLAT)
    slope = float(slopes[int(likelihood[near[len(near) // 2]].argmax())])
    ends = (-np.inf if open_below else begin, np.inf if open_above else end)
    back = np.exp if logarithmic else (lambda value: value)
    found = Interval(
        float(back(grid[near].mean())),
        0.0 if logarithmic and not np.isfinite(ends[0]) else float(back(ends[0])),
        float(back(ends[1])),
        level,
        len(x),
        "profile likelihood",
    )
    return DoseResponse(found, slope)


def _log_likelihood(
    x: Array, fails: Array, holds: Array, centres: Array, slopes: Array, logit: float
) -> Array:
    """Return the log-likelihood of every (centre, slope)."""
    z = (x[None, None, :] - centres[:, None, None]) * slopes[None, :, None] + logit
    return np.asarray(-(np.logaddexp(0, -z) * fails + np.logaddexp(0, z) * holds).sum(axis=2))
