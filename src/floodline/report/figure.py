"""What a figure is: a question, and a chart made from tables."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import numpy as np
import pandas as pd

from floodline.measure.tables import Tables

if TYPE_CHECKING:
    import altair as alt


MANY_ROWS: Final = 60
"""From so many rows on a chart holds them as CSV, which takes about half the space."""

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
    """Return an empty chart with the frame's rows inside it, as CSV where they are many."""
    import altair as alt  # noqa: PLC0415 - heavy

    rows = values(frame)
    if len(rows) < MANY_ROWS or not all(str(name).isidentifier() for name in frame.columns):
        chart: alt.Chart = alt.Chart(alt.InlineData(values=rows))
        return chart
    kinds = {str(name): _kind(frame[name]) for name in frame.columns}
    form = alt.CsvDataFormat(type="csv", parse=kinds)
    compact: alt.Chart = alt.Chart(alt.InlineData(values=_as_csv(rows, list(kinds)), format=form))
    return compact


def _kind(column: pd.Series[Any]) -> str:
    """Return what Vega makes of a column of text."""
    if pd.api.types.is_bool_dtype(column):
        return "boolean"
    return "number" if pd.api.types.is_numeric_dtype(column) else "string"


def _as_csv(rows: Sequence[Row], names: Sequence[str]) -> str:
    """Return rows as CSV; an empty cell where there is nothing, ``true`` and ``false`` in words."""
    words = {True: "true", False: "false"}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        cells = (row[name] for name in names)
        writer.writerow([words[cell] if isinstance(cell, bool) else cell for cell in cells])
    return text.getvalue()


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


def thinned(frame: pd.DataFrame, by: Sequence[str], most: int, value: str) -> pd.DataFrame:
    """Return a line's ends and the extremes between them, so that none keeps more than `most` rows.

    Each group is cut into ``most / 2 - 1`` parts of which the smallest and the largest value stay,
    so that no peak is lost. Of 1, 5, 2, 0, 3 four rows keep 1, 5, 0, 3.
    """
    kept = []
    for _, group in frame.groupby(list(by), sort=False, observed=True):
        if len(group) <= most:
            kept.append(group)
            continue
        level = group[value].to_numpy(dtype=float)
        places = {0, len(group) - 1}
        for part in np.array_split(np.arange(len(group)), max(1, most // 2 - 1)):
            there = part[~np.isnan(level[part])]
            if len(there):
                places |= {int(there[level[there].argmin()]), int(there[level[there].argmax()])}
        kept.append(group.iloc[sorted(places)])
    return pd.concat(kept, ignore_index=True) if kept else frame


def stacked(runs: Sequence[Run], make: Callable[[Run], pd.DataFrame]) -> pd.DataFrame:
    """Return one frame of all runs, with the column ``run``."""
    frames = []
    for run in runs:
        frame = make(run)
        if len(frame):
            frames.append(frame.assign(run=run.label))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
