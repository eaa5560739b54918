"""The actor, the fee strategy and the builder of the how-to pages do what the pages say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from docs_pages import ROOT, blocks

import floodline as package

pytestmark = [pytest.mark.anvil, pytest.mark.slow]

COMMAND = "import sys; from floodline.cli.main import main; sys.exit(main())"


def floodline(folder: Path, plugins: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `floodline` in a folder with plug-ins."""
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *words],
        cwd=folder,
        env={
            **os.environ,
            "FLOODLINE_PLUGINS": plugins,
            "PYTHONPATH": str(Path(package.__file__).parents[1]),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def ran(folder: Path, page: str, plugin: str, campaign: str, *more: str) -> package.Run:
    """Write the files of a how-to page, run its campaign, and open the run."""
    for block in blocks(ROOT / "docs" / "howto" / f"{page}.md"):
        if block.title:
            (folder / block.title).write_text(block.text)
    out = folder / f"run{len(list(folder.glob('run*')))}"
    done = floodline(folder, plugin, "run", campaign, "--out", str(out), *more)
    assert done.returncode == 0, done.stderr
    return package.load(out)


def test_the_panicker_opens_at_once_and_sells_when_it_hurts(tmp_path: Path) -> None:
    run = ran(tmp_path, "write-an-actor", "panicker.py", "panic.yaml")
    mine = run.transactions[run.transactions["actor"] == "panicker"].sort_values("created_s")
    first, *later = mine.to_dict("records")
    assert (first["role"], first["status"]) == ("trader", "included")
    assert first["created_s"] < 24
    assert 60 < later[0]["created_s"] < 100  # the price falls by a tenth from 60 s on
    tally = run.actors[run.actors["actor"] == "panicker"].set_index("item")["amount"]
    assert tally["panicked"] == "1"
    sides = run.trades.sort_values("time_s")
    assert len(sides) == 2
    assert int(sides["size_delta_wad"].iloc[0]) == -int(sides["size_delta_wad"].iloc[1])


def test_the_doubling_bid_doubles_while_it_waits(tmp_path: Path) -> None:
    run = ran(tmp_path, "write-a-fee-strategy", "doubling.py", "fees.yaml")
    bids = run.transactions[run.transactions["actor"] == "oracle"]
    replaced = bids[bids["replaces"].notna()]
    assert len(replaced) > 0
    tips = dict(zip(bids["tx_id"], bids["tip_wei"], strict=True))
    for row in replaced.to_dict("records"):
        assert row["tip_wei"] == 2 * tips[row["replaces"]]
    assert min(tips.values()) == 10**9


def test_the_builder_serves_small_transactions_that_pay_less(tmp_path: Path) -> None:
    def shares(*more: str) -> tuple[float, float]:
        run = ran(tmp_path, "write-a-builder", "smallest_first.py", "small.yaml", *more)
        included = run.transactions["status"] == "included"
        by_actor = included.groupby(run.transactions["actor"], observed=True).mean()
        return by_actor["small"], by_actor["large"]

    small, large = shares()
    assert small > large
    before, after = shares("--set", "builder.policy=priority")
    assert after > before
    assert small > before


def test_a_part_of_your_own_is_listed_and_in_the_schema_and_in_the_manifest(tmp_path: Path) -> None:
    run = ran(tmp_path, "write-an-actor", "panicker.py", "panic.yaml", "--set", "slots=2")
    assert len(run.manifest["inputs"]["panicker.py"]) == 64
    listed = floodline(tmp_path, "panicker.py", "list", "actors")
    assert "Goes long, and sells out when the price falls." in listed.stdout
    schema = json.loads(floodline(tmp_path, "panicker.py", "schema").stdout)
    assert "panicker" in schema["properties"]["actors"]["items"]["anyOf"][0]["properties"]
    without = floodline(tmp_path, "", "check", "panic.yaml")
    assert without.returncode == 2
    assert "no actor is called 'panicker'" in without.stderr
