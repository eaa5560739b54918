"""Which transaction is the worst: the two heaps by which a full pool makes room."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush
from typing import Final

from floodline.mempool.transaction import PooledTransaction

URGENT_SHARE: Final = 4
FLOATING_SHARE: Final = 1
"""The urgent heap is held at four times the floating one."""

UrgentEntry = tuple[int, int, int, int, int, PooledTransaction]
FloatingEntry = tuple[int, int, int, int, PooledTransaction]


class PricedHeaps:
    """Every pooled transaction by price, worst first.

    The *urgent* heap orders by effective tip at the next block's base fee, the *floating* one by
    fee cap; ties by fee cap, then tip, then the higher nonce is worse, then the later arrival. The
    worst of the urgent heap sinks into the floating one, and only the floating heap's worst is
    evicted: at the top of a fee spike a transaction lives by what it could pay later, otherwise by
    what it pays now.

    Entries of transactions that left the pool stay behind as *stale* ones and are skipped; when
    more than a quarter are stale both heaps are built anew.

    Parameters
    ----------
    pooled : Mapping[int, PooledTransaction]
        The pool's own index by tx_id; it tells stale entries from live ones.
    base_fee : int
        The next block's base fee in wei.
    wraps : bool
        Whether the effective tip of a fee cap below the base fee is the tip itself, as geth 1.16.9
        has it: there ``cap - base_fee`` is unsigned and wraps around to a huge number.

    Notes
    -----
    After geth's legacy pool (core/txpool/legacypool/list.go). Where geth leaves the order of equals
    to chance, the later arrival is the worse here. As there, a transaction that left and was
    offered again while its stale entry was still here has two live entries, so that `discard` can
    name it twice and free one place less than asked; the next newcomer makes up for it.

    """

    __slots__ = ("_floating", "_pooled", "_stale", "_urgent", "_wraps", "base_fee")

    def __init__(
        self, pooled: Mapping[int, PooledTransaction], base_fee: int, *, wraps: bool = False
    ) -> None:
        self._pooled = pooled
        self._wraps = wraps
        self.base_fee = base_fee
        self._urgent: list[UrgentEntry] = []
        self._floating: list[FloatingEntry] = []
        self._stale = 0

    def put(self, tx: PooledTransaction) -> None:
        """Enter a newcomer, into the urgent heap first."""
        cap = tx.max_fee
        tip = tx.tip
        heappush(
            self._urgent,
            (self._effective(cap, tip), cap, tip, -tx.nonce, -tx.order, tx),
        )

    def left(self, count: int) -> None:
        """Note that `count` transactions left the pool while their entries are still here."""
        self._stale += count
        if self._stale > (len(self._urgent) + len(self._floating)) // 4:
            self.rebuild()

    def underpriced(self, max_fee: int, tip: int) -> bool:
        """Return whether a newcomer would be no better than the worst of both heaps.

        Parameters
        ----------
        max_fee, tip : int
            The newcomer's fee cap and priority fee, wei per gas.

        """
        pooled = self._pooled
        urgent = self._urgent
        floating = self._floating
        while urgent and urgent[0][5].tx_id not in pooled:
            heappop(urgent)
            self._stale -= 1
        if urgent:
            newcomer = (self._effective(max_fee, tip), max_fee, tip)
            if urgent[0][:3] < newcomer:
                return False
        while floating and floating[0][4].tx_id not in pooled:
            heappop(floating)
            self._stale -= 1
        if floating:
            return floating[0][:2] >= (max_fee, tip)
        return bool(urgent)

    def discard(self, slots: int) -> list[PooledTransaction] | None:
        """Take out the worst transactions until `slots` slots are free.

        Returns
        -------
        list of PooledTransaction or None
            Whom to evict, worst first; None, and nothing taken out, if all together are too few.

        """
        pooled = self._pooled
        urgent = self._urgent
        floating = self._floating
        worst: list[PooledTransaction] = []
        while slots > 0:
            if len(urgent) * FLOATING_SHARE > len(floating) * URGENT_SHARE:
                sinking = heappop(urgent)
                if sinking[5].tx_id in pooled:
                    heappush(floating, sinking[1:])
                else:
                    self._stale -= 1
            elif floating:
                tx = heappop(floating)[4]
                if tx.tx_id in pooled:
                    worst.append(tx)
                    slots -= tx.slots
                else:
                    self._stale -= 1
            else:
                break
        if slots > 0:
            for tx in worst:
                self.put(tx)
            return None
        return worst

    def rebuild(self) -> None:
        """Build both heaps anew from the pool, the worst fifth in the floating one.

        A sorted list is a heap already, so this is two sorts.
        """
        self._stale = 0
        entries: list[UrgentEntry] = []
        for tx in self._pooled.values():
            cap = tx.max_fee
            tip = tx.tip
            entries.append((self._effective(cap, tip), cap, tip, -tx.nonce, -tx.order, tx))
        entries.sort()
        sunk = len(entries) * FLOATING_SHARE // (URGENT_SHARE + FLOATING_SHARE)
        self._floating = sorted([entry[1:] for entry in entries[:sunk]])
        self._urgent = entries[sunk:]

    def set_base_fee(self, base_fee: int) -> None:
        """Order by effective tip at another base fee (wei)."""
        self.base_fee = base_fee
        self.rebuild()

    def _effective(self, cap: int, tip: int) -> int:
        left = cap - self.base_fee
        return tip if left > tip or (left < 0 and self._wraps) else left
