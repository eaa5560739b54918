"""All transactions that wait behind a nonce gap, and how long their accounts were silent."""

from __future__ import annotations

from collections.abc import Iterator

from floodline.mempool.sender_list import GappedSet
from floodline.mempool.transaction import PooledTransaction
from floodline.mempool.validation import may_replace


class GappedQueue:
    """The gapped transactions of all accounts.

    An account's *heartbeat* is the time at which one of its transactions last became executable or
    was replaced while it was, or else at which its first gapped transaction came. As in geth it
    outlives the account's executable transactions, so that who sends a gapped transaction long
    after the last other one counts as silent since then; it is forgotten when the last gapped
    transaction leaves for another reason than that.

    Parameters
    ----------
    price_bump : int
        Percent by which a replacement must raise both fee fields.

    Attributes
    ----------
    count : int
        Gapped transactions of all accounts.
    sets : dict of int to GappedSet
        By sender; no set is empty.

    """

    __slots__ = ("_beats", "_heartbeats", "_price_bump", "count", "sets")

    def __init__(self, price_bump: int) -> None:
        self._price_bump = price_bump
        self.sets: dict[int, GappedSet] = {}
        self._heartbeats: dict[int, tuple[int, int]] = {}
        self._beats = 0
        self.count = 0

    def put(self, tx: PooledTransaction, now_us: int) -> tuple[bool, PooledTransaction | None]:
        """Add a transaction, or let it replace one of the same nonce if it is dear enough.

        Returns
        -------
        tuple of bool and PooledTransaction or None
            Whether it was taken, and whom it replaced.

        """
        sender = tx.sender
        held = self.sets.get(sender)
        if held is None:
            held = self.sets[sender] = GappedSet()
            if sender not in self._heartbeats:
                self.beat(sender, now_us)
        old = held.by_nonce.get(tx.nonce)
        if old is not None:
            if not may_replace(old, tx, self._price_bump):
                return False, None
        else:
            self.count += 1
        held.by_nonce[tx.nonce] = tx
        return True, old

    def remove(self, tx: PooledTransaction) -> None:
        """Take out one transaction."""
        held = self.sets[tx.sender]
        del held.by_nonce[tx.nonce]
        self.removed(tx.sender, 1)

    def removed(self, sender: int, count: int) -> None:
        """Note that `count` transactions were taken out of an account's set."""
        self.count -= count
        if not self.sets[sender].by_nonce:
            del self.sets[sender]
            del self._heartbeats[sender]

    def beat(self, sender: int, now_us: int) -> None:
        """Renew an account's heartbeat: one of its transactions has become executable."""
        self._beats += 1
        self._heartbeats[sender] = (now_us, self._beats)

    def fills_gap(self, sender: int, start: int, nonce: int) -> bool:
        """Return whether the set holds every nonce from `start` up to but not including `nonce`."""
        held = self.sets.get(sender)
        return held is not None and all(n in held.by_nonce for n in range(start, nonce))

    def silent_since(self, limit_us: int) -> list[PooledTransaction]:
        """Return the transactions of accounts whose heartbeat lies before a time."""
        beats = self._heartbeats
        late = [sender for sender in self.sets if beats[sender][0] < limit_us]
        late.sort(key=beats.__getitem__)
        return [tx for sender in late for tx in self.sets[sender].in_order()]

    def truncate(self, limit: int) -> list[PooledTransaction]:
        """Take out transactions until `limit` are left: longest silent first, highest nonces first.

        An account is emptied if it holds no more than the surplus, otherwise trimmed.
        """
        surplus = self.count - limit
        trimmed: list[PooledTransaction] = []
        for sender in sorted(self.sets, key=self._heartbeats.__getitem__):
            if surplus <= 0:
                break
            held = self.sets[sender]
            size = len(held.by_nonce)
            gone = held.in_order() if size <= surplus else held.take_above(size - surplus)
            if size <= surplus:
                held.by_nonce.clear()
            self.removed(sender, len(gone))
            surplus -= len(gone)
            trimmed.extend(gone)
        return trimmed

    def __iter__(self) -> Iterator[PooledTransaction]:
        for held in self.sets.values():
            yield from held.in_order()
