"""The live panel of a run: how things stand, and how they came to be so, in a few lines."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from floodline.foundation.units import GWEI

if TYPE_CHECKING:
    from floodline.study.progress import SlotReport

KEPT: Final = 48
"""Slots that a sparkline shows."""
BLOCKS: Final = "▁▂▃▄▅▆▇█"
PLAIN: Final = ".:-=+*#@"
"""What stands for them where the terminal's encoding has no blocks."""


def spark(values: Sequence[float], marks: str = BLOCKS) -> str:
    """Return a line of marks, one a value, the lowest and highest of them at the ends.

    ``1, 2, 3`` gives the lowest, a middle and the highest mark; equal values give the lowest.
    """
    if not values:
        return ""
    low, high = min(values), max(values)
    if high <= low:
        return marks[0] * len(values)
    top = len(marks) - 1
    return "".join(marks[round((value - low) / (high - low) * top)] for value in values)


@dataclass
class Standing:
    """What the panel knows of a run."""

    slots: int = 0
    phase: str = "starting"
    latest: SlotReport | None = None
    remaining_s: float | None = None
    base_fees_gwei: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    pool: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    liquidatable_usd: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    bad_debt_usd: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))

    def take(self, report: SlotReport, remaining_s: float | None) -> None:
        """Take note of a slot."""
        self.latest, self.remaining_s = report, remaining_s
        self.base_fees_gwei.append(report.base_fee_wei / GWEI)
        self.pool.append(report.pool_pending)
        self.liquidatable_usd.append(report.liquidatable_notional_usd)
        self.bad_debt_usd.append(report.bad_debt_usd)


def seconds(value: float | None) -> str:
    """Return seconds with a unit that fits; a dash for none."""
    if value is None:
        return "-"
    return f"{value:.1f} s" if value < 100 else f"{value:,.0f} s"


def panel(standing: Standing, marks: str = BLOCKS) -> RenderableType:
    """Return the panel to show."""
    report = standing.latest
    if report is None:
        return Panel(Text(f"{standing.phase} ..."), title="floodline", title_align="left", box=_BOX)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(justify="right", no_wrap=True, min_width=14)
    grid.add_column(no_wrap=True, overflow="crop")

    def row(label: str, value: str, more: str = "", style: str = "") -> None:
        grid.add_row(label, Text(value, style=style), Text(more))

    row(
        "base fee",
        f"{report.base_fee_wei / GWEI:,.2f} gwei",
        spark(standing.base_fees_gwei, marks),
        "cyan",
    )
    row("pool depth", f"{report.pool_pending:,}", spark(standing.pool, marks))
    row("inclusion p50", seconds(report.inclusion_p50_s), f"p95 {seconds(report.inclusion_p95_s)}")
    row("oracle age", seconds(report.price_age_s))
    row(
        "liquidatable",
        f"${report.liquidatable_notional_usd:,.0f}",
        spark(standing.liquidatable_usd, marks),
        "yellow" if report.liquidatable_notional_usd else "",
    )
    row(
        "bad debt",
        f"${report.bad_debt_usd:,.0f}",
        spark(standing.bad_debt_usd, marks),
        "bold red" if report.bad_debt_usd else "",
    )
    if report.broken:
        row("identities", "BROKEN", "; ".join(report.broken), "bold red")
    else:
        books = f"balance sheet as of block {report.books_block}" if report.books_block else ""
        row("identities", "hold so far", books or "gas and transactions of each block", "green")
    left = "" if standing.remaining_s is None else f"   {standing.remaining_s:,.0f} s to go"
    bar = Table.grid(padding=(0, 2))
    bar.add_column(no_wrap=True)
    bar.add_column()
    bar.add_row(
        Text(f"slot {report.slot:,}/{report.slots:,}", style="bold"),
        ProgressBar(total=max(report.slots, 1), completed=report.slot, width=40),
        Text(left),
    )
    return Panel(Group(bar, grid), title="floodline", title_align="left", box=_BOX, expand=False)


_BOX: Final = box.ROUNDED


def marks_for(console: Console) -> str:
    """Return the marks that a console's encoding can show."""
    return BLOCKS if "utf" in (console.encoding or "").lower() else PLAIN
