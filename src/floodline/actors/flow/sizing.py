"""How much to trade: the size that earns most, or the largest that a condition allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_STEPS: Final = 48


def best_size(profit: Callable[[float], float], most: float) -> float:
    """Return the size in [0, most] with the largest profit, for a profit that rises, then falls.

    By thirds: with ``profit(x) = x (4 - x)`` and 10 at most it is 2.
    """
    low, high = 0.0, most
    for _ in range(_STEPS):
        third = (high - low) / 3
        if profit(low + third) < profit(high - third):
            low += third
        else:
            high -= third
    return (low + high) / 2


def largest(allowed: Callable[[float], bool], most: float) -> float:
    """Return the largest size in [0, most] that is allowed, where smaller ones are too.

    By halves: for ``x < 3`` and 10 at most it is 3, to twelve decimals.
    """
    if allowed(most):
        return most
    low, high = 0.0, most
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if allowed(middle) else (low, middle)
    return low
