"""The verbs that run many campaigns; each imports what it needs when called."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from floodline.cli import completion
from floodline.cli.app import CampaignFile, Json, Overrides, ProgressKind, app
from floodline.cli.study_flags import (
    Cluster,
    FirstSeed,
    KeepRuns,
    Metrics,
    Out,
    ProgressShown,
    Seeds,
    Varies,
    Workers,
    study_flags,
)

__all__ = ["app"]


class DesignKind(StrEnum):
    """How the points of a sweep lie."""

    grid = "grid"
    lhs = "lhs"
    sobol = "sobol"


@app.command()
def replay(
    context: typer.Context,
    run: Annotated[
        str,
        typer.Argument(
            metavar="RUN",
            help="Folder, name, or the start of a name.",
            autocompletion=completion.runs,
        ),
    ],
    *,
    overrides: Overrides = None,
    out: Annotated[
        Path | None, typer.Option(help="Keep the new (with --set: the changed) run here.")
    ] = None,
    as_json: Json = False,
    progress: ProgressShown = ProgressKind.auto,
) -> None:
    """Make a run again from its manifest and prove that it comes out the same, to the byte.

    With --set it is also run with the change, and both are shown side by side. Exit code 1 means
    that the run did not come out the same.
    """
    from floodline.cli import replay as verb  # noqa: PLC0415

    code = verb.run(
        run,
        overrides or [],
        out=out,
        as_json=as_json,
        progress=progress.value,
        command_line=context.obj or ("floodline", *sys.argv[1:]),
    )
    raise typer.Exit(code)


@app.command()
def sweep(
    context: typer.Context,
    file: CampaignFile,
    *,
    vary: Varies = None,
    design: Annotated[
        DesignKind,
        typer.Option(help="Every combination, a Latin hypercube, or a Sobol sequence."),
    ] = DesignKind.grid,
    points: Annotated[
        int, typer.Option(min=1, help="Points of lhs and sobol (sobol: next power of two).")
    ] = 16,
    seeds: Seeds = 8,
    seed: FirstSeed = None,
    metric: Metrics = None,
    overrides: Overrides = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Out = None,
    keep_runs: KeepRuns = False,
    as_json: Json = False,
    progress: ProgressShown = ProgressKind.auto,
) -> None:
    """Run seeds times a design over campaign keys; one row a run, as CSV and Parquet.

    Finished runs are kept: the same command goes on where it was stopped. Exit code 1 means that
    a run failed; its error is in the table, and the others are kept.
    """
    from floodline.cli import sweep as verb  # noqa: PLC0415

    flags = study_flags(
        context,
        file,
        overrides,
        seed,
        seeds,
        workers,
        cluster,
        out,
        keep_runs,
        as_json,
        progress,
    )
    raise typer.Exit(
        verb.run(flags, vary or [], kind=design.value, points=points, metrics=metric or [])
    )


@app.command()
def compare(
    context: typer.Context,
    file: CampaignFile,
    others: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Campaigns to hold against it."),
    ] = None,
    *,
    mitigation: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A mitigation to hold against it; see `floodline list mitigations`. Repeatable.",
            autocompletion=completion.mitigations,
            show_default=False,
        ),
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="A change of the campaign to hold against it. Repeatable.",
            show_default=False,
        ),
    ] = None,
    metric: Metrics = None,
    seeds: Seeds = 12,
    seed: FirstSeed = None,
    overrides: Overrides = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Out = None,
    keep_runs: KeepRuns = False,
    as_json: Json = False,
    progress: ProgressShown = ProgressKind.auto,
) -> None:
    """Hold campaigns, mitigations or changes against a baseline, paired on the same seeds.

    A difference counts as clear where its bootstrap interval leaves out zero and it is larger than
    what the baseline shows against itself with arrivals and network drawn anew.
    """
    from floodline.cli import compare as verb  # noqa: PLC0415

    flags = study_flags(
        context,
        file,
        overrides,
        seed,
        seeds,
        workers,
        cluster,
        out,
        keep_runs,
        as_json,
        progress,
    )
    code = verb.run(
        flags,
        others or [],
        mitigations=mitigation or [],
        changes=change or [],
        metrics=metric or [],
    )
    raise typer.Exit(code)


@app.command("breakpoint")
def breakpoint_(
    context: typer.Context,
    file: CampaignFile,
    *,
    vary: Annotated[
        str,
        typer.Option(
            metavar="KEY=LOW:HIGH",
            help="The load: any numeric campaign key, and the range to search; may end in :log.",
        ),
    ],
    batch: Annotated[int, typer.Option(min=4, help="Trials at one time.")] = 8,
    budget: Annotated[int, typer.Option(min=8, help="Trials in all, at most.")] = 120,
    tolerance: Annotated[
        float,
        typer.Option(min=0.0, help="Stop where the interval is this share of the estimate."),
    ] = 0.05,
    seed: FirstSeed = None,
    overrides: Overrides = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Out = None,
    keep_runs: KeepRuns = False,
    as_json: Json = False,
    progress: ProgressShown = ProgressKind.auto,
) -> None:
    """Find the smallest load at which the objective fails with probability one half.

    The range is bracketed and halved, then tried where the answer's interval lies. Exit code 1
    means that the range does not bracket the breaking load, or that a trial failed.
    """
    from floodline.cli import breakpoint as verb  # noqa: PLC0415

    flags = study_flags(
        context, file, overrides, seed, 0, workers, cluster, out, keep_runs, as_json, progress
    )
    raise typer.Exit(verb.run(flags, vary, batch=batch, budget=budget, tolerance=tolerance))


@app.command()
def frontier(
    context: typer.Context,
    file: CampaignFile,
    *,
    congestion: Annotated[
        str,
        typer.Option(
            metavar="KEY=LEVELS",
            help="The congestion, as for --vary; its lowest level is the calm column.",
        ),
    ],
    delay: Annotated[
        str, typer.Option(metavar="KEY=LEVELS", help="The oracle delay, as for --vary.")
    ] = "actors.oracle.delay_s=6,120,600",
    leverage: Annotated[
        str, typer.Option(metavar="KEY=LOW:HIGH", help="The leverage, and the range to search.")
    ] = "book.leverage.constant=2:18",
    tolerance: Annotated[
        list[float] | None,
        typer.Option(
            help="Tolerated probability of failing. Repeatable. [default: 0.05, 0.1, 0.25]",
            show_default=False,
        ),
    ] = None,
    trials: Annotated[int, typer.Option(min=12, help="Trials in each cell.")] = 36,
    refine: Annotated[
        int, typer.Option(min=0, max=6, help="Times that columns are added at the knee.")
    ] = 2,
    cost: Annotated[
        float, typer.Option(min=0.0, help="Closing cost, a share of notional, for the floor.")
    ] = 0.0,
    seed: FirstSeed = None,
    overrides: Overrides = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Out = None,
    keep_runs: KeepRuns = False,
    as_json: Json = False,
    progress: ProgressShown = ProgressKind.auto,
) -> None:
    """Find the largest safe leverage on a grid of congestion and oracle delay.

    Each cell shows the leverage at which the objective fails with a tolerated probability, beside
    what diffusion alone would allow. Exit code 1 means that a cell lies above that floor, or that
    a trial failed.
    """
    from floodline.cli import frontier as verb  # noqa: PLC0415

    flags = study_flags(
        context, file, overrides, seed, 0, workers, cluster, out, keep_runs, as_json, progress
    )
    code = verb.run(
        flags,
        leverage=leverage,
        congestion=congestion,
        delay=delay,
        tolerances=tolerance or [0.05, 0.1, 0.25],
        trials=trials,
        refinements=refine,
        cost=cost,
    )
    raise typer.Exit(code)


@app.command()
def attribute(
    context: typer.Context,
    file: CampaignFile,
    *,
    leg: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A leg: oracle, detection, mempool, capacity. Repeatable. [default: all]",
            show_default=False,
        ),
    ] = None,
    metric: Metrics = None,
    seeds: Seeds = 8,
    seed: FirstSeed = None,
    overrides: Overrides = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Out = None,
    keep_runs: KeepRuns = False,
    as_json: Json = False,
    progress: ProgressShown = ProgressKind.auto,
) -> None:
    """Say what each leg of settlement costs: every subset made ideal, on the same seeds.

    Shapley values of bad debt and of the time under margin, with intervals over seeds, and what
    pairs of legs do beyond their sum.
    """
    from floodline.cli import attribute as verb  # noqa: PLC0415

    flags = study_flags(
        context,
        file,
        overrides,
        seed,
        seeds,
        workers,
        cluster,
        out,
        keep_runs,
        as_json,
        progress,
    )
    raise typer.Exit(verb.run(flags, leg or [], metric or []))


class SensitivityMethod(StrEnum):
    """How sensitivities are reckoned."""

    sobol = "sobol"
    morris = "morris"


@app.command()
def sensitivity(
    context: typer.Context,
    file: CampaignFile,
    *,
    vary: Varies = None,
    method: Annotated[
        SensitivityMethod, typer.Option(help="Sobol indices, or Morris screening: cheaper.")
    ] = SensitivityMethod.morris,
    samples: Annotated[
        int,
        typer.Option(min=2, help="Points: samples x (keys + 1), for Sobol x (keys + 2)."),
    ] = 8,
    metric: Annotated[
        str | None,
        typer.Option(
            help="The metric. [default: the objective's]",
            show_default=False,
            autocompletion=completion.metrics,
        ),
    ] = None,
    seeds: Seeds = 2,
    seed: FirstSeed = None,
    overrides: Overrides = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Out = None,
    keep_runs: KeepRuns = False,
    as_json: Json = False,
    progress: ProgressShown = ProgressKind.auto,
) -> None:
    """Say which campaign keys a metric depends on, alone and together with the others."""
    from floodline.cli import sensitivity as verb  # noqa: PLC0415

    flags = study_flags(
        context,
        file,
        overrides,
        seed,
        seeds,
        workers,
        cluster,
        out,
        keep_runs,
        as_json,
        progress,
    )
    code = verb.run(flags, vary or [], method=method.value, samples=samples, metric=metric)
    raise typer.Exit(code)


@app.command()
def economics(
    context: typer.Context,
    file: CampaignFile,
    *,
    attack: Annotated[str, typer.Option(help="The attacking actor's name.")] = "flood",
    goal: Annotated[
        str, typer.Option(metavar="FIGURE>RISE", help="What the attack must achieve.")
    ] = "bad_debt_usd>1000",
    vary: Varies = None,
    points: Annotated[
        int, typer.Option(min=2, help="Settings of the attack to try, where --vary is given.")
    ] = 16,
    seeds: Seeds = 8,
    seed: FirstSeed = None,
    overrides: Overrides = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Out = None,
    keep_runs: KeepRuns = False,
    as_json: Json = False,
    progress: ProgressShown = ProgressKind.auto,
) -> None:
    """Say what an attack costs and does, and search for the cheapest that reaches a goal.

    The attack is held against the same campaign without it, on the same seeds: spend per dollar of
    bad debt, per dollar taken, per second of added time under margin, over the collateral at risk.
    """
    from floodline.cli import economics as verb  # noqa: PLC0415

    flags = study_flags(
        context,
        file,
        overrides,
        seed,
        seeds,
        workers,
        cluster,
        out,
        keep_runs,
        as_json,
        progress,
    )
    raise typer.Exit(verb.run(flags, vary or [], attack=attack, points=points, goal=goal))
