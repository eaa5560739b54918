"""From a campaign file and the flags of a command to a validated campaign.

Every fault is reported at once, each with its file, line and key; nothing is written.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from floodline.campaign.explain import explain, place
from floodline.campaign.overrides import apply_overrides, parse_override
from floodline.campaign.problems import CampaignFileError, KeyPath, Problem, dotted
from floodline.campaign.shape import Shape
from floodline.campaign.yaml_document import Document, read_document

if TYPE_CHECKING:
    from floodline.campaign.schema import Campaign

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Finding:
    """A fault that the schema cannot know of: where, what, what would be right."""

    path: KeyPath
    wrong: str
    right: str = ""


def load_campaign(
    path: Path,
    overrides: Sequence[str] = (),
    *,
    seed: int | None = None,
    examine: Sequence[Callable[[Any], list[Finding]]] = (),
) -> Campaign:
    """Read, override and validate a campaign file.

    Parameters
    ----------
    path : Path
        The YAML file. Paths inside it are relative to it.
    overrides : Sequence[str]
        ``key=value`` texts, applied in order; see `floodline.campaign.overrides`.
    seed : int, optional
        Stands for one more override, ``seed=<seed>``.
    examine : Sequence[Callable]
        What to hold the campaign's plain data against besides its schema, valid or not.

    Raises
    ------
    CampaignFileError
        If the file or the campaign in it is wrong; it holds every problem.
    CampaignError
        If an override's path leads nowhere.

    """
    from floodline.campaign.schema import Campaign  # noqa: PLC0415 - it imports every plug-in

    flags = [*overrides, *([f"seed={seed}"] if seed is not None else [])]
    return load_model(path, Campaign, flags, examine=examine)


def load_model(
    path: Path,
    model: type[M],
    overrides: Sequence[str] = (),
    *,
    examine: Sequence[Callable[[Any], list[Finding]]] = (),
) -> M:
    """Read a YAML file as any pydantic model; see `load_campaign`."""
    document = read_document(path)
    parsed = [parse_override(text) for text in overrides]
    shape = Shape(model.model_json_schema())
    origins = apply_overrides(document.data, parsed, shape)
    _locate_files(document, origins, shape, path.parent)
    problems = list(document.problems)
    for item in (finding for examination in examine for finding in examination(document.data)):
        line = place(document, origins, item.path)
        problems.append(Problem(*line, dotted(item.path), item.wrong, item.right))
    try:
        loaded = model.model_validate(document.data)
    except ValidationError as error:
        problems += explain(error, document, origins, shape)
    else:
        if not problems:
            return loaded
    problems.sort(key=lambda problem: (problem.line is None, problem.line or 0))
    raise CampaignFileError(document.source, problems)


def _locate_files(
    document: Document, origins: dict[KeyPath, str], shape: Shape, folder: Path
) -> None:
    """Make each relative path in the file relative to the present folder instead of the file's.

    A path that a flag gave is relative to the present folder already.
    """
    for path, holder, key in list(_texts(document.data, ())):
        if not shape.is_file(path) or any(path[:n] in origins for n in range(1, len(path) + 1)):
            continue
        target = (folder / holder[key]).resolve()
        here = Path.cwd()
        holder[key] = os.path.relpath(target) if target.is_relative_to(here) else str(target)


def _texts(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any, str | int]]:
    """Yield path, container and key of every text below a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        below: KeyPath = (*path, key)
        if isinstance(item, str):
            yield below, value, key
        elif isinstance(item, dict | list):
            yield from _texts(item, below)
