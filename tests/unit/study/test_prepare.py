"""What the schema cannot know is reported together with what it can."""

import pytest

from floodline.campaign.problems import CampaignFileError
from floodline.study.prepare import prepare_campaign


def test_an_unknown_metric_is_reported_beside_the_schemas_own_faults(tmp_path):
    file = tmp_path / "two-faults.yaml"
    file.write_text(
        "name: x\n"
        "slots: -1\n"
        "market: {ETH: {gbm: {start_usd: 3000, vol: 1}}}\n"
        "objective: {metric: bad_det_ratio, below: 0.01}\n"
    )
    with pytest.raises(CampaignFileError) as caught:
        prepare_campaign(file)
    words = str(caught.value)
    assert "two-faults.yaml:2: slots" in words
    assert "two-faults.yaml:4: objective.metric" in words
    assert "did you mean 'bad_debt_ratio'" in words
