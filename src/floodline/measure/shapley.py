"""Shapley values: what each of several causes contributes, when they do not simply add up.

For a game of n players with worth v(S), a player's value is its mean contribution over all orders
of joining (Shapley, Contributions to the Theory of Games II, 1953); the interaction index of a pair
is the mean of what both do together beyond what each does alone (Grabisch and Roubens,
International Journal of Game Theory 28, 1999).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import factorial

Coalition = frozenset[str]


def coalitions(players: Sequence[str]) -> list[Coalition]:
    """Return every subset of the players, smaller ones first, in the players' order."""
    return [
        frozenset(chosen)
        for size in range(len(players) + 1)
        for chosen in combinations(players, size)
    ]


def shapley_values(worth: Mapping[Coalition, float], players: Sequence[str]) -> dict[str, float]:
    """Return each player's value; they add up to the worth of all less the worth of none.

    Worths 0 for none, 1 for a, 2 for b, 9 for both: a is worth (1 + 7) / 2 = 4, b (2 + 8) / 2 = 5.

    Parameters
    ----------
    worth : Mapping
        Of every subset.
    players : sequence of str
        Their names.

    """
    count = len(players)
    found = {}
    for player in players:
        others = [other for other in players if other != player]
        found[player] = sum(
            factorial(len(joined))
            * factorial(count - len(joined) - 1)
            / factorial(count)
            * (worth[joined | {player}] - worth[joined])
            for joined in coalitions(others)
        )
    return found


def interactions(
    worth: Mapping[Coalition, float], players: Sequence[str]
) -> dict[tuple[str, str], float]:
    """Return the interaction index of each pair: above 0 both together do more than their sum.

    Worths 0 for none, 1 for a, 2 for b, 9 for both: the pair's index is 9 - 1 - 2 + 0 = 6.
    """
    count = len(players)
    found = {}
    for one, other in combinations(players, 2):
        rest = [player for player in players if player not in {one, other}]
        found[one, other] = sum(
            factorial(len(joined))
            * factorial(count - len(joined) - 2)
            / factorial(count - 1)
            * (
                worth[joined | {one, other}]
                - worth[joined | {one}]
                - worth[joined | {other}]
                + worth[joined]
            )
            for joined in coalitions(rest)
        )
    return found
