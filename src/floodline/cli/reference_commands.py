"""The reference page of the command line, from the verbs themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import typer

from floodline.cli.markdown import MADE, plain, table
from floodline.cli.study_verbs import app

EXIT_CODES = (
    ("0", "all is well"),
    ("1", "the objective or a conservation identity failed, or a comparison did not hold"),
    ("2", "the command line or the campaign file is wrong, or a table does not bear the question"),
    ("3", "the toolchain or the node failed"),
    ("70", "a fault of Floodline itself; the message names a file with the traceback"),
    ("130", "interrupted"),
)
"""What each exit code means."""

_INTRO: Final = (
    "Data go to stdout, words to stderr; `--json` gives data that a program can read. Colour "
    "is used on a terminal only, and never where `NO_COLOR` is set. `floodline "
    "--install-completion` teaches the shell to complete verbs, flags and names."
)


def render_commands() -> str:
    """Return the page as Markdown."""
    lines = [
        "# Command line",
        "",
        MADE,
        "",
        _INTRO,
        "",
        "## Exit codes",
        "",
        *table(["code", "meaning"], EXIT_CODES),
    ]
    group: Any = typer.main.get_command(app)
    context = group.make_context("floodline", [], resilient_parsing=True)
    for name, command in _verbs(group, context, "floodline"):
        lines += ["", f"## `{name}`", "", *_verb(name, command)]
    return "\n".join(lines) + "\n"


def _verbs(group: Any, context: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        full = f"{path} {name}"
        if hasattr(command, "list_commands"):
            yield from _verbs(command, context, full)
        else:
            yield full, command


def _verb(name: str, command: Any) -> list[str]:
    context = command.make_context(name, [], resilient_parsing=True)
    usage = plain(command.get_usage(context)).removeprefix("Usage: ")
    lines = [plain(part) for part in (command.help or "").split("\n\n")]
    found = ["```text", usage, "```", ""]
    for line in lines:
        found += [line, ""]
    rows = []
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and "--help" not in parameter.opts:
            rows.append(record)
    return [*found, *table(["argument or flag", "meaning"], rows)] if rows else found[:-1]
