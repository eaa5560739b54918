"""Bids that put a transaction right before or right after another one of the public pool."""

from __future__ import annotations

from floodline.actors.fees import Fees


def effective_tip(fees: Fees, base_fee: int) -> int:
    """Return what a bid leaves the builder at a base fee, wei a gas: ``min(tip, cap - base)``.

    A cap of 30 gwei with a tip of 2 leaves 2 at a base fee of 20, 1 at 29, and less than nothing
    at 31, where it cannot be included.
    """
    return min(fees.tip, fees.max_fee - base_fee)


def just_before(fees: Fees, base_fee: int) -> Fees:
    """Return the least bid that stands before another: one wei a gas more."""
    tip = effective_tip(fees, base_fee) + 1
    return Fees(2 * base_fee + tip, tip)


def just_after(fees: Fees, base_fee: int) -> Fees:
    """Return the largest bid that stands behind another: one wei a gas less."""
    tip = max(effective_tip(fees, base_fee) - 1, 1)
    return Fees(2 * base_fee + tip, tip)


def can_follow(fees: Fees, base_fee: int) -> bool:
    """Whether there is room for a bid behind another that the next block may take."""
    return effective_tip(fees, base_fee) >= 2
