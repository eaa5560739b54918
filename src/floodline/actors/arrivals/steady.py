"""Arrivals at a constant rate: by chance, or by the clock."""

from __future__ import annotations

import math

import numpy as np

from floodline.actors.arrivals.process import ARRIVALS, ArrivalProcess, Times, uniform_times
from floodline.actors.arrivals.rate import Rate, Scale
from floodline.foundation.units import SECOND_US


class PoissonParameters(Rate):
    """Parameters of Poisson arrivals."""


@ARRIVALS.register(
    "poisson", PoissonParameters, description="Independent arrivals at a constant mean rate."
)
class Poisson(ArrivalProcess):
    """A Poisson number in each window, at independent uniform times.

    At 4,000,000 gas a second and 200,000 gas a transaction a 12 s slot brings 240 in the mean, with
    a variance of 240.
    """

    def __init__(self, parameters: PoissonParameters) -> None:
        self._rate = parameters

    def times_us(self, rng: np.random.Generator, start_us: int, end_us: int, scale: Scale) -> Times:
        """Draw one window."""
        rate = self._rate.per_s(scale)
        count = int(rng.poisson(rate * (end_us - start_us) / SECOND_US))
        return uniform_times(rng, start_us, end_us, count)


class DeterministicParameters(Rate):
    """Parameters of arrivals by the clock."""


@ARRIVALS.register(
    "deterministic",
    DeterministicParameters,
    description="Equally spaced arrivals: the rate without any noise.",
)
class Deterministic(ArrivalProcess):
    """The k-th arrival comes at k / rate; draws nothing.

    At 20 a second a 12 s slot brings 240, with a variance of 0.
    """

    def __init__(self, parameters: DeterministicParameters) -> None:
        self._rate = parameters

    def times_us(self, rng: np.random.Generator, start_us: int, end_us: int, scale: Scale) -> Times:
        """Return the times of the clock in one window."""
        del rng
        rate = self._rate.per_s(scale)
        first = math.floor(start_us * rate / SECOND_US)
        last = math.ceil(end_us * rate / SECOND_US)
        numbers = np.arange(max(first, 1), last + 1)
        times = np.rint(numbers * (SECOND_US / rate)).astype(np.int64)
        return np.asarray(times[(times > start_us) & (times <= end_us)])
