"""``floodline list --docs``: the pages of the reference that are kept in the repository."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from floodline.cli.reference import PAGES, render
from floodline.cli.reference_campaign import render_campaign
from floodline.cli.reference_commands import render_commands
from floodline.cli.reference_tables import render_tables
from floodline.foundation.errors import CampaignError

RENDERED: Final[dict[str, Callable[[], str]]] = {
    **{name: partial(render, name) for name in PAGES},
    "campaign": render_campaign,
    "cli": render_commands,
    "tables": render_tables,
}
"""How each page is made, by the name of its file; the contracts' are made with the site."""


def write_pages(folder: Path) -> list[Path]:
    """Write every page into a folder and return their paths.

    Raises
    ------
    CampaignError
        If the folder cannot be written.

    """
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, make in RENDERED.items():
            path = folder / f"{name}.md"
            path.write_text(make(), encoding="utf-8")
            paths.append(path)
    except OSError as error:
        raise CampaignError(
            f"{folder} cannot be written: {error.strerror}", "name another folder"
        ) from error
    return paths
