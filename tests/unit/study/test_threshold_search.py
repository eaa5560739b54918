"""The search finds thresholds that are known, inside the interval that it gives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from floodline.study.threshold_search import SearchPlan, ThresholdSearch


def search(
    plan: SearchPlan, chance: Callable[[float], float], rng: np.random.Generator
) -> ThresholdSearch:
    found = ThresholdSearch(plan)
    for loads in found.batches():
        found.tell(loads, [bool(rng.random() < chance(load)) for load in loads])
    return found


def logistic(threshold: float, slope: float) -> Callable[[float], float]:
    return lambda load: float(1 / (1 + np.exp(-np.clip(slope * (load - threshold), -500, 500))))


@pytest.mark.parametrize("slope", [2.0, 1_000.0], ids=["gradual", "a step"])
def test_the_interval_of_an_adaptive_search_covers_the_truth(slope: float) -> None:
    generator = np.random.default_rng(1)
    plan = SearchPlan(0.2, 8.0, budget=48)
    hits = 0
    for _ in range(60):
        truth = float(generator.uniform(1.0, 6.0))
        found = search(plan, logistic(truth, slope), generator)
        assert found.response is not None
        hits += found.response.threshold.holds(truth)
    assert hits / 60 >= 0.95 - 0.084  # three standard errors of 0.95 over 60


def test_a_step_is_found_to_the_tolerance_within_the_budget() -> None:
    plan = SearchPlan(0.1, 100.0, logarithmic=True, budget=120, tolerance=0.05)
    found = search(plan, lambda load: float(load > 7.3), np.random.default_rng(2))
    assert found.verdict == "found"
    assert found.response is not None
    interval = found.response.threshold
    assert interval.holds(7.3)
    assert (interval.high - interval.low) / interval.estimate <= 0.05
    assert len(found.loads) <= 120


def test_a_range_that_lies_below_or_above_the_threshold_says_so() -> None:
    generator = np.random.default_rng(3)
    assert search(SearchPlan(1, 2), lambda _: 0.0, generator).verdict == "always holds"
    assert search(SearchPlan(1, 2), lambda _: 1.0, generator).verdict == "always fails"


def test_trials_that_gave_no_verdict_are_left_out_and_do_no_harm() -> None:
    found = ThresholdSearch(SearchPlan(0.0, 10.0, budget=80))
    for number, loads in enumerate(found.batches()):
        told = [load for place, load in enumerate(loads) if (place + number) % 3]
        found.tell(told, [load > 4 for load in told])
    assert found.response is not None
    assert found.response.threshold.holds(4.0)
