"""How a transaction ends, and why: every one offered ends in exactly one state."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class TxState(IntEnum):
    """The state that a transaction ends in; the counts add up to the number offered."""

    PENDING = 0
    """Still in the pool, or on its way to it, when the run ended."""
    INCLUDED = 1
    """In a block, and it succeeded."""
    REVERTED = 2
    """In a block, paid for, and it failed."""
    REPLACED = 3
    """Its sender put a dearer transaction with the same nonce in its place."""
    EVICTED = 4
    """The pool threw it out after it had been accepted."""
    REJECTED = 5
    """The pool never accepted it."""
    EXPIRED = 6
    """It waited behind a nonce gap for longer than the pool's lifetime."""
    DROPPED = 7
    """Its nonce was used up by another transaction, or it got lost on its way."""

    @property
    def label(self) -> str:
        """The word used in tables."""
        return self.name.lower()


class Reason(IntEnum):
    """Why the pool refused a transaction or let it go."""

    NONE = 0
    """No reason is needed: included, reverted, or still pending."""
    ALREADY_KNOWN = 1
    """The same transaction is in the pool already (a duplicated message)."""
    OVERSIZED = 2
    """Larger than 128 KiB."""
    GAS_ABOVE_TRANSACTION_CAP = 3
    """Gas limit above 16,777,216 (EIP-7825)."""
    NEGATIVE_VALUE = 4
    """Negative value."""
    GAS_ABOVE_BLOCK_LIMIT = 5
    """Gas limit above the block's."""
    FEE_TOO_LARGE = 6
    """A fee field that does not fit into 256 bits."""
    TIP_ABOVE_MAX_FEE = 7
    """Priority fee above the fee cap."""
    INTRINSIC_GAS = 8
    """Gas limit below what its data alone costs (EIP-7623 floor included)."""
    TIP_BELOW_MINIMUM = 9
    """Priority fee below the pool's price limit."""
    NONCE_TOO_LOW = 10
    """The account had used the nonce before it arrived."""
    INSUFFICIENT_FUNDS = 11
    """The balance does not cover it, alone or with the account's other executable ones."""
    UNDERPRICED = 12
    """The pool is full and it is the worst: refused on arrival, or evicted for a better one."""
    POOL_OVERFLOW = 13
    """The pool is full and may not be changed further now, or no room could be made."""
    GAPPED_WOULD_EVICT_EXECUTABLE = 14
    """It sits behind a nonce gap and could only enter by pushing out an executable one."""
    REPLACEMENT_UNDERPRICED = 15
    """The nonce is taken and the price bump on both fee fields was not met."""
    OUTBID = 16
    """Replaced by its own sender."""
    GLOBAL_SLOTS = 17
    """Trimmed: too many executable transactions, and its account holds the most."""
    ACCOUNT_QUEUE = 18
    """Trimmed: too many gapped transactions of its account."""
    GLOBAL_QUEUE = 19
    """Trimmed: too many gapped transactions in all, and its account was silent the longest."""
    LIFETIME = 20
    """Gapped for longer than the lifetime."""
    NONCE_PASSED = 21
    """A block used its nonce for another transaction."""
    LOST_ON_THE_WAY = 22
    """It never reached the builder, and its sender was not told."""
    BELOW_BASE_FEE = 23
    """Fee cap below the base fee, and a node (Anvil) that does not let such ones wait."""
    OTHER = 24
    """A node refused it in words that say none of the above."""
    LOST_BY_NODE = 25
    """A node had accepted it and no longer knows it, without having included it."""
    GENERATOR_LATE = 26
    """The load generator could not send it near its time: the limit was on this side."""
    NODE_UNREACHABLE = 27
    """The node did not take it over: it was down, restarting, or did not answer in time."""
    SHED = 28
    """The gateway turned it away: the pool was deep, and it was not essential."""

    @property
    def label(self) -> str:
        """The word used in tables; empty where no reason is needed."""
        return "" if self is Reason.NONE else self.name.lower()


class Departure(NamedTuple):
    """A pooled transaction that left the pool other than by inclusion.

    Attributes
    ----------
    tx_id : int
        Who left.
    state : TxState
        `REPLACED`, `EVICTED`, `EXPIRED` or `DROPPED`.
    reason : Reason
        Why.
    other_tx_id : int
        The transaction that took its place or pushed it out; -1 where there is none.

    """

    tx_id: int
    state: TxState
    reason: Reason
    other_tx_id: int = -1
