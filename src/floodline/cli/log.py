"""The log of a command: structured lines on stderr, as many as were asked for."""

from __future__ import annotations

import logging
import sys
from typing import Final

_LEVELS: Final = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}


def set_up_log(verbosity: int) -> None:
    """Send log lines to stderr.

    Parameters
    ----------
    verbosity : int
        -1 errors, 0 warnings, 1 what is being done, 2 everything.

    """
    import structlog  # noqa: PLC0415 - keeps `floodline --help` quick

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS.get(verbosity, logging.DEBUG)),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
