"""One account's transactions in nonce order: the executable run, and those behind a gap."""

from __future__ import annotations

from floodline.mempool.transaction import PooledTransaction


class ExecutableRun:
    """An account's executable transactions: consecutive nonces, so a nonce is an index.

    Attributes
    ----------
    transactions : list of PooledTransaction
        In nonce order; never empty while the pool holds the run.
    total_cost : int
        Wei that all of them can take from the account together.

    """

    __slots__ = ("total_cost", "transactions")

    def __init__(self, first: PooledTransaction) -> None:
        self.transactions = [first]
        self.total_cost = first.cost

    def at(self, nonce: int) -> PooledTransaction | None:
        """Return the transaction with a nonce, or None."""
        transactions = self.transactions
        index = nonce - transactions[0].nonce
        return transactions[index] if 0 <= index < len(transactions) else None

    def append(self, tx: PooledTransaction) -> None:
        """Add the transaction that follows the last."""
        self.transactions.append(tx)
        self.total_cost += tx.cost

    def put(self, tx: PooledTransaction) -> PooledTransaction:
        """Put a replacement where its nonce stands; return the one it replaces."""
        index = tx.nonce - self.transactions[0].nonce
        old = self.transactions[index]
        self.transactions[index] = tx
        self.total_cost += tx.cost - old.cost
        return old

    def cut_from(self, nonce: int) -> list[PooledTransaction]:
        """Take out the transaction with a nonce and all that follow, and return them."""
        index = max(nonce - self.transactions[0].nonce, 0)
        tail = self.transactions[index:]
        del self.transactions[index:]
        self._deduct(tail)
        return tail

    def cut_below(self, nonce: int) -> list[PooledTransaction]:
        """Take out every transaction with a lower nonce, and return them."""
        count = max(nonce - self.transactions[0].nonce, 0)
        passed = self.transactions[:count]
        del self.transactions[:count]
        self._deduct(passed)
        return passed

    def _deduct(self, removed: list[PooledTransaction]) -> None:
        for tx in removed:
            self.total_cost -= tx.cost


class GappedSet:
    """An account's transactions that wait behind a nonce gap, by nonce."""

    __slots__ = ("by_nonce",)

    def __init__(self) -> None:
        self.by_nonce: dict[int, PooledTransaction] = {}

    def in_order(self) -> list[PooledTransaction]:
        """Return the transactions by rising nonce."""
        by_nonce = self.by_nonce
        return [by_nonce[nonce] for nonce in sorted(by_nonce)]

    def take_below(self, nonce: int) -> list[PooledTransaction]:
        """Take out every transaction with a lower nonce."""
        low = sorted(held for held in self.by_nonce if held < nonce)
        return [self.by_nonce.pop(held) for held in low]

    def take_unpayable(self, balance: int, gas_limit: int) -> list[PooledTransaction]:
        """Take out those that cost more than a balance (wei) or exceed a block gas limit."""
        unpayable = [tx for tx in self.in_order() if tx.cost > balance or tx.gas_limit > gas_limit]
        for tx in unpayable:
            del self.by_nonce[tx.nonce]
        return unpayable

    def take_ready(self, start: int) -> list[PooledTransaction]:
        """Take out the consecutive run that has become executable at nonce `start`, if any."""
        by_nonce = self.by_nonce
        if not by_nonce:
            return []
        nonce = min(by_nonce)
        ready: list[PooledTransaction] = []
        if nonce > start:
            return ready
        while nonce in by_nonce:
            ready.append(by_nonce.pop(nonce))
            nonce += 1
        return ready

    def take_above(self, count: int) -> list[PooledTransaction]:
        """Take out the highest nonces until at most `count` are left."""
        surplus = len(self.by_nonce) - count
        if surplus <= 0:
            return []
        highest = sorted(self.by_nonce, reverse=True)[:surplus]
        return [self.by_nonce.pop(nonce) for nonce in highest]
