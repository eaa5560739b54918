"""What cannot be made again is refused before anything is started."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from floodline.campaign.progress import Silent
from floodline.campaign.schema import Campaign
from floodline.foundation.errors import AnalysisError, CampaignError
from floodline.study.folder import RunInfo
from floodline.study.replay import campaign_of, replay

PLAIN: dict[str, Any] = {
    "name": "x",
    "slots": 4,
    "market": {"ETH": {"gbm": {"start_usd": 3000, "vol": 0.5}}},
}


def run_of(**changes: Any) -> RunInfo:
    campaign = Campaign.model_validate({**PLAIN, **changes}).canonical()
    manifest = {"campaign": campaign, "outcome_hash": "0" * 64, "status": "complete"}
    return RunInfo("x-0-1", Path("x-0-1"), "complete", manifest)


def test_a_run_by_the_wall_clock_cannot_be_made_again() -> None:
    live = run_of(chain={"clock": "wall", "mempool": "node"})
    with pytest.raises(AnalysisError, match="by the wall clock"):
        replay(live, Silent(), [], None)


def test_a_run_without_a_manifest_cannot_be_made_again() -> None:
    with pytest.raises(AnalysisError, match="left no manifest: that run is killed"):
        campaign_of(RunInfo("x", Path("x"), "killed", {}))


def test_the_manifests_campaign_takes_changes_as_a_file_does() -> None:
    assert campaign_of(run_of(), ["slots=9", "market.ETH.vol=1.5"]).slots == 9
    with pytest.raises(CampaignError, match="slots"):
        campaign_of(run_of(), ["slots=none"])
    with pytest.raises(CampaignError, match="did you mean 'slots'"):
        campaign_of(run_of(), ["slotz=1"])
