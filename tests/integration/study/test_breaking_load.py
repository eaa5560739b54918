"""The breaking load of a system whose breaking load is known, and what is said where there is none.

V4 of the validation laws: a bidder at quantile q of the tips starves from 1 / (1 - q) times what
blocks hold (twice that many times their target); the search has to find that inside its interval.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from bidder_campaign import bidders
from command_line import floodline
from ruamel.yaml import YAML
from tiny_campaign import tiny_file

pytestmark = pytest.mark.anvil
QUIET = ("--progress", "none", "--workers", "2")


@pytest.mark.slow
def test_a_bidder_at_the_median_tip_starves_at_twice_what_blocks_hold(tmp_path: Path) -> None:
    file, out = tmp_path / "bidders.yaml", tmp_path / "study"
    with file.open("w") as handle:
        YAML().dump(bidders(6.0), handle)
    load = "actors.flood.arrival.load=2.5:7:log"
    words = ("--vary", load, "--batch", "4", "--budget", "28", "--tolerance", "0.1")
    done = floodline("breakpoint", str(file), *words, *QUIET, "--out", str(out), "--json")
    found = json.loads(done.stdout)
    assert found["verdict"] == "found"
    interval = found["breaking_load"]
    assert interval["low"] <= 2 / (1 - 0.5) <= interval["high"]
    assert interval["high"] / interval["low"] < 1.5
    shares = pd.read_parquet(out / "breakpoint.parquet")
    assert shares["trials"].sum() == found["trials"] == interval["count"]


def test_a_range_that_does_not_bracket_a_breaking_load_says_on_which_side_it_lies(
    tmp_path: Path,
) -> None:
    file, out = str(tiny_file(tmp_path)), str(tmp_path / "study")
    words = ("breakpoint", file, "--vary", "actors.flood.arrival.gas_per_s=1e6:2e6", *QUIET)
    bound = "objective={metric: base_fee_peak_gwei, above: 1000}"
    done = floodline(*words, "--batch", "4", "--out", out, "--set", bound, code=1)
    assert "fails already at 1e+06: the breaking load lies below" in done.stdout


def test_what_has_no_objective_or_no_range_is_refused(tmp_path: Path) -> None:
    file = str(tiny_file(tmp_path))
    words = ("breakpoint", file, "--vary", "actors.flood.arrival.gas_per_s=1e6:2e6")
    assert "has no objective" in floodline(*words, "--set", "objective=null", code=2).stderr
    done = floodline("breakpoint", file, "--vary", "builder.policy=fifo,random", code=2)
    assert "searched over a range" in done.stderr
    done = floodline("breakpoint", file, "--vary", "actors.flod.to_s=1:2", code=2)
    assert "flood" in done.stderr
