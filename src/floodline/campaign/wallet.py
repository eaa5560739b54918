"""Nonces as wallets keep them: the next one, and the holes that lost transactions leave."""

from __future__ import annotations

import heapq


class Wallet:
    """The nonces of one account.

    A transaction that is refused, evicted or expires gives its nonce back, unless another of the
    same nonce still lives (a replacement, or the one that was to be replaced); the next
    transaction fills the lowest hole first, as a wallet does that asks its node for the count.

    Parameters
    ----------
    first : int
        The first nonce: how many transactions the account has sent before.

    """

    __slots__ = ("_holes", "_live", "_mined", "_next")

    def __init__(self, first: int = 0) -> None:
        self._next = first
        self._holes: list[int] = []
        self._live: dict[int, int] = {}
        self._mined = first

    def take(self) -> int:
        """Return the nonce for a new transaction."""
        if self._holes:
            nonce = heapq.heappop(self._holes)
        else:
            nonce = self._next
            self._next += 1
        self._live[nonce] = self._live.get(nonce, 0) + 1
        return nonce

    def share(self, nonce: int) -> None:
        """Note another transaction at a nonce in use."""
        self._live[nonce] = self._live.get(nonce, 0) + 1

    def lost(self, nonce: int) -> None:
        """Note that a transaction of this nonce is gone without having been included."""
        if nonce < self._mined:
            return
        self._live[nonce] -= 1
        if self._live[nonce] == 0:
            del self._live[nonce]
            if nonce == self._next - 1:
                self._next -= 1
            else:
                heapq.heappush(self._holes, nonce)

    def orphaned(self, nonce: int) -> None:
        """Note that the block that used up a nonce, the last one used, is gone: it lives again."""
        self._mined = nonce
        self._live[nonce] = 1

    def spent(self, nonce: int) -> None:
        """Note that a transaction of this nonce was included: it is used up for good."""
        self._mined = nonce + 1
        self._live.pop(nonce, None)
