"""Arrivals in bursts: a Poisson process whose rate is switched on and off."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from floodline.actors.arrivals.process import ARRIVALS, ArrivalProcess, Times, uniform_times
from floodline.actors.arrivals.rate import Rate, Scale
from floodline.foundation.units import SECOND_US


class OnOffParameters(Rate):
    """Parameters of on-off arrivals; the rate is the mean over bursts and pauses."""

    on_s: float = Field(default=30.0, gt=0, description="Mean length of a burst, in seconds.")
    off_s: float = Field(default=90.0, gt=0, description="Mean length of a pause, in seconds.")
    off_share: float = Field(
        default=0.0, ge=0, le=1, description="Rate in a pause over the rate in a burst."
    )


@ARRIVALS.register(
    "on_off",
    OnOffParameters,
    description="Bursts and pauses of random length (a Markov modulated Poisson process).",
)
class OnOff(ArrivalProcess):
    """Poisson arrivals whose rate switches between two values after exponential times.

    With bursts of 30 s and pauses of 90 s a mean of 10 a second is 40 a second in bursts. The
    number in a time t has the mean ``rate t`` and the variance ``rate t + 2 p (1 - p) d^2 (t / k -
    (1 - exp(-k t)) / k^2)``, p the share of time in bursts, d the difference of the two rates and
    k = 1 / on + 1 / off (Fischer and Meier-Hellstern 1993). It begins in its stationary state.
    """

    def __init__(self, parameters: OnOffParameters) -> None:
        self._parameters = parameters
        self._on: bool | None = None
        self._until_us = 0

    def times_us(self, rng: np.random.Generator, start_us: int, end_us: int, scale: Scale) -> Times:
        """Draw one window, phase by phase."""
        given = self._parameters
        cycle = given.on_s + given.off_s
        burst = given.per_s(scale) * cycle / (given.on_s + given.off_share * given.off_s)
        if self._on is None:
            self._on = bool(rng.random() < given.on_s / cycle)
            self._until_us = start_us + self._phase_us(rng)
        parts: list[Times] = []
        at_us = start_us
        while at_us < end_us:
            stop_us = min(self._until_us, end_us)
            rate = burst if self._on else burst * given.off_share
            count = int(rng.poisson(rate * (stop_us - at_us) / SECOND_US))
            parts.append(uniform_times(rng, at_us, stop_us, count))
            at_us = stop_us
            if self._until_us <= end_us:
                self._on = not self._on
                self._until_us = at_us + self._phase_us(rng)
        return np.concatenate(parts)

    def _phase_us(self, rng: np.random.Generator) -> int:
        mean_s = self._parameters.on_s if self._on else self._parameters.off_s
        return max(1, round(float(rng.exponential(mean_s)) * SECOND_US))
