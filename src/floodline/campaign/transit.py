"""Bulk transactions on their way to the builder, in the order in which they will arrive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Arrivals:
    """Transactions that have arrived, in order: when, which, how many bytes, wei, and the nonce.

    A nonce of -1 stands for the sender's next free one at arrival.
    """

    times_us: list[int]
    ids: list[int]
    sizes: list[int]
    values: list[int]
    nonces: list[int]


class Transit:
    """Arrival times with transaction ids, merged from batches and taken in order of time.

    Ties are broken by transaction id, so that the order never depends on how batches were cut.
    """

    def __init__(self) -> None:
        self._rows: _Integers = np.empty((5, 0), dtype=np.int64)

    def add(
        self,
        times_us: _Integers,
        first_id: int,
        size_bytes: int,
        value: int,
        nonces: _Integers | None = None,
    ) -> None:
        """Add a batch whose ids run on from `first_id`; those with a time below 0 never arrive."""
        count = len(times_us)
        ids = np.arange(first_id, first_id + count, dtype=np.int64)
        sizes = np.full(count, size_bytes, dtype=np.int64)
        values = np.full(count, value, dtype=np.int64)
        given = np.full(count, -1, dtype=np.int64) if nonces is None else nonces
        batch = np.stack((times_us, ids, sizes, values, given))
        batch = batch[:, times_us >= 0]
        rows = np.concatenate((self._rows, batch), axis=1)
        self._rows = rows[:, np.lexsort((rows[1], rows[0]))]

    def take_until(self, time_us: int) -> Arrivals:
        """Return all that arrive at or before a time, in order."""
        split = int(np.searchsorted(self._rows[0], time_us, side="right"))
        taken, self._rows = self._rows[:, :split], self._rows[:, split:]
        return Arrivals(*(row.tolist() for row in taken))

    def peek(self, time_us: int, count: int) -> Arrivals:
        """Return the first `count` of those that arrive at or before a time; they stay."""
        split = int(np.searchsorted(self._rows[0], time_us, side="right"))
        return Arrivals(*(row.tolist() for row in self._rows[:, : min(split, count)]))

    def __len__(self) -> int:
        return self._rows.shape[1]
