"""A few ranks make up most of the draws, as Zipf's law says."""

import numpy as np
import pytest
from scipy import stats

from floodline.foundation.zipf import Zipf


def test_the_probabilities_are_those_of_the_worked_example():
    assert Zipf(3, 1).probabilities == pytest.approx([6 / 11, 3 / 11, 2 / 11])


@pytest.mark.parametrize("skew", [0.0, 0.7, 1.5])
def test_ranks_are_drawn_with_their_probabilities(skew):
    law = Zipf(12, skew)
    drawn = np.bincount(law.sample(np.random.default_rng(2), 60_000), minlength=12)
    assert stats.chisquare(drawn, law.probabilities * 60_000).pvalue > 1e-3
