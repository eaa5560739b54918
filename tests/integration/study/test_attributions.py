"""Counterfactual runs on a real node: the leg that was made bad gets the blame."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import floodline
from tiny_campaign import tiny_file

from floodline.study.legs import LEGS
from floodline.study.prepare import prepare_campaign

pytestmark = pytest.mark.anvil
QUIET = ("--progress", "none", "--workers", "2", "--json")


def shares(file: Path, out: Path, *words: str) -> dict[str, dict[str, float]]:
    done = floodline("attribute", str(file), *words, *QUIET, "--out", str(out))
    report = json.loads(done.stdout)
    assert report["failed"] == 0
    found = {share["legs"]: share for share in report["shares"]}
    total = report["totals"]["time_under_margin_mean_s"]
    legs = [share for share in found.values() if not share["interaction"]]
    assert sum(share["estimate"] for share in legs) == pytest.approx(
        total["as_it_is"] - total["all_ideal"], abs=1e-6
    )
    return found


def test_a_slow_oracle_gets_the_blame_and_slow_keepers_get_theirs(tmp_path: Path) -> None:
    file = tiny_file(tmp_path, slots=14)
    words = ("--leg", "oracle", "--leg", "detection", "--seeds", "3")
    words = (*words, "--metric", "time_under_margin_mean_s")
    slow = "actors.oracle.delay_s=48"
    found = shares(file, tmp_path / "one", *words, "--set", slow)
    assert found["oracle"]["estimate"] > 3 * abs(found["detection"]["estimate"])
    late = "actors.keepers.reaction_s={constant: 40}"
    found = shares(file, tmp_path / "two", *words, "--set", late)
    assert found["detection"]["estimate"] > 3 * abs(found["oracle"]["estimate"])


@pytest.mark.parametrize("name", LEGS)
def test_every_leg_can_be_made_ideal_in_the_shipped_campaign(name: str) -> None:
    file = Path(__file__).parents[3] / "data" / "campaigns" / "flash-crash.yaml"
    campaign = prepare_campaign(file)
    assert prepare_campaign(file, LEGS[name].ideal(campaign)) != campaign


def test_larger_blocks_do_not_enlarge_a_load_that_is_a_multiple_of_them(tmp_path: Path) -> None:
    file = tiny_file(tmp_path)
    campaign = prepare_campaign(file, ["actors.flood.arrival={poisson: {load: 3}}"])
    assert "actors.flood.arrival.poisson.load=0.15" in LEGS["capacity"].ideal(campaign)


def test_an_unknown_leg_and_a_leg_that_nobody_is_on_are_told(tmp_path: Path) -> None:
    file = str(tiny_file(tmp_path))
    assert "'oracle'" in floodline("attribute", file, "--leg", "orakel", code=2).stderr
    words = ("--set", "actors.keepers.enabled=false", "--leg", "detection", *QUIET)
    done = floodline("attribute", file, *words, "--out", str(tmp_path / "s"), code=2)
    assert "nobody on the leg detection" in done.stderr
