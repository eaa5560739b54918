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
LEVERAGE = "book.leverage.constant=3:16"
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


@pytest.mark.slow
def test_the_frontier_is_flat_before_the_knee(tmp_path: Path) -> None:
    """Blocks hold 2,500,000 gas a second: a flood of less costs no margin, one of more does.

    The oracle's cap is a fifth above the first base fee: it is locked out once blocks are full, and
    nobody is liquidated while the price falls by 20 %. In time for everybody otherwise.
    """
    file = stormy_file(tmp_path)
    jump = "{at_s: 60, size: -0.2, over_s: 240}"
    fall = f"{{jump_diffusion: {{start_usd: 3000, vol: 0.3, jumps: [{jump}]}}}}"
    changes = ("slots=30", "chain.base_fee_gwei=2.5", f"market.ETH={fall}")
    changes = (*changes, "actors.flood.to_s=360", "objective.below=2000")
    flags = [word for change in changes for word in ("--set", change)]
    grid = ("--congestion", "actors.flood.arrival.gas_per_s=1e5,6e5,8e6")
    grid = (*grid, "--delay", "actors.oracle.delay_s=2", "--refine", "0")
    out = tmp_path / "study"
    words = (*grid, *flags, "--trials", "12", "--tolerance", "0.3", "--leverage", LEVERAGE)
    floodline("frontier", str(file), *words, "--out", str(out), "--progress", "none")
    table = pd.read_csv(out / "frontier.csv")
    calm, busy, flooded = table["leverage"].tolist()
    assert busy == calm
    assert 4 < flooded < 6.5
    assert table["margin_tax_pct"].tolist()[1] == 0
    assert table["margin_tax_pct"].tolist()[2] > 3


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
