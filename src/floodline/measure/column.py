"""What a column of a table is: its name, how it is stored, its unit and its meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from floodline.foundation.errors import AnalysisError

Storage = Literal["int", "int?", "seconds", "float", "bool", "label", "text", "exact"]
"""How a column is stored.

``int`` 64-bit integer; ``int?`` the same, empty where there is none; ``seconds`` float of whole
microseconds, empty where there is none; ``float`` double, empty where there is none; ``bool``;
``label`` one of few words, empty where there is none; ``text`` free text; ``exact`` an integer of
any size, kept as decimal digits.
"""

ROLE: Final = "<role>"
"""Stands in a column's name for every role of the run, in sorted order."""


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    name : str
        Stable name; may hold ``<role>``.
    storage : Storage
        How it is stored.
    unit : str
        "s", "wei", "gas", "USD", "WAD USD", ...; empty for names and counts.
    meaning : str
        One line.

    """

    name: str
    storage: Storage
    unit: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """One table: what a row is, and its columns in order."""

    name: str
    meaning: str
    columns: tuple[Column, ...]

    def expanded(self, roles: Sequence[str]) -> tuple[Column, ...]:
        """Return the columns in order with ``<role>`` spelled out for every role, sorted."""
        found: list[Column] = []
        for column in self.columns:
            if ROLE in column.name:
                found += [
                    Column(column.name.replace(ROLE, role), column.storage, column.unit, "")
                    for role in sorted(roles)
                ]
            else:
                found.append(column)
        return tuple(found)

    def matched(self, header: Sequence[str]) -> tuple[Column, ...]:
        """Return the columns of a file's header, in the header's order.

        Raises
        ------
        AnalysisError
            If a column is missing, unknown or out of order.

        """
        plain = {column.name for column in self.columns}
        roles: list[str] = []
        for column in self.columns:
            if ROLE in column.name:
                prefix = column.name.replace(ROLE, "")
                roles += [
                    name[len(prefix) :]
                    for name in header
                    if name.startswith(prefix) and name not in plain
                ]
        expected = self.expanded(roles)
        names = [column.name for column in expected]
        if list(header) != names:
            missing = [name for name in names if name not in header]
            unknown = [name for name in header if name not in names]
            raise AnalysisError(
                f"table {self.name}: the header does not fit the data dictionary "
                f"(missing: {', '.join(missing) or 'none'}; "
                f"unknown: {', '.join(unknown) or 'none'}; the order counts)",
                "use tables written by this version of Floodline, or run the campaign again",
            )
        return expected
