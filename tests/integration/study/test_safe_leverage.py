"""The frontier on a real node: below the diffusion floor, and lower where blocks are full."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from command_line import floodline
from tiny_campaign import stormy_file, tiny_file

pytestmark = pytest.mark.anvil
CONGESTION = ("--congestion", "actors.flood.arrival.gas_per_s=1e5,8e6")
GRID = (*CONGESTION, "--delay", "actors.oracle.delay_s=60", "--refine", "0")


@pytest.mark.slow
def test_congestion_lowers_the_safe_leverage_and_diffusion_bounds_it(tmp_path: Path) -> None:
    out = tmp_path / "study"
    words = ("frontier", str(stormy_file(tmp_path)), *GRID, "--trials", "18", "--tolerance", "0.3")
    words = (*words, "--out", str(out), "--progress", "none", "--workers", "2")
    done = floodline(*words, "--json")
    report = json.loads(done.stdout)
    assert report["above_floor"] == 0
    table = pd.read_csv(out / "frontier.csv")
    calm, flooded = table["leverage"].tolist()
    assert calm >= flooded
    trials = pd.read_parquet(out / "trials.parquet")
    harm = trials.groupby("actors.flood.arrival.gas_per_s")["bad_debt_usd"].sum().tolist()
    assert harm[1] > 2 * harm[0]
    assert table["margin_tax_pct"].tolist()[0] == 0
    assert table["trials"].tolist() == [18, 18]
    shown = floodline(*words)
    assert "no cell lies above the diffusion floor" in shown.stdout
    assert "diffusion floor" in shown.stdout


def test_a_frontier_without_an_objective_or_a_leverage_range_starts_nothing(
    tmp_path: Path,
) -> None:
    file = str(stormy_file(tmp_path))
    done = floodline("frontier", file, *GRID, "--set", "objective=null", code=2)
    assert "has no objective" in done.stderr
    done = floodline("frontier", file, *GRID, "--leverage", "book.leverage.constant=3,4", code=2)
    assert "searched over a range" in done.stderr
    done = floodline("frontier", file, *GRID, "--tolerance", "5", code=2)
    assert "a tolerance is a probability" in done.stderr


def test_a_key_that_the_campaign_does_not_have_is_named(tmp_path: Path) -> None:
    file = str(tiny_file(tmp_path))
    done = floodline("frontier", file, *GRID, code=2)
    assert "book.leverage" in done.stderr
