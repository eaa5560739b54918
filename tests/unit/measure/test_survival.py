"""Kaplan-Meier percentiles against numbers worked by hand."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from floodline.foundation.units import SECOND_US
from floodline.measure.survival import kaplan_meier


def waits(seconds, observed=None, probabilities=(0.5, 0.95)):
    durations = np.array(seconds, dtype=np.int64) * SECOND_US
    came = np.ones(len(seconds), dtype=bool) if observed is None else np.array(observed, dtype=bool)
    return kaplan_meier(durations, came, probabilities)


def test_median_of_five_waits_with_one_censored_is_four_seconds():
    # survival 0.8 at 1 s, 0.6 at 2 s, (3 s censored), 0.3 at 4 s, 0 at 5 s
    found = waits([1, 2, 3, 4, 5], [1, 1, 0, 1, 1], (0.2, 0.4, 0.5, 0.7, 0.71))
    assert found.quantiles_s == (1.0, 2.0, 4.0, 4.0, 5.0)
    assert found.censored_share == 1 - 4 / 5


def test_leaving_the_censored_out_would_flatter_the_median():
    assert waits([1, 2, 4, 5]).quantiles_s[0] == 2.0


def test_percentile_that_the_estimate_never_reaches_is_none():
    found = waits([1, 2, 9, 9], [1, 1, 0, 0], (0.5, 0.51, 0.95))
    assert found.quantiles_s == (2.0, None, None)


def test_percentile_on_a_step_counts_as_reached_despite_rounding():
    for count in range(2, 60):
        steps = tuple(step / count for step in range(1, count + 1))
        found = waits(list(range(1, count + 1)), probabilities=steps)
        assert found.quantiles_s == tuple(float(step) for step in range(1, count + 1))


def test_an_event_and_a_censoring_at_one_time_are_taken_in_that_order():
    # at 2 s both are still at risk, so survival falls to 1/2, not to 0
    assert waits([2, 2], [1, 0], (0.5, 0.9)).quantiles_s == (2.0, None)


def test_nothing_waiting_has_no_percentiles_and_no_censored_share():
    found = waits([])
    assert found.quantiles_s == (None, None)
    assert found.censored_share is None


def test_all_censored_has_no_percentiles():
    found = waits([5, 6], [0, 0])
    assert found.quantiles_s == (None, None)
    assert found.censored_share == 1.0


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=60), st.sampled_from([0.5, 0.9, 0.99]))
def test_without_censoring_a_percentile_is_the_smallest_value_that_covers_the_share(
    seconds, probability
):
    expected = np.quantile(seconds, probability, method="inverted_cdf")
    assert waits(seconds, probabilities=(probability,)).quantiles_s == (float(expected),)


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1, max_size=40))
def test_percentile_agrees_with_the_product_written_out(pairs):
    left, reached = 1.0, None
    for time in sorted({time for time, _ in pairs}):
        at_risk = sum(1 for other, _ in pairs if other >= time)
        died = sum(1 for other, came in pairs if other == time and came)
        left *= 1 - died / at_risk
        if reached is None and died and left <= 0.5 + 1e-10:
            reached = float(time)
    found = waits([time for time, _ in pairs], [came for _, came in pairs], (0.5,))
    assert found.quantiles_s == (reached,)


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1, max_size=40))
def test_censoring_a_wait_instead_of_observing_it_never_lowers_a_percentile(pairs):
    seconds = [time for time, _ in pairs]
    censored = waits(seconds, [came for _, came in pairs], (0.5,)).quantiles_s[0]
    observed = waits(seconds, probabilities=(0.5,)).quantiles_s[0]
    assert censored is None or censored >= observed
