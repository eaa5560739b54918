"""Indices of functions whose sensitivities are known."""

from __future__ import annotations

import numpy as np
import pytest

from floodline.foundation.errors import AnalysisError, CampaignError
from floodline.study.sensitivity import draw_shares, indices


def test_sobol_indices_of_a_sum_are_its_shares_of_variance() -> None:
    shares = draw_shares("sobol", 2, 256, 1)
    assert len(shares) == 256 * 4
    found = indices("sobol", ["a", "b"], shares, 3 * shares[:, 0] + shares[:, 1])
    assert found["first"].tolist() == pytest.approx([0.9, 0.1], abs=0.03)
    assert found["total"].tolist() == pytest.approx([0.9, 0.1], abs=0.03)


def test_sobols_total_index_counts_interactions_that_the_first_does_not() -> None:
    shares = draw_shares("sobol", 2, 512, 1)
    product = (shares[:, 0] - 0.5) * (shares[:, 1] - 0.5)
    found = indices("sobol", ["a", "b"], shares, product)
    assert found["first"].tolist() == pytest.approx([0, 0], abs=0.06)
    assert found["total"].tolist() == pytest.approx([1, 1], abs=0.1)


def test_morris_effects_of_a_sum_are_its_slopes_without_spread() -> None:
    shares = draw_shares("morris", 3, 10, 1)
    assert len(shares) == 10 * 4
    found = indices("morris", ["a", "b", "c"], shares, 3 * shares[:, 0] + shares[:, 1])
    assert found["mu_star"].tolist() == pytest.approx([3, 1, 0])
    assert found["sigma"].tolist() == pytest.approx([0, 0, 0], abs=1e-9)


def test_what_never_changes_has_nothing_to_explain() -> None:
    shares = draw_shares("morris", 2, 4, 1)
    with pytest.raises(AnalysisError, match="nothing to explain"):
        indices("morris", ["a", "b"], shares, np.full(len(shares), 7.0))


def test_sobol_takes_powers_of_two() -> None:
    with pytest.raises(CampaignError, match="power of two"):
        draw_shares("sobol", 2, 12, 1)
