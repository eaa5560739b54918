"""Curves of survival, from the first moment to the last that was seen."""

from __future__ import annotations

import numpy as np
import pytest

from floodline.report.figures.liquidations import kaplan_meier_curve


def test_where_nobody_was_liquidated_the_curve_stays_up_to_the_end() -> None:
    curve = kaplan_meier_curve(np.array([30.0, 90.0]), np.array([False, False]))
    assert curve.to_numpy().tolist() == [[0, 1], [90, 1]]


def test_a_spell_that_outlasts_all_liquidations_carries_the_curve_on() -> None:
    curve = kaplan_meier_curve(np.array([10.0, 20.0, 50.0]), np.array([True, True, False]))
    assert curve["seconds"].tolist() == [0, 10, 20, 50]
    assert curve["share"].tolist() == pytest.approx([1, 2 / 3, 1 / 3, 1 / 3])


def test_a_curve_that_comes_down_to_nothing_ends_there() -> None:
    curve = kaplan_meier_curve(np.array([10.0, 20.0]), np.array([True, True]))
    assert curve.to_numpy().tolist() == [[0, 1], [10, 0.5], [20, 0]]
