"""What is left to choose from while a block is being filled."""

from __future__ import annotations

from collections.abc import Callable

from floodline.mempool.pool import TransactionPool
from floodline.mempool.transaction import PooledTransaction

Admits = Callable[[PooledTransaction], bool]


class OpenRuns:
    """Each account's executable transactions from the first that the block does not hold yet.

    Parameters
    ----------
    pool : TransactionPool
        Not changed.
    taken : dict of int to int
        Next nonce of each account of which the block holds something; shared by all who fill it.
    admits : callable, optional
        An account's run ends before its first transaction that is not admitted; all are by default.

    """

    __slots__ = ("_admits", "_pool", "_taken")

    def __init__(
        self, pool: TransactionPool, taken: dict[int, int], admits: Admits | None = None
    ) -> None:
        self._pool = pool
        self._taken = taken
        self._admits = admits

    def heads(self) -> list[PooledTransaction]:
        """Return each account's next transaction, in a deterministic order."""
        heads = self._pool.heads()
        taken, admits = self._taken, self._admits
        if taken:
            left = (self._at(tx, taken[tx.sender]) if tx.sender in taken else tx for tx in heads)
            heads = [tx for tx in left if tx is not None]
        return heads if admits is None else [tx for tx in heads if admits(tx)]

    def _at(self, first: PooledTransaction, nonce: int) -> PooledTransaction | None:
        run = self._pool.pending_of(first.sender)
        index = nonce - first.nonce
        return run[index] if 0 <= index < len(run) else None

    def successor(self, tx: PooledTransaction) -> PooledTransaction | None:
        """Return what follows a transaction in its account's run, if it is admitted."""
        run = self._pool.pending_of(tx.sender)
        following = self._at(run[0], tx.nonce + 1)
        if following is None or (self._admits is not None and not self._admits(following)):
            return None
        return following
