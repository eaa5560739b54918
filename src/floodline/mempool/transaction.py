"""A transaction as the pool sees it: who, in what order, for how much, how large."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

SLOT_BYTES: Final = 32 * 1024
"""A larger transaction takes several of the pool's slots (geth's txSlotSize)."""
MINIMUM_GAS: Final = 21_000
"""What the cheapest transaction uses: a plain transfer."""


class Lane(IntEnum):
    """By which way a transaction goes to the builder."""

    PUBLIC = 0
    """Gossiped: everybody sees it while it waits."""
    PRIVATE = 1
    """Sent to the builder alone: nobody sees it before a block holds it."""

    @property
    def label(self) -> str:
        """The word used in tables and campaign files."""
        return self.name.lower()


class PooledTransaction:
    """An EIP-1559 transaction before it is signed or encoded.

    Parameters
    ----------
    tx_id : int
        Its row in the ledger of transactions; unique in a run.
    sender : int
        Index of the sending account.
    nonce : int
        The sender's nonce.
    max_fee, tip : int
        Fee cap and priority fee, wei per gas.
    gas_limit : int
        Gas it may use.
    value : int
        Wei it carries.
    size_bytes : int
        Length of its encoding.
    arrived_us : int
        When it reached the builder, virtual microseconds.
    order : int
        Arrival sequence number, unique; decides between equals, first seen first.
    call_kind : int
        Index of the kind of call, by which gas use is predicted.
    minimum_gas : int
        The least gas limit with which it is valid, from `chain.feemarket.minimum_gas_limit`.
    lane : Lane
        By which way it came.

    Attributes
    ----------
    cost : int
        The most it can take from the sender in wei, ``value + gas_limit * max_fee``: a transfer of
        5 wei with 21,000 gas at 2 wei costs 42,005.
    slots : int
        Pool slots it takes, one for each started 32 KiB: 32,769 bytes take two.

    """

    __slots__ = (
        "arrived_us",
        "call_kind",
        "cost",
        "gas_limit",
        "lane",
        "max_fee",
        "minimum_gas",
        "nonce",
        "order",
        "sender",
        "size_bytes",
        "slots",
        "tip",
        "tx_id",
        "value",
    )

    def __init__(
        self,
        tx_id: int,
        sender: int,
        nonce: int,
        max_fee: int,
        tip: int,
        gas_limit: int,
        value: int = 0,
        size_bytes: int = 120,
        arrived_us: int = 0,
        order: int = 0,
        call_kind: int = 0,
        minimum_gas: int = MINIMUM_GAS,
        *,
        lane: Lane = Lane.PUBLIC,
    ) -> None:
        self.tx_id = tx_id
        self.sender = sender
        self.nonce = nonce
        self.max_fee = max_fee
        self.tip = tip
        self.gas_limit = gas_limit
        self.value = value
        self.size_bytes = size_bytes
        self.arrived_us = arrived_us
        self.order = order
        self.call_kind = call_kind
        self.minimum_gas = minimum_gas
        self.lane = lane
        self.cost = value + gas_limit * max_fee
        self.slots = (size_bytes + SLOT_BYTES - 1) // SLOT_BYTES

    def effective_tip(self, base_fee: int) -> int:
        """Return what the builder earns per gas at a base fee; negative below it.

        ``min(tip, max_fee - base_fee)`` (EIP-1559): cap 30, tip 2 earns 2 at base fee 20, 1 at 29
        and -10 at 40 (all gwei).
        """
        return min(self.tip, self.max_fee - base_fee)

    def __repr__(self) -> str:
        return (
            f"PooledTransaction(tx_id={self.tx_id}, sender={self.sender}, nonce={self.nonce}, "
            f"max_fee={self.max_fee}, tip={self.tip}, gas_limit={self.gas_limit})"
        )
