"""What a figure is: a question, and a chart made from tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import pandas as pd

from floodline.measure.tables import Tables

if TYPE_CHECKING:
    import altair as alt


Row = dict[str, Any]
"""One row of a table by its columns' names."""


def rows_of(table: pd.DataFrame) -> list[Row]:
    """Return a table's rows."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


@dataclass(frozen=True)
class Run:
    """A run as figures see it.

    Attributes
    ----------
    label : str
        What it is called in the page.
    tables : dict of DataFrame
        Its tables, by name.
    summary : dict
        Computed from the tables.

    """

    label: str
    tables: Tables
    summary: dict[str, Any]


Shown = TypeVar("Shown")
"""What a figure shows: one or several runs, or a study."""


@dataclass(frozen=True)
class Figure(Generic[Shown]):
    """One figure of a page.

    Attributes
    ----------
    key : str
        Its name in file names and links.
    title : str
        What it shows.
    caption : str
        How to read it, in a sentence or two.
    tables : tuple of str
        The tables that it is made from.
    draw : callable
        Makes the chart; None where the tables hold nothing for it.

    """

    key: str
    title: str
    caption: str
    tables: tuple[str, ...]
    draw: Callable[[Shown], alt.TopLevelMixin | None]


def chart_of(frame: pd.DataFrame) -> alt.Chart:
    """Return an empty chart with the frame's rows inside it."""
    import altair as alt  # noqa: PLC0415 - heavy

    chart: alt.Chart = alt.Chart(alt.InlineData(values=values(frame)))
    return chart


def values(frame: pd.DataFrame, digits: int = 6) -> list[dict[str, Any]]:
    """Return rows for a chart: numbers of so many significant digits, None where not finite."""
    found = []
    for row in frame.to_dict("records"):
        plain: dict[str, Any] = {}
        for name, value in row.items():
            if value is None or (isinstance(value, float) and not math.isfinite(value)):
                plain[str(name)] = None
            elif isinstance(value, float):
                plain[str(name)] = float(f"{value:.{digits}g}")
            elif hasattr(value, "item"):
                plain[str(name)] = value.item()
            else:
                plain[str(name)] = value
        found.append(plain)
    return found


def stacked(runs: Sequence[Run], make: Callable[[Run], pd.DataFrame]) -> pd.DataFrame:
    """Return one frame of all runs, with the column ``run``."""
    frames = []
    for run in runs:
        frame = make(run)
        if len(frame):
            frames.append(frame.assign(run=run.label))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
