"""The virtual clock's event queue: everything in order of (time, sequence)."""

from __future__ import annotations

import heapq
from collections.abc import Callable

Callback = Callable[[int], None]
"""Called with the event's own time in virtual microseconds."""


class EventQueue:
    """Events ordered by time, and by the order of scheduling where times are equal."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Callback]] = []
        self._sequence = 0
        self.now_us = 0

    def at(self, time_us: int, callback: Callback) -> None:
        """Schedule a callback; a time that has passed is a programming error.

        Raises
        ------
        ValueError
            If `time_us` lies before the present.

        """
        if time_us < self.now_us:
            raise ValueError(f"event at {time_us} us lies before now, {self.now_us} us")
        self._sequence += 1
        heapq.heappush(self._heap, (time_us, self._sequence, callback))

    def run_until(self, time_us: int) -> None:
        """Run every event at or before a time, those that events add included; then stand there."""
        heap = self._heap
        while heap and heap[0][0] <= time_us:
            at_us, _, callback = heapq.heappop(heap)
            self.now_us = at_us
            callback(at_us)
        self.now_us = time_us

    def __len__(self) -> int:
        return len(self._heap)
