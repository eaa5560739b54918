"""Judge a run again from its CSVs: ``ape run analyse data/runs/flooded``."""

# ruff: noqa: PLC0415 - ape loads every script to list them: nothing heavy at the top

import sys

import click


@click.command()
@click.argument("run")
@click.option("--out", help="The file to write. [default: summary.csv in the run's folder]")
def cli(run: str, out: str | None) -> None:
    """Read the tables of a RUN with pandas, print what they say, and write summary.csv."""
    from floodline.cli.analysis import show
    from floodline.cli.main import explained

    sys.exit(explained(lambda: show(run, out)))
