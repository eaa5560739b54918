"""The frontier on a real node: below the diffusion floor, and lower where blocks are full."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from command_line import floodline
from tiny_campaign import stormy_file, tiny_file

pytestmark = pytest.mark.anvil
CONGESTION = ("--congestion", "actors.flood.arrival.gas_per_s=1e5,6e5,8e6")
GRID = (*CONGESTION, "--delay", "actors.oracle.delay_s=60", "--refine", "0")


@pytest.mark.slow
def test_the_frontier_is_flat_before_the_knee_lower_behind_it_and_bounded_by_diffusion(
    tmp_path: Path,
) -> None:
    """Blocks hold 2,500,000 gas a second: half a million more or less of a flood changes nothing."""
    out = tmp_path / "study"
    words = ("frontier", str(stormy_file(tmp_path)), *GRID, "--trials", "18", "--tolerance", "0.3")
    words = (*words, "--set", "chain.base_fee_gwei=2.5")  # the oracle's cap is 3
    words = (*words, "--out", str(out), "--progress", "none", "--workers", "2")
    done = floodline(*words, "--json")
    report = json.loads(done.stdout)
    assert report["above_floor"] == 0
    table = pd.read_csv(out / "frontier.csv")
    calm, busy, flooded = table["leverage"].tolist()
    print(table.to_string())
    assert busy == pytest.approx(calm, rel=0.15)
    ends = table[["low", "high"]].to_numpy()
    assert ends[0, 0] <= busy <= ends[0, 1]
    assert ends[1, 0] <= calm <= ends[1, 1]
    assert flooded < 0.9 * min(calm, busy)
    assert (table["leverage"] < table["floor"]).all()
    trials = pd.read_parquet(out / "trials.parquet")
    harm = trials.groupby("actors.flood.arrival.gas_per_s")["bad_debt_usd"].sum().tolist()
    assert harm[1] == pytest.approx(harm[0], rel=0.05)
    assert harm[2] > 2 * harm[0]
    assert table["margin_tax_pct"].tolist()[0] == 0
    assert table["trials"].tolist() == [18, 18, 18]
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
