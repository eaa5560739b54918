"""What a run's exported tables say, printed: for ``ape run analyse``."""

from __future__ import annotations

from pathlib import Path

from floodline.cli.output import BOLD, GREEN, RED, YELLOW, say, say_table
from floodline.cli.verdict import comparison, verdicts


def show(name: str, out: str | None = None) -> None:
    """Print the tables of a run and the figures computed from them; write ``summary.csv``.

    Parameters
    ----------
    name : str
        The run: a path, a folder's name, or the start of one.
    out : str, optional
        The file to write, instead of ``summary.csv`` in the run's folder.

    Raises
    ------
    AnalysisError
        If there is no such run, or a table is missing or damaged.

    """
    from floodline.study.analyse import analyse  # noqa: PLC0415 - heavy
    from floodline.study.folder import find_run  # noqa: PLC0415

    run = find_run(name)
    found = analyse(run, Path(out) if out else None)
    rows = [
        [table, f"{len(frame):,}", ", ".join(map(str, frame.columns))]
        for table, frame in sorted(found.tables.items())
    ]
    say_table(str(run.path / "tables"), ["table", "rows", "columns"], rows, right=[1])
    if found.as_written is False:
        say("these are not the tables that the run wrote: the outcome hash differs", YELLOW)
    say(run.name, BOLD)
    for verdict in verdicts(found.summary):
        say(f"  {verdict}", GREEN if verdict.good else RED)
    comparison([(run.name, found.summary)])
    say(f"wrote {found.csv}")
