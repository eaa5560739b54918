"""A difference between two conditions that were run on the same seeds, and what it must clear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from floodline.foundation.errors import AnalysisError
from floodline.measure.statistics import LEVEL, Interval, Sample, bootstrap_mean_interval


@dataclass(frozen=True)
class PairedDifference:
    """How B differs from A, seed by seed.

    Attributes
    ----------
    difference : Interval
        Mean of B - A with its interval, in the metric's unit.
    relative : float or None
        Mean difference over the mean of A; None where that is zero.
    effect_size : float or None
        Cohen's d for pairs: mean difference over its standard deviation; None without spread.
    lower_share : float
        Share of seeds on which B lies below A, ties counted as a half (the probability of
        superiority); 1 means always lower, 0.5 neither.
    noise_floor : float
        The largest mean difference that chance alone gives between two conditions that are alike.

    """

    difference: Interval
    relative: float | None
    effect_size: float | None
    lower_share: float
    noise_floor: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out and the difference clears the noise floor."""
        found = self.difference
        return not found.holds(0.0) and abs(found.estimate) > self.noise_floor

    def dump(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "difference": self.difference.dump(),
            "relative": self.relative,
            "effect_size": self.effect_size,
            "lower_share": self.lower_share,
            "noise_floor": self.noise_floor,
            "clear": self.is_clear,
        }


def paired_difference(
    a: Sample, b: Sample, *, noise_floor: float = 0.0, level: float = LEVEL
) -> PairedDifference:
    """Return how B differs from A on the same seeds, in their order.

    Pairing removes what both conditions share, the price path before all. A of 10, 20, 30 and B of
    9, 18, 30 differ by -1 on average: Cohen's d is -1 / 1 = -1, B lies below A on 2.5 of 3.
    """
    before, after = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if len(before) != len(after):
        raise AnalysisError(
            f"{len(before)} runs against {len(after)} are no pairs", "run both on the same seeds"
        )
    change = after - before
    found = bootstrap_mean_interval(change, level=level)
    spread = float(change.std(ddof=1))
    base = float(before.mean())
    lower = float(np.mean((change < 0) + 0.5 * (change == 0)))
    return PairedDifference(
        found,
        found.estimate / abs(base) if base else None,
        found.estimate / spread if spread > 0 else None,
        lower,
        noise_floor,
    )


def noise_floor(first: Sample, second: Sample, pairs: int, level: float = LEVEL) -> float:
    """Return the mean difference that two sets of runs of one condition show by chance.

    `first` and `second` are the same condition with its nuisance draws made anew (an A/A test);
    the floor is the `level` quantile of the absolute mean of `pairs` such differences, with random
    signs, since which of the two comes first means nothing. Zero where repeating changes nothing.
    """
    change = np.asarray(second, dtype=np.float64) - np.asarray(first, dtype=np.float64)
    if len(change) == 0 or not np.isfinite(change).all():
        raise AnalysisError("an A/A floor needs finite repeats", "run the baseline's repeats")
    generator = np.random.Generator(np.random.PCG64(20_260_102))
    drawn = change[generator.integers(0, len(change), (4_000, pairs))]
    signs = generator.choice([-1.0, 1.0], drawn.shape)
    return float(np.quantile(np.abs((drawn * signs).mean(axis=1)), level))
