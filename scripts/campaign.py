"""Run a campaign from ape: ``ape run campaign data/campaigns/flash-crash.yaml --set slots=20``."""

# ruff: noqa: PLC0415 - ape loads every script to list them: nothing heavy at the top

import sys

import click


@click.command()
@click.argument("file")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Change one value.")
@click.option("--seed", type=int, help="The seed, instead of the campaign's own.")
@click.option("--out", help="The run's folder.")
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON on stdout.")
@click.option("--allow-missed-objective", is_flag=True, help="A missed objective exits 0.")
def cli(
    file: str,
    overrides: tuple[str, ...],
    seed: int | None,
    out: str | None,
    as_json: bool,
    allow_missed_objective: bool,
) -> None:
    """Run a campaign FILE: the same as `floodline run FILE`."""
    from floodline.cli.main import run

    words = ["run", file]
    for override in overrides:
        words += ["--set", override]
    words += ["--seed", str(seed)] if seed is not None else []
    words += ["--out", out] if out else []
    words += ["--json"] if as_json else []
    words += ["--allow-missed-objective"] if allow_missed_objective else []
    sys.exit(run(words))
