"""The time from a sender to the builder."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from floodline.foundation.seeds import Streams
from floodline.mempool import DELAYS


def delay(name, **parameters):
    entry = DELAYS[name]
    return DELAYS.create(name, entry.parameters(**parameters))


def stream(seed=7):
    return Streams(seed).stream("network.delay")


def test_a_constant_delay_is_the_same_for_all_in_microseconds():
    assert delay("constant", value_s=0.25).sample(stream(), 3).tolist() == [250_000] * 3


def test_a_lognormal_delay_has_its_median_and_its_spread():
    drawn = delay("lognormal", median_s=0.3, sigma=0.6).sample(stream(), 40_000)
    assert np.median(drawn) == pytest.approx(300_000, rel=0.03)
    assert np.percentile(drawn, 95) == pytest.approx(0.3e6 * math.exp(0.6 * 1.6449), rel=0.03)


def test_a_floor_shifts_every_lognormal_delay():
    plain = delay("lognormal").sample(stream(), 100)
    shifted = delay("lognormal", floor_s=0.1).sample(stream(), 100)
    assert np.abs(shifted - plain - 100_000).max() <= 1


def test_an_empirical_delay_draws_measured_values_equally_often():
    drawn = delay("empirical", delays_s=[0.1, 0.2, 0.2, 0.7]).sample(stream(), 40_000)
    values, counts = np.unique(drawn, return_counts=True)
    assert values.tolist() == [100_000, 200_000, 700_000]
    assert counts / drawn.size == pytest.approx([0.25, 0.5, 0.25], abs=0.01)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("constant", {"value_s": 1.0}), ("lognormal", {}), ("empirical", {"delays_s": [0.1, 0.9]})],
)
def test_delays_are_whole_microseconds_never_negative_and_repeatable(name, parameters):
    once = delay(name, **parameters).sample(stream(), 1_000)
    again = delay(name, **parameters).sample(stream(), 1_000)
    assert once.dtype == np.int64
    assert once.min() >= 0
    assert (once == again).all()


@pytest.mark.parametrize("name", ["lognormal", "empirical"])
def test_drawing_in_two_parts_gives_the_draws_of_one(name):
    parameters = {"delays_s": [0.1, 0.2, 0.9]} if name == "empirical" else {}
    whole = delay(name, **parameters).sample(stream(), 10)
    rng = stream()
    parts = [delay(name, **parameters).sample(rng, n) for n in (4, 6)]
    assert whole.tolist() == np.concatenate(parts).tolist()


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("constant", {"value_s": -0.1}),
        ("lognormal", {"median_s": 0}),
        ("lognormal", {"sigma": -1}),
        ("empirical", {"delays_s": []}),
        ("empirical", {"delays_s": [0.1, -0.1]}),
    ],
)
def test_impossible_delays_are_refused(name, parameters):
    with pytest.raises(ValidationError):
        delay(name, **parameters)
