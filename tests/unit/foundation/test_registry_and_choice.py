"""Plug-ins are described when they are registered, and chosen by one key in a campaign."""

from typing import Annotated

import pytest
from jsonschema import Draft7Validator
from pydantic import BaseModel, Field, ValidationError

from floodline.foundation.choice import ChoiceOf, Chosen
from floodline.foundation.registry import Parameters, Registry


class Speed(Parameters):
    value: float = Field(gt=0, description="Metres per second.")
    label: str = Field(default="", description="Words.")


class Nothing(Parameters):
    pass


@pytest.fixture
def movers():
    registry = Registry("mover")

    @registry.register("walk", Speed, description="On foot.", shorthand="value")
    def walk(parameters, *, load=0):
        return ("walk", parameters.value, load)

    @registry.register("stay", Nothing, description="Does not move.")
    def stay(parameters):
        return ("stay", parameters)

    return registry


def model(registry):
    class Plan(BaseModel):
        by: Annotated[Chosen, ChoiceOf(registry)]

    return Plan


@pytest.mark.parametrize("spelling", [{"walk": {"value": 2}}, {"walk": 2}])
def test_a_bare_value_stands_for_the_shorthand_parameter(movers, spelling):
    chosen = model(movers)(by=spelling).by
    assert chosen.build(load=3) == ("walk", 2.0, 3)
    assert chosen.dump() == {"walk": {"value": 2.0, "label": ""}}


@pytest.mark.parametrize("spelling", ["stay", {"stay": {}}, {"stay": None}])
def test_a_bare_name_is_enough_where_nothing_has_to_be_given(movers, spelling):
    assert model(movers)(by=spelling).by.name == "stay"


def test_a_dumped_choice_is_read_back_equal(movers):
    plans = model(movers)
    plan = plans(by={"walk": 2})
    assert plans.model_validate(plan.model_dump(mode="json")) == plan


@pytest.mark.parametrize(
    ("spelling", "words"),
    [
        ({"wakl": 2}, "did you mean 'walk'"),
        ({"walk": 1, "stay": {}}, "single key"),
        ({"walk": -1}, "greater than 0"),
        ({"walk": {"value": 1, "labell": "x"}}, "labell"),
        (7, "single key"),
    ],
)
def test_a_wrong_choice_says_what_is_wrong_and_where(movers, spelling, words):
    with pytest.raises(ValidationError) as caught:
        model(movers)(by=spelling)
    assert words in str(caught.value)
    assert caught.value.errors()[0]["loc"][0] == "by"


def test_the_json_schema_names_every_choice_with_its_description(movers):
    by_key, bare = model(movers).model_json_schema()["properties"]["by"]["anyOf"]
    said = {name: way["description"] for name, way in by_key["properties"].items()}
    assert said == {"stay": "Does not move.", "walk": "On foot."}
    assert bare["enum"] == ["stay"]


@pytest.mark.parametrize(
    ("spelling", "valid"),
    [
        ({"walk": {"value": 2}}, True),
        ({"walk": 2}, True),
        ("stay", True),
        ({"stay": None}, True),
        ("walk", False),
        ({"walk": None}, False),
        ({"walk": -1}, False),
        ({"walk": {"value": 1, "labell": "x"}}, False),
        ({"walk": 1, "stay": {}}, False),
        ({}, False),
    ],
)
def test_the_json_schema_takes_what_validation_takes(movers, spelling, valid):
    plan = model(movers)
    schema = plan.model_json_schema()
    assert Draft7Validator(schema).is_valid({"by": spelling}) == valid
    try:
        plan(by=spelling)
    except ValidationError:
        assert not valid
    else:
        assert valid


def test_an_entry_without_a_description_is_refused(movers):
    with pytest.raises(ValueError, match="no description"):
        movers.register("run", Speed, description="")


def test_a_parameter_without_a_description_is_refused(movers):
    class Silent(Parameters):
        value: int = 1

    with pytest.raises(ValueError, match="parameter 'value' has no description"):
        movers.register("run", Silent, description="Fast.")


def test_a_name_is_registered_once(movers):
    with pytest.raises(ValueError, match="registered twice"):
        movers.register("walk", Speed, description="Again.")


def test_entries_come_in_the_order_of_their_names(movers):
    assert [entry.name for entry in movers.entries()] == ["stay", "walk"] == list(movers)
