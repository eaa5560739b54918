"""The flags that all studies have in common, and how they are gathered."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from floodline.cli import completion
from floodline.cli.app import ProgressKind

if TYPE_CHECKING:
    from floodline.cli.studies import Flags

Varies = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="KEY=VALUES",
        help="Vary a campaign key: low:high[:levels][:log], or a list v1,v2. Repeatable.",
        show_default=False,
    ),
]
Seeds = Annotated[int, typer.Option(min=1, help="How many seeds.")]
FirstSeed = Annotated[
    int | None, typer.Option("--seed", min=0, help="The first seed, instead of the campaign's.")
]
Workers = Annotated[
    int | None,
    typer.Option(min=1, help="Processes on this machine. [default: one a core]"),
]
Cluster = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Run on the Dask cluster of this scheduler instead."),
]
Out = Annotated[
    Path | None,
    typer.Option(help="The study's folder; an existing one is taken up again where it was."),
]
KeepRuns = Annotated[bool, typer.Option("--keep-runs", help="Keep each run's folder and tables.")]
ProgressShown = Annotated[
    ProgressKind, typer.Option(help="A live line, plain lines, or nothing, on stderr.")
]
Metrics = Annotated[
    list[str] | None,
    typer.Option(
        "--metric",
        metavar="NAME",
        help="Metric to show; see `floodline list metrics`. Repeatable.",
        autocompletion=completion.metrics,
        show_default=False,
    ),
]


def study_flags(
    context: typer.Context,
    file: Path,
    overrides: list[str] | None,
    seed: int | None,
    seeds: int,
    workers: int | None,
    cluster: str | None,
    out: Path | None,
    keep_runs: bool,
    as_json: bool,
    progress: ProgressKind,
) -> Flags:
    """Gather the flags that every study has."""
    from floodline.cli.studies import Flags  # noqa: PLC0415

    return Flags(
        file,
        tuple(overrides or ()),
        seed,
        seeds,
        workers,
        cluster,
        out,
        keep_runs,
        as_json,
        progress.value,
        tuple(context.obj or ("floodline", *sys.argv[1:])),
    )
