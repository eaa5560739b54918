"""Presets of incidents, what changes one ingredient of each, and finished runs of them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pandas as pd

from floodline.campaign.presets import find_preset
from floodline.campaign.progress import Silent
from floodline.campaign.setup_store import SetupStore
from floodline.measure.tables import Tables
from floodline.study.prepare import prepare_campaign
from floodline.study.run import run_campaign

FOLLOWING_KEEPERS: Final = "actors.keepers.fee={percentile: {p: 95}}"
COUNTERFACTUALS: Final[dict[str, tuple[str, ...]]] = {
    "arbitrum-outage-2023": ("chain.block_time=fixed", "actors.sequencer.enabled=false"),
    "black-thursday-2020": (FOLLOWING_KEEPERS,),
    "black-thursday-2020-auctions": ("actors.bidders.fee={percentile: {p: 95}}",),
    "fomo3d-stuffing-2018": ("actors.players.fee={fixed: {tip_gwei: 500, max_fee_gwei: 500}}",),
    "gmx-avax-2022": ("protocol.overrides.max_side_value=2_000_000",),
    "hyperliquid-2025-10-10": ("protocol.switches.adl=none",),
    "luna-frozen-feed-2022": ("protocol.switches.staleness_guard=true",),
    "shock-adverse": ("actors.oracle.delay_s=600",),
    "shock-severe": ("actors.keepers.enabled=false",),
    "yfi-oi-2023": ("protocol.switches.initial_margin=open_interest",),
}
"""Each preset with the one ingredient without which its shape is not there."""


@dataclass(frozen=True)
class PresetRun:
    """A finished run."""

    folder: Path
    summary: dict[str, Any]
    tables: Tables

    @cached_property
    def csvs(self) -> dict[str, bytes]:
        """Its tables' bytes by file name."""
        return tables_of(self.folder)

    @property
    def bad_debt_ratio(self) -> float:
        """Bad debt over peak open interest."""
        return float(self.summary["solvency"]["bad_debt_ratio"])

    def attack(self, actor: str) -> pd.Series[Any]:
        """The actor's row in the table of attacks."""
        table = self.tables["attacks"]
        return table[table["actor"] == actor].iloc[0]


class PresetRuns:
    """Runs each preset once for each set of changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._setups = SetupStore(folder / "setups")
        self._runs: dict[tuple[str, ...], PresetRun] = {}

    def __call__(self, preset: str, *changes: str) -> PresetRun:
        key = (preset, *changes)
        if key not in self._runs:
            campaign = prepare_campaign(find_preset(preset), changes)
            out = self._folder / f"{preset}-{len(self._runs)}"
            words = ["floodline", "run", preset]
            made = run_campaign(
                campaign, out=out, progress=Silent(), command_line=words, setups=self._setups
            )
            self._runs[key] = PresetRun(out, made.summary, made.tables)
        return self._runs[key]


def tables_of(run: Path) -> dict[str, bytes]:
    """Return a run's tables as bytes by file name."""
    return {path.name: path.read_bytes() for path in sorted((run / "tables").glob("*.csv"))}


def run_in_a_process(preset: str, out: Path, hash_seed: str) -> int:
    """Run a preset by the command line in a process of its own; return its exit code."""
    command = "import sys; from floodline.cli.main import main; sys.exit(main())"
    words = ["run", str(find_preset(preset)), "--out", str(out), "--progress", "none"]
    finished = subprocess.run(
        [sys.executable, "-c", command, *words],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return finished.returncode
