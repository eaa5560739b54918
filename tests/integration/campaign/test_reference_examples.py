"""The worked example on every page of the reference runs, and does something."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from floodline.campaign.session import Session
from floodline.cli.reference import PAGES
from floodline.measure.identities import check
from floodline.measure.tables import build_tables

pytestmark = pytest.mark.anvil

Finished = Callable[[dict[str, Any]], Session]

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "reference"

BASE: dict[str, Any] = {
    "name": "example",
    "seed": 3,
    "slots": 6,
    "market": {"ETH": {"gbm": {"start_usd": 3000, "vol": 3.0}}},
    "book": {"accounts": 8},
}


def fragment(page: Path) -> dict[str, Any]:
    """The YAML between the page's fences."""
    text = page.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    return dict(YAML(typ="safe").load(text))


@pytest.mark.parametrize(
    "page", [FOLDER / f"{name}.md" for name in PAGES], ids=lambda page: page.stem
)
def test_the_example_of_a_page_runs(finished: Finished, page: Path) -> None:
    given = fragment(page)
    session = finished({**BASE, "background": "off", **given})
    record = session.record("complete")
    assert record is not None
    tables = build_tables(record)
    assert [identity.name for identity in check(tables) if not identity.ok] == []
    senders = set(tables["transactions"]["actor"])
    named = [dict(actor) for actor in given["actors"]] or [{"background": {}}]
    for actor in named:
        ((kind, parameters),) = actor.items()
        if kind != "keepers":  # nothing is liquidated within these few blocks
            assert (parameters or {}).get("name", kind) in senders
