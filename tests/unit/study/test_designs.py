"""What ``--vary`` means, and where the points of a design lie."""

from __future__ import annotations

import pytest

from floodline.foundation.errors import CampaignError
from floodline.study.design import Design, label_of, overrides_of, parse_vary, unique_keys


def test_a_range_has_its_ends_and_equal_steps_between() -> None:
    assert parse_vary("a.b=1:3:5").grid() == [1.0, 1.5, 2.0, 2.5, 3.0]


def test_a_logarithmic_range_goes_in_equal_ratios_and_hits_its_ends() -> None:
    assert parse_vary("a=1:100:3:log").grid() == [1.0, 10.0, 100.0]


def test_a_key_of_whole_numbers_gets_whole_numbers_once_each() -> None:
    assert parse_vary("a=1:3:5").with_whole(whole=True).grid() == [1, 2, 3]


def test_a_list_keeps_words_numbers_and_truth() -> None:
    assert parse_vary("a=priority, 2, 0.5, true").grid() == ["priority", 2, 0.5, True]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a", "not of the form"),
        ("a=", "not of the form"),
        ("a=3:1", "lower end"),
        ("a=0:1:log", "begins above 0"),
        ("a=1:2:1", "at least 2 levels"),
        ("a=1:2:3:4", "a range is"),
        ("a=1,1", "given twice"),
        ("a=1,{b: 2}", "YAML|not a single"),
    ],
)
def test_a_malformed_vary_says_what_is_wrong_and_shows_a_good_one(text: str, said: str) -> None:
    with pytest.raises(CampaignError, match=said) as caught:
        parse_vary(text)
    assert "--vary actors.flood" in caught.value.next_step


def test_a_grid_has_every_combination() -> None:
    design = Design("grid", (parse_vary("a=1,2"), parse_vary("b=x,y,z")), 0, 1)
    settings = design.settings()
    assert len(settings) == 6
    assert {(s["a"], s["b"]) for s in settings} == {(a, b) for a in (1, 2) for b in "xyz"}


def test_nothing_varied_is_one_point() -> None:
    assert Design("grid", (), 0, 1).settings() == [{}]


def test_a_latin_hypercube_has_one_point_in_each_slice_of_each_key() -> None:
    design = Design("lhs", (parse_vary("a=0:10"), parse_vary("b=0:10")), 10, 3)
    for key in ("a", "b"):
        slices = sorted(int(float(setting[key] or 0)) for setting in design.settings())
        assert slices == list(range(10))


def test_a_sobol_design_has_the_next_power_of_two_points_and_is_balanced() -> None:
    design = Design("sobol", (parse_vary("a=0:1"), parse_vary("b=p,q")), 12, 3)
    settings = design.settings()
    assert len(settings) == 16
    assert sum(float(setting["a"] or 0) < 0.5 for setting in settings) == 8
    assert sum(setting["b"] == "p" for setting in settings) == 8


def test_random_designs_follow_their_seed() -> None:
    def points(seed: int) -> list[dict[str, object]]:
        return [dict(s) for s in Design("lhs", (parse_vary("a=0:1"),), 4, seed).settings()]

    assert points(3) == points(3) != points(4)


def test_a_key_may_be_varied_once() -> None:
    with pytest.raises(CampaignError, match="varied twice"):
        unique_keys([parse_vary("a=1,2"), parse_vary("a=3,4")])


def test_a_point_is_written_as_overrides_and_in_words() -> None:
    setting = {"actors.flood.enabled": False, "chain.gas_limit": 5, "network.x": 0.1}
    assert overrides_of(setting) == [
        "actors.flood.enabled=false",
        "chain.gas_limit=5",
        "network.x=0.1",
    ]
    assert label_of(setting) == "enabled=false, gas_limit=5, x=0.1"
