"""``--set key=value``: what it changes, and what it says when the key leads nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_load_file import GOOD, Toy, write

from floodline.campaign.load import load_model
from floodline.campaign.overrides import parse_override
from floodline.campaign.problems import CampaignFileError
from floodline.foundation.errors import CampaignError

ACTORS = """\
actors:
  - {flood: {rate: 3}}
  - {keepers: {name: fast, count: 2}}
  - {keepers: {name: slow, count: 1}}
  - {oracle: }
"""


def load(folder: Path, *overrides: str) -> Toy:
    return load_model(write(folder, GOOD + ACTORS), Toy, overrides)


def test_a_value_is_read_as_yaml(tmp_path: Path) -> None:
    toy = load(tmp_path, "slots=20", "ratio=1e-3", "name='7'")
    assert (toy.slots, toy.ratio, toy.name) == (20, 0.001, "7")


def test_the_last_of_two_overrides_wins(tmp_path: Path) -> None:
    assert load(tmp_path, "slots=20", "slots=30").slots == 30


def test_an_actor_is_found_by_its_kind(tmp_path: Path) -> None:
    assert load(tmp_path, "actors.flood.enabled=false").actors[0] == {
        "flood": {"rate": 3, "enabled": False}
    }


def test_an_actor_is_found_by_its_own_name(tmp_path: Path) -> None:
    toy = load(tmp_path, "actors.slow.count=9")
    assert toy.actors[1]["keepers"]["count"] == 2
    assert toy.actors[2]["keepers"]["count"] == 9


def test_an_actor_without_parameters_can_be_given_one(tmp_path: Path) -> None:
    assert load(tmp_path, "actors.oracle.delay=6").actors[3] == {"oracle": {"delay": 6}}


def test_a_kind_that_two_actors_share_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="2 actors answer to 'keepers'"):
        load(tmp_path, "actors.keepers.count=9")


def test_an_unknown_actor_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match=r"no actor is called 'flod' \(did you mean 'flood'"):
        load(tmp_path, "actors.flod.enabled=false")


def test_a_key_that_is_valid_but_not_there_yet_is_made(tmp_path: Path) -> None:
    assert load(tmp_path, "market.BTC.vol=1.2").market["BTC"].vol == 1.2


def test_the_name_of_the_chosen_plug_in_may_be_left_out(tmp_path: Path) -> None:
    for path in ("network.delay.median_s=2", "network.delay.lognormal.median_s=2"):
        assert load(tmp_path, path).network.delay.parameters.median_s == 2.0


def test_another_plug_in_can_be_chosen(tmp_path: Path) -> None:
    toy = load(tmp_path, "network.delay={constant: 0.7}")
    assert toy.network.delay.dump() == {"constant": {"value_s": 0.7}}


def test_a_list_element_is_named_by_its_position(tmp_path: Path) -> None:
    path = "network.delay.steps"
    toy = load(tmp_path, f"{path}=[{{at_s: 1}}, {{at_s: 2}}]", f"{path}.1.size=-0.2")
    assert toy.network.delay.parameters.steps[1].size == -0.2
    with pytest.raises(CampaignError, match="has 1 elements"):
        load(tmp_path, f"{path}=[{{at_s: 1}}]", f"{path}.1.size=-0.2")


@pytest.mark.parametrize(
    ("flag", "nearest"),
    [
        ("slotz=3", "did you mean 'slots'"),
        ("network.delai=3", "did you mean 'delay'"),
        ("network.delay.medain_s=3", "did you mean 'median_s'"),
        ("slots.sub=3", "has no keys of its own"),
    ],
)
def test_an_unknown_path_names_the_nearest(tmp_path: Path, flag: str, nearest: str) -> None:
    with pytest.raises(CampaignError, match=nearest):
        load(tmp_path, flag)


def test_a_wrong_value_is_blamed_on_the_flag_and_not_on_the_file(tmp_path: Path) -> None:
    with pytest.raises(CampaignFileError) as caught:
        load(tmp_path, "slots=ten")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.key) == ("--set slots=ten", None, "slots")


@pytest.mark.parametrize("text", ["slots", "=3", "a..b=3", "slots={", ""])
def test_a_flag_that_is_no_override_is_refused(text: str) -> None:
    with pytest.raises(CampaignError, match=r"key=value|not YAML"):
        parse_override(text)


def test_an_actor_is_added_where_there_is_none_of_its_kind(tmp_path: Path) -> None:
    toy = load(tmp_path, "actors.+={steward: {factor: 2}}", "actors.+=steward")
    assert toy.actors[-1] == {"steward": {"factor": 2}}
    assert len(toy.actors) == 5
    assert len(load(tmp_path, "actors.+={flood: {rate: 9}}").actors) == 4


@pytest.mark.parametrize("value", ["[1, 2]", "{}", "{flood: {}, oracle: {}}"])
def test_what_is_added_is_one_kind_of_actor(tmp_path: Path, value: str) -> None:
    with pytest.raises(CampaignError, match="one kind with its parameters"):
        load(tmp_path, f"actors.+={value}")
