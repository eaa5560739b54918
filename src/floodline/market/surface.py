"""The true level of implied volatility: what publishers of a surface observe."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from floodline.foundation.units import SECOND_US
from floodline.market.process import YEAR_S


@dataclass
class VolatilityLevel:
    """Logarithm of volatility as an Ornstein-Uhlenbeck process, exact at any time asked for.

    Between two times the distance of ``ln(vol)`` from its mean shrinks by ``exp(-k t)`` and gains
    noise of variance ``s**2 (1 - exp(-2 k t)) / (2 k)``. With k = 12 a year and s = 1, an hour adds
    a standard deviation of 1.07 %.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where the noise comes from; one draw for each time asked for.
    start : float
        At genesis, and the mean it returns to (0.8 = 80 %).
    reversion : float
        k, per year.
    vol_of_vol : float
        s, per square root of a year.

    """

    rng: np.random.Generator
    start: float
    reversion: float
    vol_of_vol: float

    def __post_init__(self) -> None:
        self._distance = 0.0
        self._at_us = 0

    def at(self, time_us: int) -> float:
        """Return the level at a virtual time, not earlier than the last asked for."""
        years = (time_us - self._at_us) / SECOND_US / YEAR_S
        kept = math.exp(-self.reversion * years)
        variance = (1 - kept**2) / (2 * self.reversion) if self.reversion else years
        noise = self.vol_of_vol * math.sqrt(variance) * float(self.rng.standard_normal())
        self._distance = self._distance * kept + noise
        self._at_us = time_us
        return self.start * math.exp(self._distance)
