"""`floodline new --from PRESET`: a copy of what comes with Floodline, comments and all."""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from floodline.campaign.load import load_campaign
from floodline.campaign.presets import preset_as, preset_files, presets
from floodline.campaign.template import write_new

Floodline = Callable[..., subprocess.CompletedProcess[str]]
PROJECT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", preset_files())
def test_a_copy_is_the_preset_under_another_name(name: str, tmp_path: Path) -> None:
    write_new(preset_as("mine", name), tmp_path / "mine.yaml")
    copied = load_campaign(tmp_path / "mine.yaml")
    original = load_campaign(preset_files()[name])
    assert copied == original.model_copy(update={"name": "mine"})
    assert original.name == name
    comments = [line for line in preset_files()[name].read_text().splitlines() if "#" in line]
    kept = (tmp_path / "mine.yaml").read_text().splitlines()
    assert comments
    assert [line for line in comments if line not in kept] == []
    assert kept[0] == f"# From the preset {name}."


def test_every_preset_says_what_it_shows_and_what_must_hold() -> None:
    assert [preset.name for preset in presets()] == sorted(preset_files())
    for preset in presets():
        assert preset.description
        assert preset.objective


def test_the_command_writes_a_copy_that_check_accepts_and_never_overwrites(
    floodline: Floodline, tmp_path: Path
) -> None:
    assert floodline("new", "7", "--from", "small-crash", "--out", "mine.yaml").returncode == 0
    answer = json.loads(floodline("check", "mine.yaml", "--json").stdout)
    assert answer["campaign"]["name"] == "7"
    again = floodline("new", "7", "--from", "small-crash", "--out", "mine.yaml")
    assert again.returncode == 2
    assert "there already" in again.stderr


def test_an_unknown_preset_is_told_with_the_nearest_and_nothing_is_written(
    floodline: Floodline, tmp_path: Path
) -> None:
    done = floodline("new", "mine", "--from", "smal-crash")
    assert done.returncode == 2
    assert "did you mean 'small-crash'" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_presets_are_listed_with_their_objectives(floodline: Floodline) -> None:
    shown = floodline("list", "presets")
    assert shown.returncode == 0
    for preset in presets():
        assert f"{preset.name} [{preset.objective}]" in shown.stdout


def test_an_installed_wheel_brings_the_presets_along(floodline: Floodline, tmp_path: Path) -> None:
    """What the wheel puts beside the package is what a copy is made from."""
    included = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["hatch"]["build"][
        "targets"
    ]["wheel"]["force-include"]
    for source, target in included.items():
        place = tmp_path / target
        place.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (PROJECT / source).is_dir() else shutil.copy
        copy(PROJECT / source, place)
    home = {"FLOODLINE_HOME": str(tmp_path / "floodline" / "_assets")}
    done = floodline("new", "mine", "--from", "small-crash", env=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert "name: mine" in (tmp_path / "mine.yaml").read_text()
