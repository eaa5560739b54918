"""Filling one block with gas: what fits, by expected and by least plausible use."""

from __future__ import annotations

from typing import Final

from floodline.mempool.builder import BlockPlan, Predict
from floodline.mempool.ordering import HeadQueue
from floodline.mempool.transaction import MINIMUM_GAS, PooledTransaction

BLOCK_BYTES: Final = 8 * 1024 * 1024 - 1_000_000
"""geth stops filling a block here: 8 MiB (EIP-7934) less a margin of a million bytes."""


class _GasLeft:
    """The gas left in a block if transactions use a given amount, and whom it skipped."""

    __slots__ = ("_skipped", "gas")

    def __init__(self, gas_limit: int) -> None:
        self.gas = gas_limit
        self._skipped: set[int] = set()

    def admits(self, tx: PooledTransaction) -> bool:
        """Return whether the gas limit fits; an account of which one did not is skipped."""
        if tx.sender in self._skipped:
            return False
        if tx.gas_limit <= self.gas:
            return True
        self._skipped.add(tx.sender)
        return False


class Filling:
    """One block being filled, in one pass or in several.

    A transaction whose gas limit exceeds the gas left makes its whole account be skipped for the
    rest of the pass. What is taken from the gas left is the gas *used*; below 21,000 left, or near
    8 MiB, the block is done.

    Gas used is known only after the node executed, so the block is filled twice at once: with what
    each transaction is expected to use, and with the least it plausibly uses. The plan holds what
    either filling admits. The node, which skips what does not fit and goes on, then decides:
    exactly as geth would if all use what was expected or all use the least, and nearly so in
    between. `BlockPlan.predicted_gas` is of the expected filling.

    Parameters
    ----------
    gas_limit : int
        The block's.
    predict : callable
        Tells a transaction's expected and least plausible gas use.

    Attributes
    ----------
    taken : dict of int to int
        Next nonce of each account of which the block holds something.

    Notes
    -----
    With a limit of 100,000 and calls that have a gas limit of 60,000, are expected to use 50,000
    and use 30,000 at least: one is expected to fit (50,000 are left), two fit at least use (40,000
    are left after them), so two are offered and 50,000 is predicted.

    """

    def __init__(self, gas_limit: int, predict: Predict) -> None:
        self.taken: dict[int, int] = {}
        self._gas_limit = gas_limit
        self._predict = predict
        self._expected_used = 0
        self._least_used = 0
        self._plan: list[PooledTransaction] = []
        self._size = 0

    def take_from(self, queue: HeadQueue, budget: int | None = None) -> None:
        """Take what fits, in the queue's order.

        Parameters
        ----------
        queue : HeadQueue
            Account heads in the order in which they are looked at.
        budget : int, optional
            Gas that this pass may use at most; all that is left by default.

        """
        most = self._gas_limit if budget is None else budget
        expected = _GasLeft(min(self._gas_limit - self._expected_used, most))
        least = _GasLeft(min(self._gas_limit - self._least_used, most))
        while max(expected.gas, least.gas) >= MINIMUM_GAS:
            tx = queue.take()
            if tx is None:
                break
            fits_expected, fits_least = expected.admits(tx), least.admits(tx)
            if not (fits_expected or fits_least):
                continue
            if self._size + tx.size_bytes >= BLOCK_BYTES:
                break
            self._size += tx.size_bytes
            expected_use, least_use = self._predict(tx)
            if fits_expected:
                used = min(expected_use, tx.gas_limit)
                expected.gas -= used
                self._expected_used += used
            if fits_least:
                used = min(least_use, tx.gas_limit)
                least.gas -= used
                self._least_used += used
            self._plan.append(tx)
            self.taken[tx.sender] = tx.nonce + 1
            queue.follow(tx)

    def plan(self) -> BlockPlan:
        """Return the block as it stands."""
        return BlockPlan(self._plan, self._expected_used)
