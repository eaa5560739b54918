"""An actor's desk: everything it can see and do, and nothing else.

The engine implements this; actors never touch the engine, the pool or the node. What a desk shows
is what the actor could know at that moment: blocks after their propagation, the true price, its own
transactions' fate.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from floodline.actors.fees import Fees, FeeView
from floodline.protocols.interface import Call, ProtocolAdapter


@dataclass(frozen=True, slots=True)
class Sender:
    """An externally owned account of an actor: its index in the run and its address."""

    index: int
    address: bytes


@dataclass(slots=True)
class Sent:
    """A transaction that an actor sent, as its wallet remembers it."""

    tx_id: int
    sender: int
    nonce: int
    call: Call
    fees: Fees
    created_us: int
    block_seen: int
    """Number of the last block that the actor had seen when it sent this."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a sent transaction: ``included``, ``reverted``, ``rejected``, ..."""

    state: str
    reason: str
    block: int
    gas_used: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that the contracts allow to be liquidated, at one block."""

    account: bytes
    market: str
    notional_usd: float
    equity_usd: float


@dataclass(frozen=True)
class BlockSeen:
    """A block as an actor sees it, once it has reached it."""

    number: int
    time_us: int
    base_fee: int
    next_base_fee: int
    gas_used: int
    gas_limit: int
    candidates: tuple[Candidate, ...] = field(default=())
    """Accounts liquidatable at this block, the largest notional first."""
    pool_count: int = 0
    """Executable transactions that the block left in the pool."""
    pool_gas: int = 0
    """Sum of their gas limits."""


@dataclass(frozen=True, slots=True)
class PendingSeen:
    """A public transaction that waits, as it reached an actor by gossip."""

    tx_id: int
    sender: int
    nonce: int
    call: Call
    fees: Fees
    seen_us: int
    """When it reached the actor."""


class Payload(ABC):
    """What a bulk transaction calls, made only when a block takes it."""

    @abstractmethod
    def call(self, index: int) -> Call:
        """Return the call of the batch's transaction number `index`."""


@dataclass(frozen=True)
class Batch:
    """Many transactions at once, as columns, in order of creation.

    Senders repeat; unless nonces are given they are the sender's pending nonce at arrival, as a
    wallet asks its node for it. Nothing is signed or encoded until a block takes a transaction.
    """

    created_us: npt.NDArray[np.int64]
    sender: npt.NDArray[np.int32]
    max_fee: npt.NDArray[np.int64]
    tip: npt.NDArray[np.int64]
    gas_limit: npt.NDArray[np.int64]
    size_bytes: int
    value: int
    """Wei that each one carries."""
    kind: str
    payload: Payload
    nonce: npt.NDArray[np.int64] | None = None
    """The nonce of each; where left out, the sender's next free one at arrival."""


class Desk(Protocol):
    """What the engine offers to one actor."""

    @property
    def now_us(self) -> int:
        """Virtual time."""

    @property
    def genesis_s(self) -> int:
        """Unix time of the campaign's genesis; block timestamps are this plus virtual seconds."""

    @property
    def end_us(self) -> int:
        """Virtual time of the last block."""

    @property
    def target_gas_per_s(self) -> float:
        """Gas that blocks hold a second at their target."""

    @property
    def protocol(self) -> ProtocolAdapter:
        """The protocol under test."""

    def stream(self, purpose: str) -> np.random.Generator:
        """Return the actor's own random stream for a purpose; ask once and keep it."""

    def senders(self) -> list[Sender]:
        """Return the actor's accounts."""

    def true_price_usd(self, market: str) -> float:
        """Return the true price now."""

    def chain_price_usd(self, market: str) -> float:
        """Return the price that the chain's feed carried at the last sealed block."""

    def fee_view(self) -> FeeView:
        """Return what a wallet sees of the fee market."""

    def pending(self, kind: str = "", subject: bytes = b"") -> list[PendingSeen]:
        """Return the public transactions of all actors that have reached this one and still wait.

        In order of creation, of one kind and about one subject where these are given. What was
        offered in bulk shows in `FeeView.pool_gas` only, and private transactions not at all.
        """

    def address_of(self, sender: int) -> bytes:
        """Return the address that a pending transaction's sender signs with."""

    def account_nonce(self, sender: int) -> int:
        """Return an account's nonce after the latest block."""

    def send(self, sender: int, call: Call, fees: Fees) -> Sent:
        """Create a transaction now, at the sender's next nonce; the network delivers it later."""

    def replace(self, sent: Sent, fees: Fees, call: Call | None = None) -> Sent:
        """Send another transaction at the same nonce; the pool decides whether it replaces."""

    def offer(self, batch: Batch) -> None:
        """Create many transactions at once."""

    def at(self, time_us: int, callback: Callable[[int], None]) -> None:
        """Call back at a virtual time."""

    def note_decision(self, account: bytes) -> None:
        """Say that a keeper has decided, now, to liquidate an account."""

    def note_update(self, market: str, price_e8: int) -> None:
        """Say that a publisher has created, now, an update that carries a price."""

    def load_contract(self, name: str) -> bytes:
        """Return the address of one of the load contracts (``StorageWriter``, ...)."""
