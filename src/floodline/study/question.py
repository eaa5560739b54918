"""The campaign that a study asks its question of: a file, its overrides, and points to try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from floodline.campaign.load import load_campaign
from floodline.campaign.overrides import apply_overrides, parse_override
from floodline.campaign.schema import Campaign
from floodline.campaign.shape import Shape
from floodline.campaign.yaml_document import read_document
from floodline.foundation.errors import CampaignError
from floodline.measure.flat import Scalar
from floodline.study.design import Vary, overrides_of
from floodline.study.prepare import prepare_campaign
from floodline.study.trial import Trial


@dataclass(frozen=True)
class Question:
    """A campaign file with overrides, from which trials are made.

    Attributes
    ----------
    file : Path
        The campaign file.
    overrides : tuple of str
        ``key=value`` texts that hold for every trial.

    """

    file: Path
    overrides: tuple[str, ...] = ()

    def base(self) -> Campaign:
        """Return the campaign without anything varied, thoroughly checked."""
        return prepare_campaign(self.file, self.overrides)

    def resolve(self, vary: Vary) -> Vary:
        """Return a `Vary` that knows whether its key takes whole numbers only.

        Raises
        ------
        CampaignError
            If the campaign has no such key.

        """
        document = read_document(self.file)
        shape = Shape(Campaign.model_json_schema())
        flags = [*self.overrides, f"{vary.key}=0"]
        origins = apply_overrides(document.data, [parse_override(text) for text in flags], shape)
        path = next(path for path, flag in origins.items() if flag == f"--set {vary.key}=0")
        return vary.with_whole(shape.is_whole(path))

    def campaign(self, setting: Mapping[str, Scalar], more: Sequence[str] = ()) -> dict[str, Any]:
        """Return the canonical campaign of a point.

        Raises
        ------
        CampaignFileError
            If a value of the point is not valid there.

        """
        texts = [*self.overrides, *more, *overrides_of(setting)]
        return load_campaign(self.file, texts).canonical()

    def trials(
        self,
        settings: Sequence[Mapping[str, Scalar]],
        seeds: Sequence[int],
        more: Sequence[str] = (),
    ) -> list[Trial]:
        """Return a trial for every seed at every point, seed by seed.

        Trials of one seed come together, since they can share a setup.
        """
        campaigns = [self.campaign(setting, more) for setting in settings]
        return [
            Trial({**campaign, "seed": seed}, point, dict(setting))
            for seed in seeds
            for point, (campaign, setting) in enumerate(zip(campaigns, settings, strict=True))
        ]


def seeds_from(first: int, count: int) -> list[int]:
    """Return consecutive seeds.

    Raises
    ------
    CampaignError
        If there are none.

    """
    if count < 1:
        raise CampaignError(f"--seeds {count}: a study needs at least one seed", "give --seeds 8")
    return list(range(first, first + count))
