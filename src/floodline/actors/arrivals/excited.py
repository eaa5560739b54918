"""Arrivals that bring about arrivals: the self-exciting process of cascades."""

from __future__ import annotations

import math

import numpy as np
from pydantic import Field

from floodline.actors.arrivals.process import ARRIVALS, ArrivalProcess, Times
from floodline.actors.arrivals.rate import Rate, Scale
from floodline.foundation.units import SECOND_US


class HawkesParameters(Rate):
    """Parameters of a Hawkes process; the rate is its long-run mean."""

    branching: float = Field(
        default=0.6,
        ge=0,
        lt=1,
        description="Mean number of further arrivals that one arrival brings about directly.",
    )
    decay_s: float = Field(
        default=10.0, gt=0, description="Mean time until a brought about arrival, in seconds."
    )


@ARRIVALS.register(
    "hawkes",
    HawkesParameters,
    description="Each arrival makes more arrivals likelier for a while: cascades (Hawkes).",
)
class Hawkes(ArrivalProcess):
    """Intensity ``mu + sum n/d exp(-(t - t_i)/d)`` over the arrivals t_i before t.

    n is the branching ratio, d the decay, and ``mu = (1 - n) rate``: at a rate of 10 a second and n
    = 0.6 four a second come by themselves and six are brought about. Over long times the variance
    of the number is ``1 / (1 - n)^2`` = 6.25 times its mean (Hawkes 1971). It begins with the mean
    intensity, so that the mean number in a time t is ``rate t`` from the start.

    Drawn exactly, event by event (Dassios and Zhao 2013): the time to the next is the lesser of one
    drawn for mu and one for what is left of the excitement.
    """

    def __init__(self, parameters: HawkesParameters) -> None:
        self._parameters = parameters
        self._next_s: float | None = None
        self._last_s = 0.0
        self._excess = 0.0

    def times_us(self, rng: np.random.Generator, start_us: int, end_us: int, scale: Scale) -> Times:
        """Draw the events up to the end of the window; the one after it is kept."""
        given = self._parameters
        rate = given.per_s(scale)
        if self._next_s is None:
            self._last_s = start_us / SECOND_US
            self._excess = given.branching * rate
            self._next_s = self._draw(rng, rate)
        found: list[int] = []
        while (at_us := math.ceil(self._next_s * SECOND_US)) <= end_us:
            found.append(max(at_us, start_us + 1))
            decayed = math.exp(-(self._next_s - self._last_s) / given.decay_s)
            self._excess = self._excess * decayed + given.branching / given.decay_s
            self._last_s = self._next_s
            self._next_s = self._draw(rng, rate)
        return np.array(found, dtype=np.int64)

    def _draw(self, rng: np.random.Generator, rate: float) -> float:
        """Return the time of the next event."""
        given = self._parameters
        own = float(rng.exponential()) / ((1 - given.branching) * rate)
        excited = math.inf
        if self._excess > 0:
            left = 1 - float(rng.exponential()) / (self._excess * given.decay_s)
            if left > 0:
                excited = -math.log(left) * given.decay_s
        return self._last_s + min(own, excited)
