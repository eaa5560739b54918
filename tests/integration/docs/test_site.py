"""The documentation builds strictly into a site that fetches nothing and leaves nothing out."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from docs_pages import ROOT
from jsonschema import Draft7Validator

from floodline.campaign.yaml_document import read_document
from floodline.toolchain.natspec import load_natspec

FETCHED = re.compile(
    r"<(?:script|img|iframe|source)[^>]*\ssrc=[\"']?(?:https?:)?//|"
    r"<link(?![^>]*rel=[\"']?canonical)[^>]*\shref=[\"']?(?:https?:)?//|"
    r"@import|url\([\"']?(?:https?:)?//",
    re.IGNORECASE,
)
"""What makes a browser load something from elsewhere."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(target)],
        cwd=ROOT,
        env={
            **os.environ,
            "NO_MKDOCS_2_WARNING": "1",
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "HTTP_PROXY": "http://127.0.0.1:9",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def test_no_page_fetches_anything_from_elsewhere(site: Path) -> None:
    pages = [*site.rglob("*.html"), *site.rglob("*.css")]
    assert len(pages) > 60
    for page in pages:
        found = FETCHED.search(page.read_text(encoding="utf-8"))
        assert found is None, f"{page.relative_to(site)}: {found}"


def test_every_page_of_the_documentation_is_in_the_site(site: Path) -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        made = site / page.relative_to(ROOT / "docs").with_suffix(".html")
        assert made.is_file(), page


def test_every_interface_has_a_page_with_its_functions_events_and_errors(site: Path) -> None:
    interfaces = [one for one in load_natspec() if "/interfaces/" in one.source]
    assert len(interfaces) > 25
    for one in interfaces:
        text = (site / "reference" / "contracts" / f"{one.name}.html").read_text(encoding="utf-8")
        assert one.source in text
        for member in one.members:
            assert member.declaration.partition("(")[0] in text, (one.name, member.declaration)


def test_natspec_is_read_with_parameters_and_returned_values() -> None:
    docs = {one.name: one for one in load_natspec()}
    liquidate = next(
        member
        for member in docs["ILiquidationEngine"].members
        if member.declaration.startswith("liquidate(")
    )
    assert liquidate.kind == "function"
    assert liquidate.declaration.startswith("liquidate(address account, address market) returns (")
    assert liquidate.notice
    meanings = {name: meaning for name, _, meaning in liquidate.values}
    assert meanings["account"] == "The trader."
    assert meanings["→ sizeClosed"] == "WAD units."


def test_everything_public_in_an_interface_is_documented() -> None:
    silent = [
        f"{one.name}.{member.declaration}"
        for one in load_natspec()
        if "/interfaces/" in one.source
        for member in one.members
        if not (member.notice or member.details)
    ]
    assert silent == []


def test_the_schema_that_the_site_serves_is_a_campaigns(site: Path) -> None:
    schema = json.loads((site / "reference" / "campaign.schema.json").read_text())
    campaign = read_document(ROOT / "data" / "campaigns" / "small-crash.yaml").data
    assert Draft7Validator(schema).is_valid(campaign)
    assert not Draft7Validator(schema).is_valid({**campaign, "slots": 0})


def test_the_notebook_is_a_page_with_what_it_printed_and_drew(site: Path) -> None:
    text = (site / "tutorial" / "notebook.html").read_text(encoding="utf-8")
    assert "all 16 conservation identities balance" in text
    (picture,) = (site / "tutorial").glob("notebook-*.png")
    assert picture.name in text
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert (site / "tutorial" / "first-flood.ipynb").is_file()


def test_words_to_editors_of_the_sources_are_not_shown(site: Path) -> None:
    for page in (site / "reference").rglob("*.html"):
        assert "Made by `floodline list" not in page.read_text(encoding="utf-8")
