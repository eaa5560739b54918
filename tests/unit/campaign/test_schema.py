"""The campaign's schema: strict, consistent, and the same whatever the spelling."""

import pytest
from pydantic import ValidationError

from floodline.campaign.schema import Campaign, actor_enabled, actor_name

MARKET = {"ETH": {"gbm": {"start_usd": 3000, "vol": 0.9}}}


def campaign(**fields):
    return Campaign.model_validate({"name": "x", "slots": 1, "market": MARKET, **fields})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"chain": {"slot_s": 1.5}}, "whole seconds"),
        ({"tick_s": 20}, "longer than slot_s"),
        ({"actors": [{"keepers": {}}, {"keepers": {}}]}, "two actors are called keepers"),
        ({"actors": [{"keeprs": {}}]}, "did you mean 'keepers'"),
        ({"protocol": {"adapter": "refrence"}}, "did you mean 'reference'"),
        ({"protocol": {"profile": "bold"}}, "no profile 'bold'"),
        ({"protocol": {"overrides": {"maintenance_scaler": 1}}}, "maintenance_scalar"),
        ({"objective": {"metric": "bad_debt_usd"}}, "exactly one of below and above"),
        ({"market": {}}, "at least 1 item"),
        ({"market": {"ETHH": MARKET["ETH"]}}, "did you mean 'ETH'"),
        ({"slots": 0}, "greater than or equal to 1"),
        ({"bok": {}}, "bok"),
        ({"actors": [{"keepers": {"region": "asia"}}]}, "is in region 'asia'"),
        ({"chain": {"gas_target": 40_000_000}}, "is larger than gas_limit"),
        (
            {
                "builder": {"policy": {"censoring": {"actors": ["keeper"]}}},
                "actors": [{"keepers": {}}],
            },
            "did you mean 'keepers'",
        ),
        ({"builder": {"policy": {"protected_lane": {"roles": ["keepers"]}}}}, "mean 'keeper'"),
        ({"chain": {"block_time": "exponental"}}, "did you mean 'exponential'"),
    ],
)
def test_what_cannot_be_is_refused_in_words(fields, words):
    with pytest.raises(ValidationError) as caught:
        campaign(**fields)
    assert words in str(caught.value)


def test_two_actors_of_one_kind_may_have_names_of_their_own():
    chosen = campaign(actors=[{"keepers": {}}, {"keepers": {"name": "slow", "enabled": False}}])
    assert [actor_name(actor) for actor in chosen.actors] == ["keepers", "slow"]
    assert [actor_enabled(actor) for actor in chosen.actors] == [True, False]


def test_two_spellings_of_one_campaign_are_one_campaign():
    terse = campaign(network={"delay": {"constant": 0.3}})
    wordy = campaign(network={"delay": {"constant": {"value_s": 0.3}}})
    assert terse.canonical() == wordy.canonical()
    assert terse.canonical() != campaign(network={"delay": {"constant": 0.4}}).canonical()


def test_the_canonical_campaign_is_itself_a_campaign():
    one = campaign(actors=[{"flood": {"arrival": {"poisson": {"tx_per_s": 1}}}}])
    assert Campaign.model_validate(one.canonical()).canonical() == one.canonical()


def test_every_field_of_the_schema_is_described():
    def undescribed(schema, path):
        for name, field in schema.get("properties", {}).items():
            if "description" not in field and "$ref" not in field:
                yield f"{path}.{name}"
            yield from undescribed(field, f"{path}.{name}")
        for name, part in schema.get("$defs", {}).items():
            yield from undescribed(part, name)

    assert list(undescribed(Campaign.model_json_schema(), "campaign")) == []
