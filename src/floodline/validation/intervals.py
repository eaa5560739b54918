"""Intervals of means of correlated series: one run that is long, cut into batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

BATCHES: Final = 32
"""Batches a run is cut into: enough for a stable spread, few enough to be long."""


@dataclass(frozen=True)
class Estimate:
    """A mean and an interval around it."""

    mean: float
    low: float
    high: float


def batch_means(
    values: npt.NDArray[np.float64],
    places: npt.NDArray[np.int64],
    *,
    cases: int = 1,
    level: float = 0.95,
) -> Estimate:
    """Return the mean of a stationary series and its interval by the method of batch means.

    Neighbours in a queue wait alike, so their spread says too little about the mean's. Means of
    long batches are nearly independent (Law and Kelton, "Simulation modeling and analysis",
    chapter 9): their spread, with Student's t, gives the interval.

    Parameters
    ----------
    values : float array
        The series.
    places : int64 array
        Where each value stands in time, ascending, such as its slot; batches are equal spans.
    cases : int
        How many intervals are judged together: the level holds for all at once (Bonferroni).
    level : float
        Probability that all of them cover.

    """
    span = int(places[-1]) + 1 - int(places[0])
    batch = np.minimum((places - places[0]) * BATCHES // span, BATCHES - 1)
    counts = np.bincount(batch, minlength=BATCHES)
    sums = np.bincount(batch, weights=values, minlength=BATCHES)
    mean = float(values.mean())
    # Ratio estimator: residuals of the batch sums, so that busy batches weigh what they hold.
    residuals = (sums - mean * counts) / counts.mean()
    error = float(np.sqrt(np.sum(residuals**2) / (BATCHES - 1) / BATCHES))
    reach = float(student.isf((1 - level) / (2 * cases), BATCHES - 1)) * error
    return Estimate(mean, mean - reach, mean + reach)


def ratio_interval(
    gains: npt.NDArray[np.float64],
    bases: npt.NDArray[np.float64],
    *,
    cases: int = 1,
    level: float = 0.95,
) -> Estimate:
    """Return the ratio of two sums over a series, and its interval by batches.

    Residuals ``gain - ratio * base`` of the batches are nearly independent and centred at zero
    (Cochran, "Sampling techniques", chapter 6); `cases` and `level` as in `batch_means`.
    """
    batch = np.arange(len(gains)) * BATCHES // len(gains)
    tops = np.bincount(batch, weights=gains, minlength=BATCHES)
    bottoms = np.bincount(batch, weights=bases, minlength=BATCHES)
    ratio = float(tops.sum() / bottoms.sum())
    residuals = (tops - ratio * bottoms) / bottoms.mean()
    error = float(np.sqrt(np.sum(residuals**2) / (BATCHES - 1) / BATCHES))
    reach = float(student.isf((1 - level) / (2 * cases), BATCHES - 1)) * error
    return Estimate(ratio, ratio - reach, ratio + reach)
