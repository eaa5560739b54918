"""Virtual time that runs with the machine's monotonic clock, and a queue that may be late."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import numpy as np

from floodline.foundation.event_queue import EventQueue
from floodline.foundation.units import SECOND_US

_BIN_US: Final = 100
_BINS: Final = 600_000
"""A minute in tenths of a millisecond; whatever is later counts as a minute late."""


class WallClock:
    """Microseconds since the campaign's genesis.

    It follows the monotonic clock, so that a step of the machine's date moves nothing.

    Parameters
    ----------
    source : callable, optional
        Returns monotonic seconds.

    """

    def __init__(self, source: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._start_s = source()

    def start(self) -> None:
        """Make this moment the genesis."""
        self._start_s = self._source()

    def now_us(self) -> int:
        """Return the time since genesis."""
        return int((self._source() - self._start_s) * SECOND_US)


class LateQueue(EventQueue):
    """An event queue in which what is scheduled for the past happens now."""

    def at(self, time_us: int, callback: Callable[[int], None]) -> None:
        """Schedule a callback, at the earliest now."""
        super().at(max(time_us, self.now_us), callback)

    def next_us(self) -> int | None:
        """Return when the next event is due, None if there is none."""
        return self._heap[0][0] if self._heap else None


class ScheduleLag:
    """How late transactions were handed over, against the time they were scheduled for.

    A count for each tenth of a millisecond, so that its size does not grow with the run.

    Parameters
    ----------
    limit_us : int
        The generator was the limit if the 99th percentile is above this.

    """

    def __init__(self, limit_us: int) -> None:
        self.limit_us = limit_us
        self._counts = np.zeros(_BINS, dtype=np.int64)

    def add(self, lag_us: int) -> None:
        """Note one transaction's lag."""
        self._counts[min(max(lag_us, 0) // _BIN_US, _BINS - 1)] += 1

    def p99_us(self) -> int:
        """Return the 99th percentile, to a tenth of a millisecond; 0 before the first one."""
        total = int(self._counts.sum())
        if not total:
            return 0
        return int(np.searchsorted(np.cumsum(self._counts), 0.99 * total)) * _BIN_US

    @property
    def exceeded(self) -> bool:
        """Whether the 99th percentile is above the limit."""
        return self.p99_us() > self.limit_us
