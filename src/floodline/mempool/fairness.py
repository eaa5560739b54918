"""Which accounts give way when there are too many executable transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator


class LargeAccounts:
    """The accounts with more executable transactions than are guaranteed to each, by size.

    Kept up to date with every change, so that finding the largest costs nothing.

    Parameters
    ----------
    guaranteed : int
        Executable transactions that no account loses for fairness (``account_slots``).

    """

    __slots__ = ("_by_size", "_guaranteed")

    def __init__(self, guaranteed: int) -> None:
        self._guaranteed = guaranteed
        self._by_size: dict[int, dict[int, None]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_size)

    def resized(self, sender: int, before: int, after: int) -> None:
        """Note that an account's number of executable transactions changed."""
        if before > self._guaranteed:
            peers = self._by_size[before]
            del peers[sender]
            if not peers:
                del self._by_size[before]
        if after > self._guaranteed:
            self._by_size.setdefault(after, {})[sender] = None

    def _largest_first(self) -> Iterator[tuple[int, int]]:
        # Accounts that shrink while this runs sink to a size whose members were read before.
        for size in sorted(self._by_size, reverse=True):
            for sender in sorted(self._by_size[size]):
                yield sender, size

    def trim(self, surplus: int, drop_last: Callable[[int], None]) -> None:
        """Take transactions from the largest accounts until the surplus is gone.

        The largest is cut down to the second largest, then both to the third, and so on, one
        transaction of each at a time; when all are equal they shrink together, down to what is
        guaranteed. A round is always finished, so a few more than the surplus may go.

        Parameters
        ----------
        surplus : int
            Executable transactions above the limit.
        drop_last : callable
            Takes a sender and removes its executable transaction with the highest nonce; it must
            call `resized`.

        Notes
        -----
        Equals come in the order of their indices; geth leaves their order to chance.

        Sizes 20, 18 and 5 with 16 guaranteed and a surplus of 3: the first loses 2, then the first
        and second lose 1 each, so 4 go.

        """
        offenders: list[int] = []
        size = 0
        for sender, other_size in self._largest_first():
            while offenders and surplus > 0 and size > other_size:
                for offender in offenders:
                    drop_last(offender)
                surplus -= len(offenders)
                size -= 1
            if surplus <= 0:
                return
            offenders.append(sender)
            size = other_size
        while offenders and surplus > 0 and size > self._guaranteed:
            for offender in offenders:
                drop_last(offender)
            surplus -= len(offenders)
            size -= 1
