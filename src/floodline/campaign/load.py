"""From a campaign file and the flags of a command to a validated campaign.

Every fault is reported at once, each with its file, line and key; nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from floodline.campaign.explain import explain
from floodline.campaign.overrides import apply_overrides, parse_override
from floodline.campaign.problems import CampaignFileError
from floodline.campaign.shape import Shape
from floodline.campaign.yaml_document import read_document

if TYPE_CHECKING:
    from floodline.campaign.schema import Campaign

M = TypeVar("M", bound=BaseModel)


def load_campaign(
    path: Path, overrides: Sequence[str] = (), *, seed: int | None = None
) -> Campaign:
    """Read, override and validate a campaign file.

    Parameters
    ----------
    path : Path
        The YAML file.
    overrides : Sequence[str]
        ``key=value`` texts, applied in order; see `floodline.campaign.overrides`.
    seed : int, optional
        Stands for one more override, ``seed=<seed>``.

    Raises
    ------
    CampaignFileError
        If the file or the campaign in it is wrong; it holds every problem.
    CampaignError
        If an override's path leads nowhere.

    """
    from floodline.campaign.schema import Campaign  # noqa: PLC0415 - it imports every plug-in

    flags = [*overrides, *([f"seed={seed}"] if seed is not None else [])]
    return load_model(path, Campaign, flags)


def load_model(path: Path, model: type[M], overrides: Sequence[str] = ()) -> M:
    """Read a YAML file as any pydantic model; see `load_campaign`."""
    document = read_document(path)
    parsed = [parse_override(text) for text in overrides]
    shape = Shape(model.model_json_schema())
    origins = apply_overrides(document.data, parsed, shape)
    problems = list(document.problems)
    try:
        loaded = model.model_validate(document.data)
    except ValidationError as error:
        problems += explain(error, document, origins, shape)
    else:
        if not problems:
            return loaded
    problems.sort(key=lambda problem: (problem.line is None, problem.line or 0))
    raise CampaignFileError(document.source, problems)
