"""How slow keepers may be before a liquidation that should happen reverts."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from command_line import floodline

from floodline.foundation.workspace import project_root

pytestmark = [pytest.mark.anvil, pytest.mark.slow]
SMALL_CRASH = project_root() / "data" / "campaigns" / "small-crash.yaml"
DELAY = "actors.keepers.reaction_s.constant"
CHANGED = (
    "protocol.switches.fund=all_or_nothing",
    "actors.flood.enabled=false",
    "background=off",
    "objective={metric: liveness_lost_accounts, below: 1}",
    "slots=24",
)


def test_breakpoint_finds_the_delay_between_keepers_that_jam_nobody_and_those_that_do(
    tmp_path: Path,
) -> None:
    out = tmp_path / "study"
    overrides = [word for change in CHANGED for word in ("--set", change)]
    words = ("--vary", f"{DELAY}=1:60:log", "--batch", "4", "--budget", "12", *overrides)
    quiet = ("--progress", "none", "--workers", "2", "--out", str(out), "--json")
    found = json.loads(floodline("breakpoint", str(SMALL_CRASH), *words, *quiet).stdout)
    assert found["verdict"] == "found"
    interval = found["breaking_load"]
    assert 1 < interval["low"] < interval["estimate"] < interval["high"] < 60
    shares = pd.read_parquet(out / "breakpoint.parquet").set_index("load")["share"]
    assert shares.loc[1] == 0
    assert shares.loc[60] == 1
