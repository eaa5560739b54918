"""``floodline run``: the campaign, its progress, and an end summary with the verdicts first."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from floodline.cli.log import set_up_log
from floodline.cli.output import BOLD, GREEN, RED, YELLOW, say, say_json
from floodline.cli.progress import make_progress
from floodline.cli.verdict import comparison, verdicts


@dataclass(frozen=True)
class Request:
    """The command line of one ``floodline run``, parsed.

    Attributes
    ----------
    file, seed, overrides, out, as_json, allow_missed_objective
        The flags of the same names.
    progress : {"auto", "plain", "none"}
        How progress is shown.
    verbosity : int
        -1 quiet, 0 normal, 1 and 2 more.
    command_line : tuple[str, ...]
        The words as they were typed, for the manifest and for repeating the run.

    """

    file: Path
    seed: int | None
    overrides: tuple[str, ...]
    out: Path | None
    as_json: bool
    progress: str
    allow_missed_objective: bool
    verbosity: int
    command_line: tuple[str, ...]


def run(request: Request) -> int:
    """Run a campaign and print its summary; 1 if an identity or the objective failed."""
    from floodline.study.prepare import prepare_campaign  # noqa: PLC0415 - heavy, and may fail first
    from floodline.study.run import run_campaign  # noqa: PLC0415

    set_up_log(request.verbosity)
    campaign = prepare_campaign(request.file, request.overrides, seed=request.seed)
    progress = make_progress("none" if request.verbosity < 0 else request.progress)
    try:
        result = run_campaign(
            campaign,
            out=request.out,
            progress=progress,
            command_line=list(request.command_line),
        )
    finally:
        progress.stop()
    if request.as_json:
        say_json(result.summary)
    elif request.verbosity >= 0:
        _report(request, result.run_dir, result.summary)
    return exit_code(result.summary, allow_missed_objective=request.allow_missed_objective)


def exit_code(summary: Mapping[str, Any], *, allow_missed_objective: bool) -> int:
    """Return 1 where an identity failed, or the objective did and that is not allowed; else 0."""
    if not summary["identities_ok"]:
        return 1
    objective = summary["objective"]
    missed = objective is not None and not objective["met"]
    return 1 if missed and not allow_missed_objective else 0


def _report(request: Request, run_dir: Path, summary: dict[str, Any]) -> None:
    for verdict in verdicts(summary):
        say(str(verdict), GREEN if verdict.good else RED)
    missed = exit_code(summary, allow_missed_objective=False) == 1
    if missed and exit_code(summary, allow_missed_objective=request.allow_missed_objective) == 0:
        say("the missed objective does not fail this command (--allow-missed-objective)", YELLOW)
    comparison([(run_dir.name, summary)])
    say("files", BOLD)
    for path in sorted((run_dir / "tables").glob("*.csv")):
        say(f"  {path}")
    for name in ("summary.json", "manifest.json", "dictionary.json"):
        if (run_dir / name).is_file():
            say(f"  {run_dir / name}")
    say("again", BOLD)
    say(f"  {shlex.join(request.command_line)}")
