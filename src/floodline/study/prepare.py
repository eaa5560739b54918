"""Everything that can be known to be wrong with a campaign before anything is started."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from floodline.campaign.load import Finding, load_campaign
from floodline.campaign.schema import Campaign
from floodline.foundation.errors import AnalysisError
from floodline.measure.objective import find_metric


def prepare_campaign(
    path: Path, overrides: Sequence[str] = (), *, seed: int | None = None
) -> Campaign:
    """Load a campaign and hold it also against what its schema cannot know: the metrics.

    Raises
    ------
    CampaignFileError
        With every problem; see `floodline.campaign.load.load_campaign`.

    """
    return load_campaign(path, overrides, seed=seed, examine=[_objective_exists])


def _objective_exists(campaign: Any) -> list[Finding]:
    objective = campaign.get("objective") if isinstance(campaign, dict) else None
    metric = objective.get("metric") if isinstance(objective, dict) else None
    if not isinstance(metric, str):
        return []
    try:
        find_metric(metric)
    except AnalysisError as error:
        return [Finding(("objective", "metric"), error.message, error.next_step)]
    return []
