"""Shapley values and interactions on games whose answer is known."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodline.measure.shapley import coalitions, interactions, shapley_values

PLAYERS = ("oracle", "detection", "mempool")
WORTHS = st.lists(st.floats(-100, 100), min_size=8, max_size=8).map(
    lambda values: dict(zip(coalitions(PLAYERS), values, strict=True))
)


def test_two_players_split_what_they_make_together_as_in_the_worked_example() -> None:
    worth = dict(zip(coalitions(("a", "b")), (0.0, 1.0, 2.0, 9.0), strict=True))
    assert shapley_values(worth, ("a", "b")) == {"a": 4.0, "b": 5.0}
    assert interactions(worth, ("a", "b")) == {("a", "b"): 6.0}


@given(WORTHS)
def test_values_add_up_to_what_all_make_together(worth) -> None:
    values = shapley_values(worth, PLAYERS)
    total = worth[frozenset(PLAYERS)] - worth[frozenset()]
    assert sum(values.values()) == pytest.approx(total, abs=1e-9)


@given(WORTHS)
def test_a_value_is_the_mean_contribution_over_all_orders_of_joining(worth) -> None:
    orders = list(permutations(PLAYERS))
    expected = dict.fromkeys(PLAYERS, 0.0)
    for order in orders:
        joined: frozenset[str] = frozenset()
        for player in order:
            expected[player] += (worth[joined | {player}] - worth[joined]) / len(orders)
            joined |= {player}
    assert shapley_values(worth, PLAYERS) == pytest.approx(expected, abs=1e-9)


def test_legs_that_add_up_have_no_interaction_and_an_idle_leg_has_no_value() -> None:
    alone = {"oracle": 5.0, "detection": 0.0, "mempool": 2.0}
    worth = {joined: sum(alone[name] for name in joined) for joined in coalitions(PLAYERS)}
    assert shapley_values(worth, PLAYERS) == pytest.approx(alone)
    assert interactions(worth, PLAYERS) == pytest.approx(
        dict.fromkeys(interactions(worth, PLAYERS), 0.0)
    )
