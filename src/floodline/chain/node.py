"""What the engine asks of an Ethereum node, and the plain data that it answers with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from floodline.chain.rpc import RpcFailure


@dataclass(frozen=True)
class SealedBlock:
    """A block as the node built it.

    Attributes
    ----------
    number : int
        Height; the genesis is 0.
    timestamp : int
        Seconds since 1970, as contracts see it.
    base_fee : int
        Wei per gas.
    gas_used, gas_limit : int
        Gas.
    transaction_hashes : tuple of bytes
        In the order of execution.

    """

    number: int
    timestamp: int
    base_fee: int
    gas_used: int
    gas_limit: int
    transaction_hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Log:
    """One event that a contract emitted.

    Attributes
    ----------
    address : bytes
        The contract, 20 bytes.
    topics : tuple of bytes
        The event's selector and its indexed arguments, 32 bytes each.
    data : bytes
        The other arguments, ABI-encoded.
    tx_hash : bytes
        The transaction that caused it.
    tx_index, log_index : int
        Places in the block.

    """

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes
    tx_hash: bytes
    tx_index: int
    log_index: int


@dataclass(frozen=True)
class Receipt:
    """What became of an included transaction.

    Attributes
    ----------
    tx_hash : bytes
        Hash of the signed transaction.
    index : int
        Place in the block.
    status : int
        1 if it succeeded, 0 if it reverted or ran out of gas.
    gas_used : int
        Gas, refunds deducted.
    effective_price : int
        Wei paid per gas, base fee and tip.
    logs : tuple of Log
        Events in the order of emission.
    contract_address : bytes or None
        The contract that the transaction created.

    """

    tx_hash: bytes
    index: int
    status: int
    gas_used: int
    effective_price: int
    logs: tuple[Log, ...]
    contract_address: bytes | None = None


class ReadingNode(Protocol):
    """A chain that can be looked at."""

    @property
    def chain_id(self) -> int:
        """The chain's id, signed into every transaction."""

    def block(self, number: int | None = None) -> SealedBlock:
        """Return a block that was sealed before, the newest by default."""

    def receipts(self, number: int) -> list[Receipt]:
        """Return the receipts of a whole block, in its order."""

    def receipts_for(self, tx_hashes: Sequence[bytes]) -> list[Receipt]:
        """Return the receipts of some included transactions, in the order asked for."""

    def logs(self, number: int, addresses: Sequence[bytes] = ()) -> list[Log]:
        """Return the events of a block, in order; of some contracts only, where any are named."""

    def call(self, to: bytes, data: bytes) -> bytes:
        """Execute a call on the newest state without changing it."""

    def call_many(
        self, calls: Sequence[tuple[bytes, bytes]], sender: bytes = b""
    ) -> list[bytes | RpcFailure]:
        """Execute many independent calls on the newest state, from an account; results in order."""

    def revert_data(self, tx_hash: bytes) -> bytes:
        """Return what a failed transaction reverted with; empty if it ran out of gas."""

    def balance(self, address: bytes) -> int:
        """Return an account's balance in wei."""


class Node(ReadingNode, Protocol):
    """A chain that takes transactions in a given order and seals blocks when it is told to.

    Nothing here says how many chains a campaign has, nor how many nodes hold one.
    """

    def submit_ordered(self, raws: Iterable[bytes]) -> list[bytes | RpcFailure]:
        """Hand over signed transactions to be executed in this order."""

    def seal(self, timestamp: int) -> SealedBlock:
        """Build the next block from what was handed over."""

    def set_balances(self, balances: Sequence[tuple[bytes, int]]) -> None:
        """Give accounts their balances in wei, as a genesis would."""

    def drop_all(self) -> None:
        """Forget every transaction that no block holds."""

    def snapshot(self) -> str:
        """Remember the state and return its name."""

    def revert(self, snapshot: str) -> None:
        """Return to a remembered state, which is then forgotten."""

    def close(self) -> None:
        """Let go of the node."""
