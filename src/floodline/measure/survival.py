"""Percentiles of waiting times in which those still waiting count, by Kaplan and Meier.

A thing that has not happened when the run ends is right-censored: it waited at least so long. The
Kaplan-Meier estimate (Journal of the American Statistical Association 53, 1958) uses it as that.
Leaving it out would make the worst congestion look like the best service.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from floodline.foundation.units import SECOND_US
from floodline.measure.frame import Flags, Integers

TOLERANCE = 1e-10
"""Slack for comparing an estimated survival with a percentile: the estimate is a product of
floats, and 1/20 must count as having reached 0.05."""


@dataclass(frozen=True)
class Waits:
    """Percentiles of a censored waiting time.

    Attributes
    ----------
    count : int
        Things that waited.
    observed : int
        Those that came to their end.
    quantiles_s : tuple of (float or None)
        Seconds at each probability asked for; None where the estimate never gets there.

    """

    count: int
    observed: int
    quantiles_s: tuple[float | None, ...]

    @property
    def censored_share(self) -> float | None:
        """Share that never came to its end; None where nothing waited."""
        return 1 - self.observed / self.count if self.count else None


def kaplan_meier(durations_us: Integers, observed: Flags, probabilities: Sequence[float]) -> Waits:
    """Return Kaplan-Meier percentiles of durations.

    Parameters
    ----------
    durations_us : int64 array
        Time until the event, or until the thing was last seen waiting; microseconds.
    observed : bool array
        Whether the event came.
    probabilities : Sequence[float]
        Percentiles as probabilities, such as 0.5 and 0.95.

    Returns
    -------
    Waits
        Each percentile is the smallest time at which the estimated survival is at most
        1 - probability. Five waits 1, 2, 3+, 4, 5 s (3 s censored) survive to 0.8, 0.6, 0.6, 0.3,
        0: the median is 4 s, where leaving out the censored one would say 2 s.

    """
    count, hits = len(durations_us), int(np.count_nonzero(observed))
    if hits == 0:
        return Waits(count, 0, tuple(None for _ in probabilities))
    from lifelines import KaplanMeierFitter  # noqa: PLC0415 - a second to import

    keys, weights = np.unique(durations_us * 2 + ~observed, return_counts=True)
    fitted = KaplanMeierFitter().fit(keys >> 1, event_observed=(keys & 1) == 0, weights=weights)
    survival = fitted.survival_function_.to_numpy()[:, 0]
    times = fitted.survival_function_.index.to_numpy()
    quantiles: list[float | None] = []
    for probability in probabilities:
        reached = survival <= 1 - probability + TOLERANCE
        first = int(np.argmax(reached))
        quantiles.append(float(times[first]) / SECOND_US if reached[first] else None)
    return Waits(count, hits, tuple(quantiles))
