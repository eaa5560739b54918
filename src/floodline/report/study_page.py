"""The page of a study: the answer, its figures, its tables, how to ask again."""

from __future__ import annotations

import json
import math
import shlex
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from floodline.report.page import page, specification
from floodline.report.study_catalogue import STUDY_FIGURES
from floodline.report.study_story import cards, number, title, verdicts
from floodline.report.study_view import StudyView
from floodline.study.answer_tables import COLUMNS, describe

MOST_ROWS: Final = 60
"""Rows of a table that the page shows; the rest is in the CSV."""
_HEADINGS: Final = {
    "attribution": "Every leg and pair",
    "breaking_load": "The breaking load",
    "breakpoint": "Every load",
    "comparison": "Every metric",
    "economics": "Every attempt",
    "frontier": "Every cell",
    "sensitivity": "Every key",
}


@dataclass(frozen=True)
class ShownColumn:
    """A column's head: name, what it means, whether it holds numbers."""

    name: str
    meaning: str
    number: bool


@dataclass(frozen=True)
class ShownTable:
    """A table of the answer, ready to print."""

    name: str
    heading: str
    columns: tuple[ShownColumn, ...]
    rows: list[list[str]]
    left_out: int


def render_study(study: StudyView, link: str, *, home: str = "") -> str:
    """Return the page of a finished study.

    Parameters
    ----------
    study : StudyView
        What is shown.
    link : str
        Where its tables are, relative to the page.
    home : str
        Address of the list that the page belongs to; empty for a page by itself.

    """
    drawn = [
        (figure, spec)
        for figure in STUDY_FIGURES[study.verb]
        if (spec := specification(figure, study))
    ]
    return page(
        "study.html.j2",
        drawn,
        title=title(study),
        home=home,
        study=study,
        verdicts=verdicts(study),
        cards=cards(study),
        command=shlex.join(study.command_line),
        tables=[shown(name, table) for name, table in study.answers.items()],
        files=[*(f"{name}.csv" for name in study.answers), "trials.csv", "dictionary.json"],
        link=link,
        design=json.dumps(study.design, indent=2),
    )


def shown(name: str, table: pd.DataFrame) -> ShownTable:
    """Return an answer's table as text, its first rows only."""
    columns = [
        ShownColumn(
            str(column),
            _meaning(name, str(column)),
            bool(pd.api.types.is_numeric_dtype(table[column])) and table[column].dtype != bool,
        )
        for column in table.columns
    ]
    rows = [[_cell(value) for value in row] for row in table.head(MOST_ROWS).to_numpy().tolist()]
    return ShownTable(name, _HEADINGS[name], tuple(columns), rows, max(0, len(table) - MOST_ROWS))


def _meaning(table: str, column: str) -> str:
    if table not in COLUMNS:
        return ""
    found = describe(table, column)
    return found["meaning"] + (f" ({found['unit']})" if found["unit"] else "")


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value) if isinstance(value, float) else str(value)
