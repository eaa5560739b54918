"""Ctrl-C and a polite kill end a command as `Interrupted`, to tidy up; twice, at once."""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import Final

from floodline.foundation.errors import Interrupted

_HANDLED: Final = (signal.SIGINT, signal.SIGTERM)


def interrupt_politely() -> None:
    """Turn the first SIGINT or SIGTERM into `Interrupted`; the next one ends the process."""
    for number in _HANDLED:
        signal.signal(number, _interrupt)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    for handled in _HANDLED:
        signal.signal(handled, signal.SIG_DFL)
    os.write(2, b"\nfloodline: stopping, what there is will be kept (again: stop at once)\n")
    name = "Ctrl-C" if number == signal.SIGINT else signal.Signals(number).name
    raise Interrupted(f"interrupted by {name}")
