"""Every mitigation is one change that a campaign takes, and says what it is."""

import pytest

from floodline.campaign.overrides import apply_overrides, parse_override
from floodline.campaign.schema import Campaign
from floodline.campaign.shape import Shape
from floodline.study.mitigations import MITIGATIONS

SHAPE = Shape(Campaign.model_json_schema())
CAST = ("oracle", "keepers", "traders", "order_keepers", "auction_bidders")


def plain():
    return {
        "name": "mitigated",
        "slots": 1,
        "market": {"ETH": {"gbm": {"start_usd": 3000, "vol": 0.5}}},
        "actors": [{kind: {}} for kind in CAST],
        "protocol": {"switches": {"staleness_guard": False}},
    }


@pytest.mark.parametrize("name", MITIGATIONS)
def test_a_mitigation_changes_a_campaign_that_stays_valid(name):
    data = plain()
    found = MITIGATIONS[name]
    apply_overrides(data, [parse_override(text) for text in found.overrides], SHAPE)
    changed = Campaign.model_validate(data).canonical()
    assert changed != Campaign.model_validate(plain()).canonical()
    assert found.description[0].islower() or found.description[0].isdigit()


def test_they_stand_in_the_order_of_their_names():
    assert list(MITIGATIONS) == sorted(MITIGATIONS)
