"""A node's words for refusing a transaction, in the pool's own terms."""

from __future__ import annotations

from typing import Final

from floodline.mempool.states import Reason

_WORDS: Final = (
    ("already known", Reason.ALREADY_KNOWN),
    ("already imported", Reason.ALREADY_KNOWN),
    ("known transaction", Reason.ALREADY_KNOWN),
    ("oversized data", Reason.OVERSIZED),
    ("transaction gas limit too high", Reason.GAS_ABOVE_TRANSACTION_CAP),
    ("greater than the cap", Reason.GAS_ABOVE_TRANSACTION_CAP),
    ("transaction gas limit cap", Reason.GAS_ABOVE_TRANSACTION_CAP),
    ("exceeds transaction gas cap", Reason.GAS_ABOVE_TRANSACTION_CAP),
    ("exceeds block gas limit", Reason.GAS_ABOVE_BLOCK_LIMIT),
    ("exceeds block gas limit of", Reason.GAS_ABOVE_BLOCK_LIMIT),
    ("intrinsic gas too high", Reason.GAS_ABOVE_BLOCK_LIMIT),
    ("higher than max fee per gas", Reason.TIP_ABOVE_MAX_FEE),
    ("bigger than maxfeepergas", Reason.TIP_ABOVE_MAX_FEE),
    ("intrinsic gas too low", Reason.INTRINSIC_GAS),
    ("floor data gas", Reason.INTRINSIC_GAS),
    ("requires at least", Reason.INTRINSIC_GAS),
    ("gas price below minimum", Reason.TIP_BELOW_MINIMUM),
    ("gas tip cap", Reason.TIP_BELOW_MINIMUM),
    ("nonce too low", Reason.NONCE_TOO_LOW),
    ("insufficient funds", Reason.INSUFFICIENT_FUNDS),
    ("doesn't have enough funds", Reason.INSUFFICIENT_FUNDS),
    ("replacement transaction underpriced", Reason.REPLACEMENT_UNDERPRICED),
    ("replacement fee too low", Reason.REPLACEMENT_UNDERPRICED),
    ("future transaction tries to replace pending", Reason.GAPPED_WOULD_EVICT_EXECUTABLE),
    ("txpool is full", Reason.POOL_OVERFLOW),
    ("less than block base fee", Reason.BELOW_BASE_FEE),
    ("transaction underpriced", Reason.UNDERPRICED),
)
"""Substrings of the messages of geth 1.16, Anvil 1.7 and Hardhat 2 and 3, lower case; the first
that fits counts."""


def reason_of(message: str) -> Reason:
    """Return why a node refused a transaction, `Reason.OTHER` where its words are new.

    Examples
    --------
    >>> reason_of("nonce too low: next nonce 4, tx nonce 3").label
    'nonce_too_low'

    """
    lower = message.lower()
    for words, reason in _WORDS:
        if words in lower:
            return reason
    return Reason.OTHER
