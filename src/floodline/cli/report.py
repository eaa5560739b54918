"""``floodline report``: a page about runs or a study, and figures as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from floodline.cli.output import say, say_json


def report(names: Sequence[str], out: Path | None, figures: Path | None, *, as_json: bool) -> None:
    """Write the page and say where it is.

    Raises
    ------
    AnalysisError
        If there is no such run or study, or a table is missing or damaged.

    """
    from floodline.report.build import build_report  # noqa: PLC0415 - heavy

    written = build_report(names, out, figures)
    if as_json:
        say_json({"files": [str(path) for path in written]})
        return
    for path in written:
        say(f"wrote {path}")
