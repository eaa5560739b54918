"""The reference in docs/ is what the registries say now, and leaves nothing out."""

from pathlib import Path

import pytest

from floodline.campaign.schema import Campaign
from floodline.cli.catalogue import KINDS, Item
from floodline.cli.reference import PAGES, render
from floodline.cli.reference_campaign import sections
from floodline.cli.reference_commands import render_commands
from floodline.cli.reference_pages import RENDERED, write_pages
from floodline.cli.study_verbs import app
from floodline.foundation.errors import CampaignError
from floodline.measure.dictionary import TABLES

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "reference"

ELSEWHERE = {"presets"}
"""Kinds that other pages tell of."""


@pytest.mark.parametrize("name", RENDERED)
def test_a_page_is_as_fresh_as_its_registry(name):
    remedy = "make it anew: floodline list --docs docs/reference"
    assert (FOLDER / f"{name}.md").read_text(encoding="utf-8") == RENDERED[name](), remedy


def test_nothing_stale_lies_among_the_pages():
    assert {path.stem for path in FOLDER.glob("*.md")} == set(RENDERED)


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


def test_every_verb_and_every_flag_stands_on_the_page_of_the_command_line():
    page = render_commands()
    for command in app.registered_commands:
        name = command.name or command.callback.__name__
        assert f"\n## `floodline {name}`\n" in page
    for flag in ("--allow-missed-objective", "--mitigation", "--keep-runs", "--install-completion"):
        assert flag in page
    assert "## `floodline runs rm`" in page
    assert "## `floodline calibrate background`" in page


def test_every_section_of_the_campaign_file_has_its_table():
    page = RENDERED["campaign"]()
    found = {".".join(path): model for path, model in sections(Campaign, ())}
    assert {"chain", "chain.pool", "chain.reorgs", "network.links.[]", "objective"} <= set(found)
    for path, model in found.items():
        part = page.split(f"\n## `{path}`\n")[1].split("\n## ")[0]
        for field in model.model_fields:
            assert f"| `{field}` |" in part, (path, field)


def test_every_column_of_every_table_stands_there_with_its_meaning():
    page = RENDERED["tables"]()
    for table in TABLES.values():
        part = page.split(f"\n## `{table.name}`\n")[1].split("\n## ")[0]
        for column in table.columns:
            assert f"| `{column.name}` | {column.storage} |" in part
    assert "gas used in the block by this role" in page
