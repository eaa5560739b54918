"""The verbs with their flags; each imports what it needs when called, so that help is quick."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from floodline.cli import completion

app = typer.Typer(
    name="floodline",
    help="Find the load at which an on-chain derivatives protocol stops settling.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
runs_app = typer.Typer(help="List, show and remove runs.", no_args_is_help=True)
app.add_typer(runs_app, name="runs")
calibrate_app = typer.Typer(
    help="Fit parameters to what was recorded of a real chain.", no_args_is_help=True
)
app.add_typer(calibrate_app, name="calibrate")
adapter_app = typer.Typer(help="Hold a protocol adapter to its contract.", no_args_is_help=True)
app.add_typer(adapter_app, name="adapter")


class ProgressKind(StrEnum):
    """How progress is shown."""

    auto = "auto"
    plain = "plain"
    none = "none"


class Extra(StrEnum):
    """Parts of the toolchain that are installed on request only."""

    geth = "geth"
    hardhat = "hardhat"
    aave = "aave"
    lyra = "lyra"
    morpho = "morpho"
    protocols = "protocols"


CampaignFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="Campaign file (YAML).", show_default=False)
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change one value of the campaign, as in actors.flood.enabled=false. Repeatable.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Data as JSON on stdout; words on stderr.")]
RunNames = Annotated[
    list[str],
    typer.Argument(
        metavar="RUN...",
        help="Folder, name, or the start of a name.",
        autocompletion=completion.runs,
    ),
]


def _version(wanted: bool) -> None:
    if wanted:
        from floodline import __version__  # noqa: PLC0415
        from floodline.cli.output import say  # noqa: PLC0415

        say(f"floodline {__version__}")
        raise typer.Exit


@app.callback()
def common(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Find the load at which an on-chain derivatives protocol stops settling."""
    del version


@app.command()
def run(
    context: typer.Context,
    file: CampaignFile,
    *,
    seed: Annotated[
        int | None, typer.Option(min=0, help="The seed, instead of the campaign's own.")
    ] = None,
    overrides: Overrides = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The run's folder. [default: data/runs/<name>-<seed>-<hash>]"),
    ] = None,
    as_json: Json = False,
    progress: Annotated[
        ProgressKind, typer.Option(help="A live line, plain lines, or nothing, on stderr.")
    ] = ProgressKind.auto,
    allow_missed_objective: Annotated[
        bool,
        typer.Option(
            "--allow-missed-objective",
            help="Show an objective that is not met, but exit 0. Failed identities still exit 1.",
        ),
    ] = False,
    verbose: Annotated[
        int, typer.Option("-v", "--verbose", count=True, help="Log more; twice: everything.")
    ] = 0,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Errors only.")] = False,
) -> None:
    """Run a campaign and measure what it did to settlement.

    Exit code 1 means that the run is sound but its objective was not met, or that an identity
    left a residual; 2 that the campaign is wrong; 3 that the toolchain or the node failed.
    """
    from floodline.cli import run as verb  # noqa: PLC0415

    request = verb.Request(
        file=file,
        seed=seed,
        overrides=tuple(overrides or ()),
        out=out,
        as_json=as_json,
        progress=progress.value,
        allow_missed_objective=allow_missed_objective,
        verbosity=-1 if quiet else verbose,
        command_line=context.obj or ("floodline", *sys.argv[1:]),
    )
    raise typer.Exit(verb.run(request))


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="The campaign's name.")],
    *,
    preset: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="PRESET",
            help="A campaign that comes with Floodline, comments included; see `floodline list "
            "presets`.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The file to write. [default: NAME.yaml]")
    ] = None,
) -> None:
    """Write a commented campaign file to begin from."""
    from floodline.cli import campaign_files  # noqa: PLC0415

    campaign_files.new(name, out, preset)


@app.command()
def check(file: CampaignFile, *, overrides: Overrides = None, as_json: Json = False) -> None:
    """Check a campaign file and report every fault at once; nothing is started."""
    from floodline.cli import campaign_files  # noqa: PLC0415

    raise typer.Exit(campaign_files.check(file, overrides or [], as_json=as_json))


@app.command("list")
def list_(
    kind: Annotated[
        str | None,
        typer.Argument(
            help="What to list, such as actors or metrics.", autocompletion=completion.kinds
        ),
    ] = None,
    *,
    docs: Annotated[
        Path | None,
        typer.Option(
            "--docs",
            metavar="DIR",
            help="Write the reference as Markdown pages into this folder instead.",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """List what a campaign can name: actors, fee strategies, metrics and the rest."""
    from floodline.cli import catalogue  # noqa: PLC0415

    if docs is not None:
        from floodline.cli import reference_pages  # noqa: PLC0415

        for path in reference_pages.write_pages(docs):
            typer.echo(str(path))
        return
    catalogue.show(kind, as_json=as_json)


@app.command()
def schema(
    *,
    out: Annotated[
        Path | None, typer.Option(help="The file to write. [default: stdout]", metavar="FILE")
    ] = None,
) -> None:
    """Write the JSON Schema of campaign files, for editors."""
    from floodline.cli import editor  # noqa: PLC0415

    editor.schema(out)


@app.command()
def doctor(*, as_json: Json = False) -> None:
    """Say what of the toolchain is there and fits; change nothing."""
    from floodline.cli import tools  # noqa: PLC0415

    raise typer.Exit(tools.doctor(as_json=as_json))


@app.command()
def toolchain(
    *,
    with_: Annotated[
        list[Extra] | None,
        typer.Option(
            "--with",
            help="A node besides Anvil: geth (built with Go), hardhat (npm). A third-party "
            "protocol: aave, lyra, morpho (npm), or protocols for all of them. Repeatable.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Find or install Anvil, solc and the contract libraries, and compile the contracts."""
    from floodline.cli import tools  # noqa: PLC0415

    tools.toolchain([extra.value for extra in with_ or ()], as_json=as_json)


@calibrate_app.command("background")
def calibrate_background(
    trace: Annotated[
        Path,
        typer.Option(
            "--trace",
            metavar="CSV",
            help="One row a block, with the column fullness_of_target or base_fee_gwei.",
            show_default=False,
        ),
    ],
    *,
    column: Annotated[
        str | None,
        typer.Option("--column", help="Column of gas used over the gas target.", metavar="NAME"),
    ] = None,
    blocks: Annotated[int, typer.Option(min=100, help="Blocks to try each choice on.")] = 4000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the trials.")] = 1,
    as_json: Json = False,
) -> None:
    """Fit the calm baseline's demand to a recorded chain."""
    from floodline.cli import calibrate as verb  # noqa: PLC0415

    verb.background(trace, column=column, blocks=blocks, seed=seed, as_json=as_json)


@app.command()
def crosscheck(
    context: typer.Context,
    file: CampaignFile,
    overrides: Overrides = None,
    *,
    seeds: Annotated[int, typer.Option(help="Seeds, from the campaign's own on.")] = 5,
    out: Annotated[Path, typer.Option(help="Takes a run folder for each seed and node.")] = Path(
        "data/runs/crosscheck"
    ),
    progress: Annotated[
        ProgressKind, typer.Option(help="A live line, plain lines, or nothing, on stderr.")
    ] = ProgressKind.auto,
    as_json: Json = False,
) -> None:
    """Run one campaign with the modelled pool and on a real geth, and compare the verdicts."""
    from floodline.cli import crosscheck as verb  # noqa: PLC0415

    raise typer.Exit(
        verb.crosscheck(
            file,
            tuple(overrides or ()),
            seeds=seeds,
            out=out,
            as_json=as_json,
            progress=progress.value,
            command_line=context.obj or ("floodline", *sys.argv[1:]),
        )
    )


@app.command()
def bench(
    name: Annotated[
        str | None, typer.Argument(help="One benchmark; all of them by default.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Measure Floodline's own speed as ratios, each held to its bound."""
    from floodline.cli import benches  # noqa: PLC0415

    raise typer.Exit(benches.run(name, as_json=as_json))


@app.command()
def validate(
    *,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="V5", help="One law only. Repeatable.", show_default=False),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Fewer cases and shorter runs; the same tolerances.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Hold the machine against closed forms that it must reproduce; exit 1 if one fails."""
    from floodline.cli import validate as verb  # noqa: PLC0415

    raise typer.Exit(verb.validate(only or [], quick=quick, as_json=as_json))


@app.command()
def report(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN...|STUDY", help="Folder, name, or the start of a name: of runs or a study."
        ),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="The page. [default: report.html in the folder of the run or study]"),
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write every figure as PNG, SVG and JSON too."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a page about a run, several side by side, or a study; it works offline."""
    from floodline.cli import report as verb  # noqa: PLC0415

    verb.report(names, out, figures, as_json=as_json)


@app.command()
def dashboard(
    place: Annotated[
        Path | None,
        typer.Argument(
            metavar="[RUN|STUDY|FOLDER]",
            help="What to show. [default: data, with its runs and studies]",
            show_default=False,
        ),
    ] = None,
    *,
    host: Annotated[
        str, typer.Option(help="Address to listen at; another than loopback shows all to others.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port; 0 for any free one.")] = 8765,
) -> None:
    """Serve a local page that follows what runs, and browses and compares what has run."""
    from floodline.cli import dashboard as verb  # noqa: PLC0415

    verb.dashboard(place, host, port)


@runs_app.command("ls")
def runs_ls(*, as_json: Json = False) -> None:
    """List the runs in data/runs."""
    from floodline.cli import runs as verb  # noqa: PLC0415

    verb.ls(as_json=as_json)


@runs_app.command("show")
def runs_show(runs: RunNames, *, as_json: Json = False) -> None:
    """Show one run, or several side by side."""
    from floodline.cli import runs as verb  # noqa: PLC0415

    verb.show(runs, as_json=as_json)


@runs_app.command("rm")
def runs_rm(
    runs: RunNames,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove runs; a folder that is not a run is never touched."""
    from floodline.cli import runs as verb  # noqa: PLC0415

    raise typer.Exit(verb.rm(runs, yes=yes))


@adapter_app.command("check")
def adapter_check(
    adapter: Annotated[
        str, typer.Argument(metavar="NAME|MODULE:CLASS", help="The adapter.", show_default=False)
    ],
    *,
    market: Annotated[str, typer.Option(help="The market to deploy.")] = "ETH",
    price_usd: Annotated[float, typer.Option(min=0.01, help="Its start price.")] = 3000.0,
    as_json: Json = False,
) -> None:
    """Deploy a protocol through its adapter on a real Anvil, and check all that the engine needs.

    Exit code 1 means that a check did not pass, or that a method is still to be filled in.
    """
    from floodline.cli import adapter as verb  # noqa: PLC0415

    raise typer.Exit(verb.check(adapter, market=market, price_usd=price_usd, as_json=as_json))


@app.command("new-adapter")
def new_adapter(
    name: Annotated[str, typer.Argument(help="The package's name, as in my-protocol.")],
    *,
    out: Annotated[Path | None, typer.Option(help="The folder to write. [default: NAME]")] = None,
) -> None:
    """Write a package that registers a protocol adapter, to be filled in."""
    from floodline.cli import adapter as verb  # noqa: PLC0415

    verb.new(name, out)
