"""Files that a campaign reads besides its own: found in its parameters, told by their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from floodline.campaign.plugins import plugin_hashes
from floodline.foundation.choice import Chosen
from floodline.foundation.errors import CampaignError


def input_hashes(campaign: BaseModel) -> dict[str, str]:
    """Return the SHA-256 of every file that a campaign's parameters name, by its path.

    Plug-in files are among them: they decide as much.

    Raises
    ------
    CampaignError
        If one cannot be read.

    """
    found = plugin_hashes()
    for path in sorted(set(_paths(campaign))):
        try:
            found[path.as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise CampaignError(
                f"{path} cannot be read: {error.strerror}",
                "name an existing file, relative to the campaign file",
            ) from error
    return found


def _paths(value: Any) -> Iterator[Path]:
    """Yield every path below a value."""
    if isinstance(value, Path):
        yield value
    elif isinstance(value, Chosen):
        yield from _paths(value.parameters)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _paths(getattr(value, name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _paths(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _paths(item)
