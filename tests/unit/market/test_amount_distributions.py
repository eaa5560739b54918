"""Distributions of tips, gas, leverage and margins."""

import numpy as np
import pytest
from pydantic import ValidationError

from floodline.market.amounts import AMOUNTS


def amount(name, **parameters):
    entry = AMOUNTS[name]
    return entry.build(entry.parameters(**parameters))


@pytest.mark.parametrize(
    ("name", "parameters", "mean"),
    [
        ("constant", {"value": 3}, 3.0),
        ("lognormal", {"median": 2, "sigma": 0.7}, 2 * np.exp(0.245)),
        ("uniform", {"low": 1, "high": 4}, 2.5),
        ("ladder", {"low": 1, "high": 8, "rungs": 4}, 3.75),
    ],
)
def test_the_mean_is_that_of_what_is_drawn(name, parameters, mean):
    chosen = amount(name, **parameters)
    assert chosen.mean == pytest.approx(mean)
    drawn = chosen.sample(np.random.default_rng(1), 100_000)
    assert drawn.mean() == pytest.approx(mean, rel=0.02)
    assert (drawn > 0).all()


def test_a_constant_draws_nothing_from_its_stream():
    rng = np.random.default_rng(1)
    amount("constant", value=2).sample(rng, 1000)
    assert rng.integers(0, 10**9) == np.random.default_rng(1).integers(0, 10**9)


def test_bounds_that_cross_are_refused():
    with pytest.raises(ValidationError, match="lies below low"):
        amount("uniform", low=3, high=2)
