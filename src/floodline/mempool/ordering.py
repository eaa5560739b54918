"""The order in which a builder looks at executable transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from operator import attrgetter
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from floodline.mempool.open_runs import OpenRuns
from floodline.mempool.transaction import PooledTransaction

_Integers = npt.NDArray[np.int64]

FIRST_CHUNK: Final = 2_048
"""Heads that are sorted at first; a 30 million gas block holds at most 1,428 transactions."""
_FEE_CLAMP: Final = 2**62
"""Fees above 4.6 ether per gas rank as equal."""


def _column(heads: list[PooledTransaction], name: str) -> _Integers:
    values = map(attrgetter(name), heads)
    try:
        return np.fromiter(values, np.int64, len(heads))
    except OverflowError:
        clamped = (min(getattr(tx, name), _FEE_CLAMP) for tx in heads)
        return np.fromiter(clamped, np.int64, len(heads))


def _best(tips: _Integers, orders: _Integers, count: int) -> npt.NDArray[np.bool_]:
    """Return a mask of the `count` entries with the highest tips, the first seen among equals."""
    cutoff = np.partition(tips, tips.size - count)[tips.size - count]
    chosen: npt.NDArray[np.bool_] = tips > cutoff
    ties = np.flatnonzero(tips == cutoff)
    wanted = count - int(np.count_nonzero(chosen))
    chosen[ties[np.argpartition(orders[ties], wanted - 1)[:wanted]]] = True
    return chosen


def heads_by_tip(
    heads: list[PooledTransaction], base_fee: int, min_tip: int
) -> Iterator[tuple[int, int, PooledTransaction]]:
    """Yield account heads by falling effective tip, then first seen.

    Parameters
    ----------
    heads : list of PooledTransaction
        Each account's next transaction.
    base_fee : int
        Base fee of the block, wei; heads with a lower fee cap are left out.
    min_tip : int
        Least effective tip, wei per gas; heads below are left out.

    Yields
    ------
    tuple of int, int and PooledTransaction
        Effective tip negated, arrival order, and the head: tuples that sort best first.

    Notes
    -----
    A block needs only the best of a large pool, so the heads are sorted in chunks, each eight
    times the one before, and only as far as they are asked for.

    """
    caps = _column(heads, "max_fee")
    tips = np.minimum(_column(heads, "tip"), caps - min(base_fee, _FEE_CLAMP))
    left = np.flatnonzero(tips >= max(min_tip, 0))
    tips = tips[left]
    orders = np.fromiter((heads[i].order for i in left.tolist()), np.int64, left.size)
    chunk = FIRST_CHUNK
    while left.size:
        mask = np.ones(left.size, np.bool_)
        if left.size > chunk:
            mask = _best(tips, orders, chunk)
        ranked = np.lexsort((orders[mask], -tips[mask]))
        for index in left[mask][ranked].tolist():
            head = heads[index]
            yield -head.effective_tip(base_fee), head.order, head
        left, tips, orders = left[~mask], tips[~mask], orders[~mask]
        chunk *= 8


class HeadQueue(Protocol):
    """Account heads, the one to look at first; taking one can bring its successor in."""

    def take(self) -> PooledTransaction | None:
        """Take the next transaction; its account is gone until `follow` is called."""

    def follow(self, tx: PooledTransaction) -> None:
        """Bring the sender's next transaction in."""


class TipQueue:
    """Account heads, best paying first (geth's price heap).

    Parameters
    ----------
    runs : OpenRuns
        What there is to choose from.
    base_fee : int
        Base fee of the block, wei.
    min_tip : int
        Least effective tip, wei per gas.

    """

    def __init__(self, runs: OpenRuns, *, base_fee: int, min_tip: int) -> None:
        self._runs = runs
        self._base_fee = base_fee
        self._min_tip = max(min_tip, 0)
        self._heads = heads_by_tip(runs.heads(), base_fee, min_tip)
        self._head = next(self._heads, None)
        self._successors: list[tuple[int, int, PooledTransaction]] = []

    def take(self) -> PooledTransaction | None:
        """Take the best transaction; its account is gone until `follow` is called."""
        head = self._head
        if self._successors and (head is None or self._successors[0] < head):
            return heappop(self._successors)[2]
        if head is None:
            return None
        self._head = next(self._heads, None)
        return head[2]

    def follow(self, tx: PooledTransaction) -> None:
        """Bring the sender's next transaction in, if it pays enough."""
        successor = self._runs.successor(tx)
        if successor is not None:
            tip = successor.effective_tip(self._base_fee)
            if tip >= self._min_tip:
                heappush(self._successors, (-tip, successor.order, successor))


Rank = Callable[[PooledTransaction], float | tuple[int, float]]
"""Gives a transaction its rank; the lowest comes first, the first seen among equals."""


class RankedQueue:
    """Account heads by a rank of their own, among those that pay the base fee and the least tip.

    Parameters
    ----------
    runs : OpenRuns
        What there is to choose from.
    rank : callable
        Asked once for each transaction that gets its turn to wait here.
    base_fee : int
        Base fee of the block, wei.
    min_tip : int
        Least effective tip, wei per gas.

    """

    def __init__(self, runs: OpenRuns, rank: Rank, *, base_fee: int, min_tip: int) -> None:
        self._runs = runs
        self._rank = rank
        self._base_fee = base_fee
        self._min_tip = max(min_tip, 0)
        self._heap = [
            (rank(tx), tx.order, tx)
            for tx in runs.heads()
            if tx.effective_tip(base_fee) >= self._min_tip
        ]
        heapify(self._heap)

    def take(self) -> PooledTransaction | None:
        """Take the transaction of the lowest rank; its account is gone until `follow` is called."""
        return heappop(self._heap)[2] if self._heap else None

    def follow(self, tx: PooledTransaction) -> None:
        """Bring the sender's next transaction in, if it pays enough."""
        successor = self._runs.successor(tx)
        if successor is not None and successor.effective_tip(self._base_fee) >= self._min_tip:
            heappush(self._heap, (self._rank(successor), successor.order, successor))
