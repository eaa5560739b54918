"""Reverts as the tables name them."""

from __future__ import annotations


def reason_label(words: str) -> str:
    """Return a revert's name without its arguments; a reason string or a panic as it is.

    Examples
    --------
    >>> reason_label("NotLiquidatable(0x12, 3)"), reason_label("Error(position is healthy)")
    ('NotLiquidatable', 'position is healthy')

    """
    name, _, rest = words.partition("(")
    if name == "Error":
        return rest.removesuffix(")")
    return words if name == "Panic" else name
