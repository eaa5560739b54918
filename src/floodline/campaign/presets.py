"""Campaigns that come with Floodline: which there are, and a copy of one to begin from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from floodline.campaign.template import named
from floodline.campaign.yaml_document import read_document
from floodline.foundation.errors import CampaignError
from floodline.foundation.suggest import suggestion
from floodline.foundation.workspace import project_root

_NAME_LINE: Final = re.compile(r"^name:.*$", re.MULTILINE)


@dataclass(frozen=True)
class Preset:
    """One campaign file that comes with Floodline.

    Attributes
    ----------
    name : str
        The campaign's name, which is the file's too.
    description : str
        What it shows, in its own words.
    objective : str
        What must hold, as in ``bad_debt_ratio above 0.1``; empty where nothing must.
    path : Path
        The file.

    """

    name: str
    description: str
    objective: str
    path: Path


def preset_files() -> dict[str, Path]:
    """Return the campaign files that come with Floodline by name, sorted.

    They lie in ``data/campaigns`` of the checkout, those of one attack each in its folder
    ``attacks``, or in the assets of an installed wheel.
    """
    folder = project_root() / "data" / "campaigns"
    found = [*folder.glob("*.yaml"), *folder.glob("attacks/*.yaml")]
    return {path.stem: path for path in sorted(found, key=lambda path: path.stem)}


def presets() -> list[Preset]:
    """Return every preset with what it says of itself, by name."""
    return [_read(name, path) for name, path in preset_files().items()]


def _read(name: str, path: Path) -> Preset:
    data = read_document(path).data
    words = [
        f"{key} {value}" if key != "metric" else str(value)
        for key, value in (data.get("objective") or {}).items()
    ]
    return Preset(name, str(data.get("description", "")), " ".join(words), path)


def find_preset(name: str) -> Path:
    """Return a preset's file.

    Raises
    ------
    CampaignError
        If there is none of that name; naming the nearest.

    """
    files = preset_files()
    if name not in files:
        raise CampaignError(
            f"there is no preset called '{name}'{suggestion(name, list(files))}",
            f"one of: {', '.join(files)}",
        )
    return files[name]


def preset_as(name: str, preset: str) -> str:
    """Return a preset's text under another name, its comments with it.

    Raises
    ------
    CampaignError
        If there is no such preset, or the name is not good.

    """
    text = find_preset(preset).read_text(encoding="utf-8")
    renamed = _NAME_LINE.sub(f"name: {named(name)}", text, count=1)
    return f"# From the preset {preset}.\n#\n{renamed}"
