"""Waiting for a line in a node's log: the only place where some moments can be seen."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from floodline.foundation.errors import NodeError

_LOOK_S = 0.000_5
_LONGEST_LOOK_S = 0.02


class LogWatch:
    """Reads a log from where it stands, line by line.

    Parameters
    ----------
    path : Path
        The log; it must exist.

    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb")
        self._rest = b""
        self._lines: list[str] = []

    def skip(self) -> None:
        """Forget every line that has been written by now."""
        self._read()
        self._lines.clear()

    def wait_for(
        self, pattern: re.Pattern[str], timeout_s: float, alive: Callable[[], None]
    ) -> re.Match[str]:
        """Wait for a line that holds a pattern; lines up to it are used up.

        Parameters
        ----------
        pattern : re.Pattern
            What to look for.
        timeout_s : float
            Longest wait, in seconds.
        alive : callable
            Raises if the writer has died.

        Raises
        ------
        NodeError
            If no such line comes in time.

        """
        deadline = time.monotonic() + timeout_s
        pause_s = _LOOK_S
        while True:
            self._read()
            for place, line in enumerate(self._lines):
                found = pattern.search(line)
                if found is not None:
                    del self._lines[: place + 1]
                    return found
            self._lines.clear()
            if time.monotonic() > deadline:
                raise NodeError(
                    f"the node did not say '{pattern.pattern}' within {timeout_s:.0f} s",
                    f"read its log at {self._path}; a busy machine may need a longer wait",
                )
            alive()
            time.sleep(pause_s)
            pause_s = min(pause_s * 1.5, _LONGEST_LOOK_S)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _read(self) -> None:
        *lines, self._rest = (self._rest + self._file.read()).split(b"\n")
        self._lines += [line.decode(errors="replace") for line in lines]
