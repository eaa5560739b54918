"""What is wrong with a campaign file: every fault with its place and its remedy, in one error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from floodline.foundation.errors import CampaignError

KeyPath = tuple[str | int, ...]
"""Keys and list positions from the top of a campaign down to one value."""


def dotted(path: KeyPath) -> str:
    """Return a key path as people write it.

    Examples
    --------
    >>> dotted(("actors", 2, "flood", "tip_gwei"))
    'actors[2].flood.tip_gwei'

    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


@dataclass(frozen=True)
class Problem:
    """One fault in a campaign.

    Attributes
    ----------
    file : str
        The file, or the flag (``--set slots=ten``), that the faulty value came from.
    line : int or None
        Line in the file, counted from 1; None where the value came from a flag.
    key : str
        Dotted key path; empty where the fault is the file's own.
    wrong : str
        What is wrong.
    right : str
        What would be right; empty where `wrong` says it already.

    """

    file: str
    line: int | None
    key: str
    wrong: str
    right: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        subject = f"{self.key}: " if self.key else ""
        remedy = f"\n      {self.right}" if self.right else ""
        return f"{place}: {subject}{self.wrong}{remedy}"

    def as_dict(self) -> dict[str, Any]:
        """Return the fault as plain data, for ``--json``."""
        return asdict(self)


class CampaignFileError(CampaignError):
    """A campaign file with all of its faults.

    Parameters
    ----------
    source : str
        The file's name as the person gave it.
    problems : Sequence[Problem]
        At least one.

    """

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        count = len(self.problems)
        title = f"{source}: {count} problem{'s' if count != 1 else ''}"
        lines = [f"  {problem}" for problem in self.problems]
        super().__init__(
            "\n".join([title, *lines]),
            "mend the lines named above; nothing was started and nothing was written",
        )
