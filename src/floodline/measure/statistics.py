"""Intervals for what is estimated from a few runs, and the sizes of differences between runs.

Every function returns an `Interval` that says how it was made. What each of them promises is held
by property tests on synthetic data of known truth (``tests/unit/measure/test_interval_coverage``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from floodline.foundation.errors import AnalysisError

Sample = Sequence[float] | npt.NDArray[np.float64]

LEVEL: Final = 0.95
RESAMPLES: Final = 4_000
_SEED: Final = 20_260_101
"""Resampling draws from a stream of its own, so that an interval is the same bytes every time."""


@dataclass(frozen=True)
class Interval:
    """An estimate and the interval around it.

    Attributes
    ----------
    estimate, low, high : float
        In the unit of the sample; an end may be infinite where the data do not bound it.
    level : float
        Share of such intervals that hold the truth, 0.95 by default.
    count : int
        Independent observations behind it.
    method : str
        How it was made, in a word or two.

    """

    estimate: float
    low: float
    high: float
    level: float
    count: int
    method: str

    def holds(self, value: float) -> bool:
        """Whether a value lies inside, ends included."""
        return self.low <= value <= self.high

    def dump(self) -> dict[str, Any]:
        """Return plain data; an end that is not bounded is None."""
        return {
            "estimate": _plain(self.estimate),
            "low": _plain(self.low),
            "high": _plain(self.high),
            "level": self.level,
            "count": self.count,
            "method": self.method,
        }


def mean_interval(sample: Sample, level: float = LEVEL) -> Interval:
    """Return Student's interval of a mean of independent observations.

    ``mean +- t sd / sqrt(n)`` with t of n - 1 degrees of freedom. For 1, 2, 3, 4, 5 it is
    3 +- 2.776 * 1.581 / sqrt(5) = [1.037, 4.963].
    """
    values = _checked(sample, 2)
    from scipy import stats  # noqa: PLC0415 - heavy

    error = float(values.std(ddof=1)) / len(values) ** 0.5
    reach = float(stats.t.ppf((1 + level) / 2, len(values) - 1)) * error
    mean = float(values.mean())
    return Interval(mean, mean - reach, mean + reach, level, len(values), "Student t")


def batch_means_interval(series: Sample, *, batches: int = 20, level: float = LEVEL) -> Interval:
    """Return the interval of the mean of one long correlated series, by batch means.

    The series is cut into equal batches whose means are nearly independent where a batch is much
    longer than the correlation (Law and Kelton, Simulation Modeling and Analysis, ch. 9); what is
    left over at the beginning is dropped, since that is where a series is least at rest.

    Parameters
    ----------
    series : sequence of float
        Observations in their order.
    batches : int
        At least 2; 10 to 30 are usual.
    level : float
        Of confidence.

    """
    values = _checked(series, 2 * batches)
    size = len(values) // batches
    means = values[len(values) - size * batches :].reshape(batches, size).mean(axis=1)
    found = mean_interval(means, level)
    return Interval(found.estimate, found.low, found.high, level, batches, "batch means")


def bootstrap_mean_interval(
    sample: Sample, *, level: float = LEVEL, resamples: int = RESAMPLES
) -> Interval:
    """Return the studentised bootstrap interval of a mean (Efron and Tibshirani 1993, ch. 12).

    Each resample's mean is measured in its own standard errors; the quantiles of those take the
    place of Student's. Skewed samples, such as bad debt over seeds, are covered much better than
    by percentiles. A sample without any spread gives an interval without width: it says that
    nothing was seen to vary, not that nothing can.
    """
    values = _checked(sample, 2)
    count, mean = len(values), float(values.mean())
    spread = float(values.std(ddof=1))
    if spread == 0 or np.ptp(values) == 0:
        return Interval(mean, mean, mean, level, count, "no spread")
    draws = values[_resampled(count, resamples)]
    errors = draws.std(axis=1, ddof=1) / count**0.5
    usable = errors > 1e-9 * spread
    pivots = (draws.mean(axis=1)[usable] - mean) / errors[usable]
    tail = (1 - level) / 2
    upper, lower = np.quantile(pivots, [1 - tail, tail])
    error = spread / count**0.5
    return Interval(
        mean, mean - float(upper) * error, mean - float(lower) * error, level, count, "bootstrap-t"
    )


def proportion_interval(hits: int, count: int, level: float = LEVEL) -> Interval:
    """Return the exact (Clopper and Pearson 1934) interval of a probability.

    No hit in 20 gives [0, 0.168]: none seen is never the same as none possible.
    """
    if not 0 <= hits <= count or count == 0:
        raise AnalysisError(f"{hits} of {count} is no proportion", "give at least one observation")
    from scipy import stats  # noqa: PLC0415 - heavy

    found = stats.binomtest(hits, count).proportion_ci(confidence_level=level, method="exact")
    return Interval(
        hits / count, float(found.low), float(found.high), level, count, "Clopper-Pearson"
    )


def quantile_interval(sample: Sample, probability: float, level: float = LEVEL) -> Interval:
    """Return the distribution-free interval of a quantile, from order statistics.

    The number of observations at or below the true quantile is binomial, so that the ends are two
    of the observations themselves, or infinite where the sample is too small to bound that side
    (David and Nagaraja, Order Statistics, 7.1). Nine values bound their median by the second and
    the eighth. Observations may be infinite: "never" lies above all others.
    """
    values = np.sort(np.asarray(sample, dtype=np.float64))
    if not len(values) or np.isnan(values).any():
        raise AnalysisError("a quantile needs observations", "run at least one trial")
    from scipy import stats  # noqa: PLC0415 - heavy

    count, tail = len(values), (1 - level) / 2
    lower = int(stats.binom.ppf(tail, count, probability))
    upper = int(stats.binom.ppf(1 - tail, count, probability))
    place = min(max(int(np.ceil(probability * count)) - 1, 0), count - 1)
    return Interval(
        float(values[place]),
        float(values[lower - 1]) if lower >= 1 else -np.inf,
        float(values[upper]) if upper < count else np.inf,
        level,
        count,
        "order statistics",
    )


def ratio_interval(above: Sample, below: Sample, level: float = LEVEL) -> Interval:
    """Return the interval of a ratio of two means that were observed in pairs (Fieller 1954).

    The ratios R for which the mean of ``above - R below`` is not significantly different from
    zero. Where the mean of `below` is itself not clear of zero no ratio can be excluded on that
    side, and the interval is open: what costs 5 and achieves nothing has no price.
    """
    x, y = _checked(above, 2), _checked(below, 2)
    if len(x) != len(y):
        raise AnalysisError(f"{len(x)} and {len(y)} observations are no pairs", "pair them by seed")
    from scipy import stats  # noqa: PLC0415 - heavy

    count = len(x)
    quantile = float(stats.t.ppf((1 + level) / 2, count - 1)) ** 2
    spread = np.cov(x, y, ddof=1) / count * quantile
    mean_x, mean_y = float(x.mean()), float(y.mean())
    a = mean_y**2 - float(spread[1, 1])
    b = mean_x * mean_y - float(spread[0, 1])
    c = mean_x**2 - float(spread[0, 0])
    ratio = mean_x / mean_y if mean_y else np.inf
    if a <= 0:
        return Interval(ratio, -np.inf, np.inf, level, count, "Fieller")
    root = max(b * b - a * c, 0.0) ** 0.5
    return Interval(ratio, (b - root) / a, (b + root) / a, level, count, "Fieller")


def _checked(sample: Sample, least: int) -> npt.NDArray[np.float64]:
    values = np.asarray(sample, dtype=np.float64)
    if values.ndim != 1 or len(values) < least or not np.isfinite(values).all():
        raise AnalysisError(
            f"an interval needs at least {least} finite observations; there are {len(values)}",
            "run more seeds",
        )
    return values


def _resampled(count: int, resamples: int) -> npt.NDArray[np.int64]:
    generator = np.random.Generator(np.random.PCG64(_SEED))
    return generator.integers(0, count, (resamples, count))


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
