"""A study as its page sees it: its design, its trials, and the tables of its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from floodline.foundation.errors import AnalysisError
from floodline.report.figure import Row, rows_of
from floodline.study.answer_tables import COLUMNS
from floodline.study.store import StudyInfo

ANSWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "attribute": ("attribution",),
    "breakpoint": ("breaking_load", "breakpoint"),
    "compare": ("comparison",),
    "economics": ("economics",),
    "frontier": ("frontier",),
    "sensitivity": ("sensitivity",),
    "sweep": (),
}
"""The tables that each question leaves besides its trials."""
_TEXTS: Final = {"trial": str, "outcome_hash": str, "error": str, "condition": str, "key": str}


def least(table: pd.DataFrame, column: str) -> Row:
    """Return the first row with the smallest value of a column."""
    return rows_of(table.nsmallest(1, column))[0]


def most(table: pd.DataFrame, column: str) -> Row:
    """Return the first row with the largest value of a column."""
    return rows_of(table.nlargest(1, column))[0]


@dataclass(frozen=True)
class StudyView:
    """A finished study.

    Attributes
    ----------
    label : str
        Name of its folder.
    verb : str
        The command that asked.
    design : dict
        Its design as ``study.json`` holds it.
    command_line : tuple of str
        The words that asked; none where they were not kept.
    trials : DataFrame
        ``trials.csv``.
    answers : dict of DataFrame
        The answer's tables by name.

    """

    label: str
    verb: str
    design: dict[str, Any]
    command_line: tuple[str, ...]
    trials: pd.DataFrame
    answers: dict[str, pd.DataFrame]

    @property
    def name(self) -> str:
        """The campaign's name."""
        return str(self.design.get("name", self.label))

    @property
    def campaign(self) -> dict[str, Any]:
        """The campaign; of a comparison the baseline's."""
        found = self.design.get("campaign")
        if found is None:
            found = next(iter(self.design.get("conditions", {}).values()), {})
        return dict(found)

    @property
    def objective(self) -> str:
        """The objective in words, empty where there is none."""
        found = self.campaign.get("objective")
        if not found:
            return ""
        side = "below" if found.get("below") is not None else "above"
        return f"{found['metric']} {side} {found[side]:g}"

    @property
    def varied(self) -> list[str]:
        """The campaign keys that the trials vary, in the order of the table."""
        columns = list(self.trials.columns)
        return columns[columns.index("seed") + 1 : columns.index("status")]

    @property
    def asked_keys(self) -> list[str]:
        """The keys of the design's flags (``--vary key=values``), in their order."""
        flags = [str(flag).split()[-1] for flag in self.design.get("varies", [])]
        return [flag.partition("=")[0] for flag in flags]


def read_view(info: StudyInfo) -> StudyView:
    """Read a study's tables.

    Raises
    ------
    AnalysisError
        If it is not finished, a table is missing or damaged, or its question is not known.

    """
    if info.verb not in ANSWERS:
        raise AnalysisError(
            f"{info.path}: a report knows nothing of studies of the kind '{info.verb}'",
            f"it knows {', '.join(sorted(ANSWERS))}",
        )
    answers = {name: _table(info, name) for name in ANSWERS[info.verb]}
    return StudyView(
        info.name,
        info.verb,
        info.design,
        tuple(info.command_line),
        _table(info, "trials"),
        answers,
    )


def _table(info: StudyInfo, name: str) -> pd.DataFrame:
    path: Path = info.path / f"{name}.csv"
    if not path.is_file():
        raise AnalysisError(
            f"{path} is missing: the study has not come to its end",
            "start its command again; it goes on from the trials that are finished",
        )
    try:
        table = pd.read_csv(path, dtype=_TEXTS, float_precision="round_trip")
    except (ValueError, OSError) as error:
        raise AnalysisError(f"{path} is damaged: {error}", "start the command again") from error
    missing = [column for column in COLUMNS.get(name, {}) if column not in table.columns]
    if missing and name != "sensitivity":  # of which each method has columns of its own
        raise AnalysisError(f"{path} has no column {', '.join(missing)}", "start the command again")
    return table
