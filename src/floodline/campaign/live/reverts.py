"""Reasons of reverts, asked for beside the schedule and not in its way."""

from __future__ import annotations

from collections.abc import Sequence

from floodline.chain.node import Log, ReadingNode, Receipt, SealedBlock
from floodline.chain.rpc import RpcFailure


class ForeseenReverts:
    """A node whose slow answers, why a transaction reverted, are fetched in another thread first.

    Parameters
    ----------
    node : ReadingNode
        The node.

    """

    def __init__(self, node: ReadingNode) -> None:
        self._node = node
        self._known: dict[bytes, bytes] = {}

    def foresee(self, tx_hash: bytes) -> None:
        """Fetch what a transaction reverted with."""
        self._known[tx_hash] = self._node.revert_data(tx_hash)

    def revert_data(self, tx_hash: bytes) -> bytes:
        """Return what a failed transaction reverted with; empty if it ran out of gas."""
        known = self._known.pop(tx_hash, None)
        return self._node.revert_data(tx_hash) if known is None else known

    @property
    def chain_id(self) -> int:
        """The chain's id."""
        return self._node.chain_id

    def block(self, number: int | None = None) -> SealedBlock:
        """Return a block that was sealed before, the newest by default."""
        return self._node.block(number)

    def receipts(self, number: int) -> list[Receipt]:
        """Return the receipts of a whole block, in its order."""
        return self._node.receipts(number)

    def receipts_for(self, tx_hashes: Sequence[bytes]) -> list[Receipt]:
        """Return the receipts of some included transactions, in the order asked for."""
        return self._node.receipts_for(tx_hashes)

    def logs(self, number: int, addresses: Sequence[bytes] = ()) -> list[Log]:
        """Return the events of a block, in order; of some contracts only, where any are named."""
        return self._node.logs(number, addresses)

    def call(self, to: bytes, data: bytes) -> bytes:
        """Execute a call on the newest state without changing it."""
        return self._node.call(to, data)

    def call_many(
        self, calls: Sequence[tuple[bytes, bytes]], sender: bytes = b""
    ) -> list[bytes | RpcFailure]:
        """Execute many independent calls on the newest state, from an account."""
        return self._node.call_many(calls, sender)

    def balance(self, address: bytes) -> int:
        """Return an account's balance in wei."""
        return self._node.balance(address)
