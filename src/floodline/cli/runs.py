"""``floodline runs``: list, show, remove."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import typer

from floodline.cli.output import BOLD, GREEN, RED, note, say, say_json, say_table
from floodline.cli.verdict import comparison, verdicts
from floodline.foundation.errors import AnalysisError
from floodline.foundation.workspace import runs_dir
from floodline.study.folder import RunInfo, find_run, list_runs, remove_run


def ls(*, as_json: bool) -> None:
    """List the runs below ``data/runs`` with their status, seed and objective."""
    runs = list_runs()
    if as_json:
        say_json([_plain(run) for run in runs])
        return
    if not runs:
        say(f"no runs in {runs_dir()}")
        say("  next: floodline run FILE")
        return
    rows = [
        [
            run.name,
            run.status,
            str(run.manifest.get("name", "")),
            str(run.manifest.get("seed", "")),
            str(run.manifest.get("outcome_hash", ""))[:12],
        ]
        for run in runs
    ]
    say_table(str(runs_dir()), ["run", "status", "campaign", "seed", "outcome"], rows, right=[3])


def show(names: Sequence[str], *, as_json: bool) -> None:
    """Show runs side by side: verdicts, figures, the tables, the command that gives them again."""
    runs = [find_run(name) for name in names]
    if as_json:
        say_json([{**_plain(run), "summary": run.summary} for run in runs])
        return
    summaries = [(run.name, run.summary) for run in runs]
    for name, summary in summaries:
        say(name, BOLD)
        for verdict in verdicts(summary):
            say(f"  {verdict}", GREEN if verdict.good else RED)
    comparison(summaries)
    for run in runs:
        say(run.name, BOLD)
        for path in sorted((run.path / "tables").glob("*.csv")):
            say(f"  {path}")
        if run.manifest:
            say(f"  outcome {run.manifest['outcome_hash']}, the same from")
            say(f"  {shlex.join(run.manifest['command_line'])}")


def rm(names: Sequence[str], *, yes: bool) -> int:
    """Remove runs, after asking unless `yes`; 2 where the person said no."""
    runs = [find_run(name) for name in names]
    for run in runs:
        note(f"{run.path}  ({run.status})")
    if not yes and not _agreed(len(runs)):
        note("nothing removed (--yes removes without asking)")
        return AnalysisError.exit_code
    for run in runs:
        left = remove_run(run.path)
        say(f"removed {run.path}")
        for path in left:
            note(f"  kept {path}: no run wrote it")
    return 0


def _agreed(count: int) -> bool:
    try:
        return typer.confirm(f"remove {count} run(s)?", err=True)
    except typer.Abort:  # nobody is there to answer
        note("")
        return False


def _plain(run: RunInfo) -> dict[str, object]:
    return {
        "name": run.name,
        "path": str(run.path),
        "status": run.status,
        "campaign": run.manifest.get("name"),
        "seed": run.manifest.get("seed"),
        "outcome_hash": run.manifest.get("outcome_hash"),
    }
