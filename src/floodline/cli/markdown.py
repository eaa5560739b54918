"""Small pieces of Markdown for pages that are made from code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MADE = "<!-- Made by `floodline list --docs docs/reference`; change the code, not this. -->"
"""Second line of every page that is made."""


def plain(text: object) -> str:
    """Return text on one line."""
    return " ".join(str(text).split())


def cell(value: object) -> str:
    """Return text that fits into one cell of a table."""
    return plain(value).replace("|", "\\|")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return a table, the first column as code.

    Examples
    --------
    >>> table(["column", "unit"], [["wait_s", "s"]])
    ['| column | unit |', '|---|---|', '| `wait_s` | s |']

    """
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    for first, *rest in rows:
        cells = [f"`{cell(first)}`" if cell(first) else "", *map(cell, rest)]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def code_safe(text: str) -> str:
    """Return prose in which ``<role>`` and its like are no tags."""
    return plain(text).replace("<", "&lt;").replace(">", "&gt;")
