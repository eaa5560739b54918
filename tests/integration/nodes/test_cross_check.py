"""One preset with the modelled pool on Anvil and on geth: the same verdicts."""

from pathlib import Path

import pytest

from floodline.campaign.progress import Silent
from floodline.study.crosscheck import crosscheck
from floodline.study.prepare import prepare_campaign

pytestmark = [pytest.mark.geth, pytest.mark.slow]

PRESET = Path(__file__).parents[3] / "data" / "campaigns" / "cross-check.yaml"


def test_the_model_on_anvil_and_geth_agree_on_the_preset(geth_path, tmp_path):
    found = crosscheck(
        prepare_campaign(PRESET),
        seeds=2,
        out=tmp_path,
        progress=Silent(),
        command_line=("floodline", "crosscheck"),
    )
    assert found.agrees, found
    assert {one.name for one in found.comparisons} >= {"bad_debt_usd"}
    assert len(found.verdicts) == 2
