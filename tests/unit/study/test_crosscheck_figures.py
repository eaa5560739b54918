"""The figures of the cross-check: the interval of one more seed, the distance of distributions."""

import numpy as np
import pytest

from floodline.foundation.errors import CampaignError
from floodline.study.crosscheck import Comparison, CrossCheck, distance, seed_interval


def test_the_interval_is_students_for_one_more_seed():
    low, high = seed_interval([1.0, 2.0, 3.0])
    assert (low + high) / 2 == pytest.approx(2.0)
    assert (high - low) / 2 == pytest.approx(4.302652729911275 * np.sqrt(4 / 3))


def test_one_seed_has_no_interval():
    with pytest.raises(CampaignError, match="one seed has no seed-to-seed interval"):
        seed_interval([1.0])


def test_the_distance_is_the_largest_gap_between_the_distribution_functions():
    assert distance(np.array([1.0, 2.0]), np.array([1.0, 2.0])) == 0
    assert distance(np.array([1.0, 2.0]), np.array([3.0, 4.0])) == 1
    assert distance(np.array([1.0, 2.0]), np.array([2.0, 3.0])) == 0.5
    assert distance(np.array([]), np.array([1.0])) == 1


def test_one_figure_outside_its_interval_or_one_other_verdict_is_a_disagreement():
    good = Comparison("bad debt", 1, 1.1, 0.5, 1.5, agrees=True)
    bad = Comparison("bad debt", 1, 2, 0.5, 1.5, agrees=False)
    assert CrossCheck((1, 2), (good,), ((True, True), (False, False))).agrees
    assert not CrossCheck((1, 2), (good, bad), ((True, True), (False, False))).agrees
    assert not CrossCheck((1, 2), (good,), ((True, True), (False, True))).agrees
