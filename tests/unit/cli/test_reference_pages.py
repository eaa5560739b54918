"""The reference in docs/ is what the registries say now, and leaves nothing out."""

from pathlib import Path

import pytest

from floodline.cli.catalogue import KINDS, Item
from floodline.cli.reference import PAGES, render, write_pages
from floodline.foundation.errors import CampaignError

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "reference"

ELSEWHERE = {"prices", "protocols", "profiles", "switches", "metrics", "legs", "presets"}
"""Kinds that other pages tell of."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_fresh_as_its_registry(name):
    remedy = "make it anew: floodline list --docs docs/reference"
    assert (FOLDER / f"{name}.md").read_text(encoding="utf-8") == render(name), remedy


def test_nothing_stale_lies_among_the_pages():
    assert {path.stem for path in FOLDER.glob("*.md")} == set(PAGES)


def test_every_part_that_a_campaign_can_name_has_its_place_on_a_page():
    shown = {
        (section.kind, item.name)
        for page in PAGES.values()
        for section in page.sections
        for item in KINDS[section.kind]()
        if not section.names or item.name in section.names
    }
    known = {(kind, item.name) for kind in KINDS if kind not in ELSEWHERE for item in KINDS[kind]()}
    assert known == shown


def test_a_parameter_stands_there_with_unit_default_and_meaning(monkeypatch):
    row = {
        "name": "tip_gwei",
        "type": "a | b",
        "unit": "gwei/gas",
        "default": "2",
        "description": "Tip\nof each.",
    }
    monkeypatch.setitem(KINDS, "arrivals", lambda: [Item("odd", "An odd one.", "", [row], "More.")])
    page = render("arrivals")
    assert "### `odd`\n\nAn odd one.\n\nMore.\n" in page
    assert "| `tip_gwei` | a \\| b | gwei/gas | 2 | Tip of each. |" in page


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    taken = tmp_path / "file"
    taken.write_text("")
    with pytest.raises(CampaignError, match="cannot be written"):
        write_pages(taken)
