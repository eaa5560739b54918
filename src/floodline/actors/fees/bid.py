"""A bid: what a transaction offers for its place, and by which lane it goes to the builder."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from floodline.mempool.transaction import Lane

PRICE_BUMP_PERCENT: Final = 10
"""Both fee fields of a replacement must rise by this much (geth's default)."""


@dataclass(frozen=True, slots=True)
class Fees:
    """A type-2 transaction's bid, in wei a gas, and its lane."""

    max_fee: int
    tip: int
    lane: Lane = Lane.PUBLIC


def legal_bump(fees: Fees, factor: float) -> Fees:
    """Return fees raised by a factor, and by no less than a legal replacement needs.

    Both fields must rise, and reach ``old * 110 // 100`` at least: (100, 10) times 1.05 becomes
    (110, 11), times 1.5 becomes (150, 15).
    """

    def raised(old: int) -> int:
        return max(math.ceil(old * factor), -(-old * (100 + PRICE_BUMP_PERCENT) // 100), old + 1)

    return Fees(raised(fees.max_fee), raised(fees.tip), fees.lane)


def is_legal_replacement(old: Fees, new: Fees) -> bool:
    """Return whether geth's pool would let the new bid take the old one's place.

    From (100, 10) to (110, 11) it would, to (110, 10) it would not.
    """
    return all(
        after > before and after >= before * (100 + PRICE_BUMP_PERCENT) // 100
        for before, after in ((old.max_fee, new.max_fee), (old.tip, new.tip))
    )
