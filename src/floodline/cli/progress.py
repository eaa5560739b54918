"""Progress of a run on stderr: one live line on a terminal, plain lines elsewhere, or nothing."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, Final

from floodline.cli.output import note
from floodline.foundation.units import GWEI

if TYPE_CHECKING:
    from floodline.study.progress import Progress, SlotReport

PLAIN_LINES: Final = 10
"""Lines of plain progress for a whole run."""
PLAIN_PAUSE_S: Final = 15.0
"""At the latest after this much wall time a plain line shows that the run is alive."""


def make_progress(kind: str) -> Progress:
    """Return the progress display for ``auto``, ``plain`` or ``none``."""
    if kind == "none":
        return SilentProgress()
    if kind == "auto" and sys.stderr.isatty():
        return LiveProgress()
    return PlainProgress()


def describe(report: SlotReport, remaining_s: float | None) -> str:
    """Return one line that says how a run stands.

    Parameters
    ----------
    report : SlotReport
        The run at its latest block.
    remaining_s : float or None
        Wall time still to go, in seconds, where it can be told yet.

    """
    p50 = "-" if report.inclusion_p50_s is None else f"{report.inclusion_p50_s:.1f} s"
    parts = [
        f"slot {report.slot}/{report.slots}",
        f"base fee {report.base_fee_wei / GWEI:,.1f} gwei",
        f"pool {report.pool_pending:,}",
        f"inclusion p50 {p50}",
        f"liquidatable ${report.liquidatable_notional_usd:,.0f}",
        f"bad debt ${report.bad_debt_usd:,.0f}",
        f"price age {report.price_age_s:.0f} s",
    ]
    if remaining_s is not None:
        parts.append(f"{remaining_s:.0f} s to go")
    return " · ".join(parts)


class _Clock:
    """Wall time since the first slot, for the estimate of what is left."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def remaining_s(self, report: SlotReport) -> float | None:
        if report.slot <= 0:
            return None
        return (time.monotonic() - self._began) / report.slot * (report.slots - report.slot)


class SilentProgress:
    """Shows nothing."""

    def start(self, total_slots: int) -> None:
        """Begin."""

    def slot(self, report: SlotReport) -> None:
        """Take note of a block."""

    def phase(self, text: str) -> None:
        """Take note of what is being done besides running slots."""

    def stop(self) -> None:
        """End."""


class PlainProgress:
    """A line now and then."""

    def __init__(self) -> None:
        self._clock = _Clock()
        self._every = 1
        self._last = time.monotonic()

    def start(self, total_slots: int) -> None:
        """Begin to count slots."""
        self._clock = _Clock()
        self._every = max(1, total_slots // PLAIN_LINES)

    def slot(self, report: SlotReport) -> None:
        """Write a line if it is time for one."""
        now = time.monotonic()
        due = report.slot % self._every == 0 or report.slot == report.slots
        if due or now - self._last > PLAIN_PAUSE_S:
            self._last = now
            note(describe(report, self._clock.remaining_s(report)))

    def phase(self, text: str) -> None:
        """Write what is being done."""
        note(f"{text} ...")

    def stop(self) -> None:
        """End; nothing is left on the screen to tidy."""


class LiveProgress:
    """One line that is written over again."""

    def __init__(self) -> None:
        self._clock = _Clock()
        self._live: Any = None

    def start(self, total_slots: int) -> None:
        """Begin to count slots."""
        del total_slots
        self._clock = _Clock()
        self._show("starting")

    def slot(self, report: SlotReport) -> None:
        """Show the run at its latest block."""
        self._show(describe(report, self._clock.remaining_s(report)))

    def phase(self, text: str) -> None:
        """Show what is being done."""
        self._show(f"{text} ...")

    def stop(self) -> None:
        """Remove the line."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _show(self, text: str) -> None:
        from rich.console import Console  # noqa: PLC0415 - keeps `floodline --help` quick
        from rich.live import Live  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        line = Text(text, no_wrap=True, overflow="ellipsis")
        if self._live is None:
            self._live = Live(
                line, console=Console(stderr=True), transient=True, refresh_per_second=8
            )
            self._live.start()
        else:
            self._live.update(line)
