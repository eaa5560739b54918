"""The reference page of the tables, from the data dictionary and the studies' own."""

from __future__ import annotations

from typing import Final

from floodline.cli.markdown import MADE, code_safe, table
from floodline.measure.dictionary import TABLES, dictionary_json
from floodline.study.answer_tables import COLUMNS
from floodline.study.results import FIXED

_INTRO: Final = (
    "A run's `tables/` holds these as CSV: one header line, a comma between cells, a point "
    "in numbers, an empty cell where there is nothing. `floodline.load(RUN)` gives them as "
    "DataFrames with these types; [how to use them](../howto/tables.md), also in a "
    "spreadsheet."
)
_OF_STUDIES: Final = (
    "A study's folder holds `trials`, one row a trial, with a column for each varied key and "
    "one for each [metric](metrics.md) besides these:"
)


def render_tables() -> str:
    """Return the page as Markdown."""
    storage = dictionary_json()["storage"]
    lines = [
        "# Tables",
        "",
        MADE,
        "",
        _INTRO,
        "",
        "## How columns are stored",
        "",
        *table(["storage", "meaning"], storage.items()),
    ]
    for one in TABLES.values():
        lines += ["", f"## `{one.name}`", "", f"A row is {code_safe(one.meaning)}.", ""]
        rows = [(c.name, c.storage, c.unit, code_safe(c.meaning)) for c in one.columns]
        lines += table(["column", "storage", "unit", "meaning"], rows)
    lines += [
        "",
        "## Tables of studies",
        "",
        _OF_STUDIES,
        "",
        *table(["column", "meaning"], FIXED.items()),
    ]
    for name, columns in COLUMNS.items():
        described = [(column, unit, meaning) for column, (unit, meaning) in columns.items()]
        lines += ["", f"### `{name}`", "", *table(["column", "unit", "meaning"], described)]
    return "\n".join(lines) + "\n"
