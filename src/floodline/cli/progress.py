"""Progress of a run on stderr: a live panel on a terminal, plain lines elsewhere, or nothing."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from floodline.cli.output import note
from floodline.foundation.units import GWEI

if TYPE_CHECKING:
    from floodline.study.progress import Progress, SlotReport

PLAIN_LINES: Final = 10
"""Lines of plain progress for a whole run."""
PLAIN_PAUSE_S: Final = 15.0
"""At the latest after this much wall time a plain line shows that the run is alive."""
_FRAMES_PER_S: Final = 8


def make_progress(kind: str) -> Progress:
    """Return the progress display for ``auto``, ``plain`` or ``none``."""
    if kind == "none":
        return SilentProgress()
    return LiveProgress() if kind == "auto" and is_terminal() else PlainProgress()


def is_terminal() -> bool:
    """Whether stderr is a terminal that a panel can be drawn on."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


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
    if report.broken:
        parts.append(f"IDENTITIES BROKEN: {'; '.join(report.broken)}")
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
    """A panel that is drawn over again; see `floodline.cli.panel`."""

    def __init__(self) -> None:
        from floodline.cli.panel import Standing  # noqa: PLC0415 - keeps `--help` quick

        self._clock = _Clock()
        self._standing = Standing()
        self._screen = Screen()

    def start(self, total_slots: int) -> None:
        """Begin to count slots."""
        self._clock = _Clock()
        self._standing.slots = total_slots
        self._show()

    def slot(self, report: SlotReport) -> None:
        """Show the run at its latest block."""
        self._standing.take(report, self._clock.remaining_s(report))
        self._show()

    def phase(self, text: str) -> None:
        """Show what is being done."""
        self._standing.phase = text
        self._standing.latest = None
        self._show()

    def stop(self) -> None:
        """Remove the panel."""
        self._screen.stop()

    def _show(self) -> None:
        from floodline.cli.panel import panel  # noqa: PLC0415

        self._screen.show(lambda: panel(self._standing, self._screen.marks))


class Screen:
    """A place on the terminal that is drawn over again, a few times a second at most."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - keeps `floodline --help` quick

        from floodline.cli.panel import marks_for  # noqa: PLC0415

        self._console = Console(stderr=True)
        self._live: Any = None
        self.marks = marks_for(self._console)
        """Marks of sparklines that the terminal can show."""

    def show(self, draw: Callable[[], Any]) -> None:
        """Draw from now on what `draw` returns."""
        from rich.live import Live  # noqa: PLC0415

        if self._live is None:
            self._live = Live(
                get_renderable=draw,
                console=self._console,
                transient=True,
                refresh_per_second=_FRAMES_PER_S,
            )
            self._live.start()

    def note(self, text: str) -> None:
        """Write a line above what is drawn, to stay."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def stop(self) -> None:
        """Remove what is drawn."""
        if self._live is not None:
            self._live.stop()
            self._live = None
