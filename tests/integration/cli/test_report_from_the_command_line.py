"""`floodline report` on a run that was really made."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from floodline.cli.app import app
from floodline.measure.files import read_tables
from floodline.report.figure import Run
from floodline.report.figures.pool_book import waiting

pytestmark = pytest.mark.anvil

CAMPAIGN = {
    "name": "reported",
    "description": "A small crash, to be told about.",
    "slots": 20,
    "market": {
        "ETH": {
            "jump_diffusion": {
                "start_usd": 3000,
                "vol": 0.9,
                "jumps": [{"at_s": 48, "size": -0.2, "over_s": 60}],
            }
        }
    },
    "book": {"accounts": 30},
    "actors": [{"oracle": {}}, {"keepers": {"count": 2}}],
    "trace": {"ranks": ["keeper", "oracle"]},
}


def test_a_run_becomes_a_page_and_pictures(tmp_path: Path) -> None:
    runner = CliRunner()
    campaign, run = tmp_path / "reported.yaml", tmp_path / "run"
    with campaign.open("w") as handle:
        YAML().dump(CAMPAIGN, handle)
    made = runner.invoke(app, ["run", str(campaign), "--out", str(run), "--progress", "none"])
    assert made.exit_code == 0, made.output
    figures = tmp_path / "figures"
    told = runner.invoke(app, ["report", str(run), "--figures", str(figures)])
    assert told.exit_code == 0, told.output
    page = (run / "report.html").read_text()
    assert "A small crash, to be told about." in page
    assert "identities balance" in page
    assert (figures / "price.png").read_bytes().startswith(b"\x89PNG")
    assert (figures / "lanes.svg").read_text().startswith("<svg")
    the_book_of_the_pool_agrees_with_the_recorded_ranks(run)


def the_book_of_the_pool_agrees_with_the_recorded_ranks(folder: Path) -> None:
    """What the page reads off the transactions is what the pool itself said at every block."""
    tables = read_tables(folder / "tables")
    ranked = tables["pool_ranks"].dropna(subset=["rank"])
    assert len(ranked) > 10
    for block, group in ranked[ranked["pays_base_fee"]].groupby("block"):
        found = waiting(Run("it", tables, {}), int(block)).set_index("tx_id")["rank"]
        for row in group.itertuples():
            assert found[row.tx_id] == row.rank


def test_a_run_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["report", str(tmp_path / "nothing")])
    assert told.exit_code != 0
