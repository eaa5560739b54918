"""All executable transactions, account by account, with their totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from floodline.mempool.fairness import LargeAccounts
from floodline.mempool.sender_list import ExecutableRun
from floodline.mempool.transaction import PooledTransaction


class ExecutableRuns:
    """The executable transactions of all accounts.

    Parameters
    ----------
    guaranteed : int
        Executable transactions guaranteed to each account.

    Attributes
    ----------
    runs : dict of int to ExecutableRun
        By sender; no run is empty.
    count : int
        Executable transactions of all accounts.
    gas : int
        Sum of their gas limits.
    large : LargeAccounts
        Accounts with more than what is guaranteed.

    """

    __slots__ = ("_guaranteed", "count", "gas", "large", "runs")

    def __init__(self, guaranteed: int) -> None:
        self._guaranteed = guaranteed
        self.runs: dict[int, ExecutableRun] = {}
        self.count = 0
        self.gas = 0
        self.large = LargeAccounts(guaranteed)

    def at(self, sender: int, nonce: int) -> PooledTransaction | None:
        """Return an account's executable transaction with a nonce, or None."""
        run = self.runs.get(sender)
        return None if run is None else run.at(nonce)

    def of(self, sender: int) -> Sequence[PooledTransaction]:
        """Return an account's executable transactions in nonce order."""
        run = self.runs.get(sender)
        return () if run is None else run.transactions

    def append(self, tx: PooledTransaction) -> None:
        """Add a transaction: the first of its account, or the one after the last."""
        run = self.runs.get(tx.sender)
        if run is None:
            self.runs[tx.sender] = ExecutableRun(tx)
        else:
            run.append(tx)
            size = len(run.transactions)
            if size > self._guaranteed:
                self.large.resized(tx.sender, size - 1, size)
        self.count += 1
        self.gas += tx.gas_limit

    def put(self, tx: PooledTransaction) -> None:
        """Put a replacement where its nonce stands."""
        run = self.runs[tx.sender]
        old = run.put(tx)
        self.gas += tx.gas_limit - old.gas_limit

    def cut_from(self, sender: int, nonce: int) -> list[PooledTransaction]:
        """Take out an account's transaction with a nonce and all that follow."""
        run = self.runs[sender]
        return self._resized(sender, run, run.cut_from(nonce))

    def cut_below(self, sender: int, nonce: int) -> list[PooledTransaction]:
        """Take out an account's transactions with lower nonces."""
        run = self.runs.get(sender)
        if run is None or run.transactions[0].nonce >= nonce:
            return []
        return self._resized(sender, run, run.cut_below(nonce))

    def cut_unpayable(
        self, sender: int, nonce: int, balance: int, gas_limit: int
    ) -> tuple[list[PooledTransaction], list[PooledTransaction]]:
        """Take out what a balance or a block cannot bear, and what can no longer be executed.

        Parameters
        ----------
        sender, nonce, balance : int
            The account, and its nonce and balance (wei) now.
        gas_limit : int
            The block's.

        Returns
        -------
        tuple of two lists
            Those that by themselves cost more or use more gas than that; and the others that
            follow one of them, or all others if the run no longer begins at the nonce.

        """
        run = self.runs[sender]
        first = run.transactions[0].nonce
        unpayable = [tx for tx in run.transactions if tx.cost > balance or tx.gas_limit > gas_limit]
        if first <= nonce and not unpayable:
            return [], []
        cut = self.cut_from(sender, unpayable[0].nonce if first <= nonce else first)
        gone = {tx.tx_id for tx in unpayable}
        return unpayable, [tx for tx in cut if tx.tx_id not in gone]

    def _resized(
        self, sender: int, run: ExecutableRun, cut: list[PooledTransaction]
    ) -> list[PooledTransaction]:
        after = len(run.transactions)
        self.large.resized(sender, after + len(cut), after)
        self.count -= len(cut)
        for tx in cut:
            self.gas -= tx.gas_limit
        if not after:
            del self.runs[sender]
        return cut

    def __iter__(self) -> Iterator[PooledTransaction]:
        for run in self.runs.values():
            yield from run.transactions
