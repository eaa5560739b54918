"""The live panel of a study: how many runs are done, what they found so far, how long it takes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from floodline.cli.panel import BLOCKS, KEPT, spark

if TYPE_CHECKING:
    from floodline.study.trial import TrialResult


@dataclass
class StudyStanding:
    """What the panel knows of a study."""

    total: int = 0
    kept: int = 0
    done: int = 0
    failed: int = 0
    broken: int = 0
    """Runs in which an identity left a residual."""
    judged: int = 0
    missed: int = 0
    """Of the judged runs, those that missed the objective."""
    metric: str = ""
    remaining_s: float | None = None
    values: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    """The objective's metric of the latest runs."""

    def begin(self, trials: int, kept: int) -> None:
        """Take note of a batch."""
        self.total, self.kept, self.done, self.failed = trials, kept, 0, 0
        self.remaining_s = None

    def take(self, result: TrialResult) -> None:
        """Take note of a run that has ended."""
        self.done += 1
        if result.status != "complete":
            self.failed += 1
            return
        self.broken += not result.identities_ok
        if result.objective is not None:
            self.judged += 1
            self.missed += not result.objective["met"]
            self.metric = str(result.objective["metric"])
            if result.objective["value"] is not None:
                self.values.append(float(result.objective["value"]))


def panel(standing: StudyStanding, marks: str = BLOCKS) -> RenderableType:
    """Return the panel to show."""
    bar = Table.grid(padding=(0, 2))
    for _ in range(3):
        bar.add_column(no_wrap=True)
    ended = standing.kept + standing.done
    left = "" if standing.remaining_s is None else f"{standing.remaining_s:,.0f} s to go"
    bar.add_row(
        Text(f"{ended:,}/{standing.total:,} runs", style="bold"),
        ProgressBar(total=max(standing.total, 1), completed=ended, width=40),
        Text(left),
    )
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, overflow="crop")
    if standing.kept:
        grid.add_row("kept from before", f"{standing.kept:,}", "")
    if standing.failed:
        grid.add_row("failed", Text(f"{standing.failed:,}", style="bold red"), "")
    if standing.done > standing.failed:
        books = (
            Text(f"BROKEN in {standing.broken:,}", style="bold red")
            if standing.broken
            else Text("hold in all", style="green")
        )
        grid.add_row("identities", books, "")
    if standing.judged:
        grid.add_row(
            "objective missed",
            f"{standing.missed:,} of {standing.judged:,}",
            f"{standing.metric}  {spark(standing.values, marks)}",
        )
    return Panel(
        Group(bar, grid),
        title="floodline study",
        title_align="left",
        box=box.ROUNDED,
        expand=False,
    )
