"""The true level of volatility: its spread, its return, its reproducibility."""

import math

import numpy as np
import pytest

from floodline.foundation.seeds import Streams
from floodline.foundation.units import SECOND_US
from floodline.market.process import YEAR_S
from floodline.market.surface import VolatilityLevel

HOUR_US = 3_600 * SECOND_US


def level(seed=1, reversion=12.0, vol_of_vol=1.0):
    return VolatilityLevel(Streams(seed).stream("level"), 0.8, reversion, vol_of_vol)


def test_an_hour_spreads_the_logarithm_as_the_formula_says():
    found = [math.log(level(seed).at(HOUR_US) / 0.8) for seed in range(2_000)]
    years = 3_600 / YEAR_S
    expected = math.sqrt((1 - math.exp(-24 * years)) / 24)
    assert round(100 * expected, 2) == 1.07
    assert np.std(found) == pytest.approx(expected, rel=0.05)


def test_far_away_in_time_it_has_its_stationary_spread_around_the_start():
    found = [math.log(level(seed).at(YEAR_S * SECOND_US) / 0.8) for seed in range(2_000)]
    assert np.std(found) == pytest.approx(1 / math.sqrt(24), rel=0.06)
    assert abs(np.mean(found)) < 0.02


def test_without_noise_it_stays_and_without_reversion_it_diffuses():
    assert level(vol_of_vol=0.0).at(HOUR_US) == 0.8
    one, two = level(reversion=0.0), level(reversion=0.0)
    assert one.at(HOUR_US) == two.at(HOUR_US) != 0.8
