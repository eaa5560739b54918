"""Presets of attacks: each says how it is compared, and with a mitigation that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from floodline.campaign.load import load_campaign
from floodline.campaign.presets import find_preset, preset_files
from floodline.study.mitigations import MITIGATIONS

ATTACKS = sorted((Path(__file__).parents[3] / "data" / "campaigns" / "attacks").glob("*.yaml"))


@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.stem)
def test_its_head_gives_the_command_that_takes_it_away(path: Path) -> None:
    head = path.read_text(encoding="utf-8").partition("\nname:")[0]
    file, mitigation = re.findall(r"floodline compare (\S+) --mitigation (\S+)", head)[0]
    assert file == f"data/campaigns/attacks/{path.name}"
    assert mitigation in MITIGATIONS
    assert f"`{mitigation}`" in head
    assert load_campaign(path).name == path.stem


@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.stem)
def test_it_is_found_by_its_bare_name(path: Path) -> None:
    assert find_preset(path.stem) == path


def test_no_attack_hides_another_preset() -> None:
    folder = ATTACKS[0].parent.parent
    assert len(ATTACKS) > 25
    assert len(preset_files()) == len(ATTACKS) + len(list(folder.glob("*.yaml")))
