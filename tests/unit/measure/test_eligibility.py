"""First eligible block, against a search written out."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from floodline.measure.eligibility import first_eligible


def positions(arrivals, caps, times, fees):
    arrays = [np.array(values, dtype=np.int64) for values in (arrivals, caps, times, fees)]
    return first_eligible(*arrays).tolist()


def test_block_sealed_at_the_moment_of_arrival_is_eligible():
    assert positions([12], [10], [12, 24], [10, 10]) == [0]


def test_blocks_dearer_than_the_cap_are_passed_over():
    assert positions([13, 13, 13], [11, 12, 8], [12, 24, 36], [10, 12, 9]) == [2, 1, -1]


def test_transaction_that_never_arrived_has_none():
    assert positions([-1], [10**9], [12], [1]) == [-1]


def test_without_blocks_there_is_none():
    assert positions([5, -1], [10, 10], [], []) == [-1, -1]


@given(
    st.lists(st.integers(1, 20), max_size=20),
    st.lists(st.tuples(st.integers(-1, 250), st.integers(0, 21)), max_size=30),
)
def test_search_over_minima_finds_what_a_plain_search_finds(fees, pairs):
    times = [12 * (number + 1) for number in range(len(fees))]
    expected = [
        next(
            (
                place
                for place, (time, fee) in enumerate(zip(times, fees, strict=True))
                if arrival >= 0 and time >= arrival and fee <= cap
            ),
            -1,
        )
        for arrival, cap in pairs
    ]
    arrivals, caps = [one for one, _ in pairs], [one for _, one in pairs]
    assert positions(arrivals, caps, times, fees) == expected
