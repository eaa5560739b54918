"""The log of a run, ``log.jsonl``: one JSON object a line, with the machine's own clock."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import structlog

from floodline.study.progress import Progress, SlotReport


class RunLog:
    """Writes ``log.jsonl`` in a run's folder; a context manager.

    Parameters
    ----------
    folder : Path
        The run's folder.

    """

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "log.jsonl").open("w", encoding="utf-8", buffering=1)
        self._log = structlog.wrap_logger(
            structlog.WriteLogger(self._file),
            wrapper_class=structlog.make_filtering_bound_logger(0),
            processors=[
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(sort_keys=True),
            ],
        )

    def note(self, event: str, **fields: Any) -> None:
        """Write one line."""
        self._log.info(event, **fields)

    def watch(self, progress: Progress) -> Watched:
        """Return a progress that also writes to this log."""
        return Watched(progress, self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self.note("ended", error=f"{type(error).__name__}: {error}")
        self._file.close()


class Watched:
    """Passes every report on, and writes it down."""

    def __init__(self, progress: Progress, log: RunLog) -> None:
        self._progress = progress
        self._log = log

    def start(self, total_slots: int) -> None:
        """Note that the slots begin."""
        self._log.note("start", slots=total_slots)
        self._progress.start(total_slots)

    def slot(self, report: SlotReport) -> None:
        """Note a slot."""
        self._log.note("slot", **asdict(report))
        self._progress.slot(report)

    def phase(self, text: str) -> None:
        """Note a phase."""
        self._log.note("phase", text=text)
        self._progress.phase(text)

    def stop(self) -> None:
        """Pass on that the run is over."""
        self._progress.stop()
