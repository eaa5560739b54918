"""Intervals of correlated series hold the truth as often as they promise."""

from __future__ import annotations

import numpy as np

from floodline.validation.intervals import batch_means, ratio_interval

REPEATS = 400


def correlated(rng: np.random.Generator, size: int, memory: float) -> np.ndarray:
    """A stationary first-order series of mean zero that remembers about 1 / (1 - memory) steps."""
    steps = rng.standard_normal(size) * np.sqrt(1 - memory**2)
    series = np.empty(size)
    series[0] = rng.standard_normal()
    for place in range(1, size):
        series[place] = memory * series[place - 1] + steps[place]
    return series


def test_batch_means_cover_the_mean_of_a_series_that_remembers() -> None:
    rng = np.random.default_rng(5)
    places = np.arange(3_200)
    hits = 0
    for _ in range(REPEATS):
        found = batch_means(3.0 + correlated(rng, 3_200, 0.8), places)
        hits += found.low <= 3.0 <= found.high
    assert 0.92 <= hits / REPEATS <= 0.98


def test_independent_reckoning_of_a_series_that_remembers_would_not_cover() -> None:
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(REPEATS):
        series = correlated(rng, 3_200, 0.8)
        reach = 1.96 * series.std(ddof=1) / np.sqrt(len(series))
        hits += abs(series.mean()) <= reach
    assert hits / REPEATS < 0.7


def test_several_cases_are_covered_at_once() -> None:
    rng = np.random.default_rng(6)
    places = np.arange(640)
    hits = 0
    for _ in range(REPEATS):
        found = [batch_means(rng.standard_normal(640), places, cases=5) for _ in range(5)]
        hits += all(each.low <= 0 <= each.high for each in found)
    assert hits / REPEATS >= 0.92


def test_batches_weigh_what_they_hold() -> None:
    # Busy spans hold ten times the values, all of them larger.
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(REPEATS):
        busy = rng.random(320) < 0.3
        counts = np.where(busy, 10, 1)
        places = np.repeat(np.arange(320), counts)
        values = np.repeat(np.where(busy, 5.0, 1.0), counts) + rng.standard_normal(counts.sum())
        found = batch_means(values, places)
        truth = (0.3 * 10 * 5 + 0.7 * 1) / (0.3 * 10 + 0.7)
        hits += found.low <= truth <= found.high
    assert 0.91 <= hits / REPEATS <= 0.985


def test_a_ratio_of_two_series_is_covered() -> None:
    rng = np.random.default_rng(8)
    hits = 0
    for _ in range(REPEATS):
        bases = rng.uniform(1, 3, 3_200)
        gains = 0.4 * bases + rng.standard_normal(3_200)
        found = ratio_interval(gains, bases)
        hits += found.low <= 0.4 <= found.high
    assert 0.92 <= hits / REPEATS <= 0.98
