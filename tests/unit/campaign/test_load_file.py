"""A campaign file that is wrong: every fault at once, each with its line, key and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from floodline.campaign.load import load_model
from floodline.campaign.problems import CampaignFileError
from floodline.foundation.choice import ChoiceOf, Chosen
from floodline.foundation.errors import CampaignError
from floodline.foundation.registry import Parameters, Registry

DELAYS: Registry[object] = Registry("delay")


class Step(Parameters):
    at_s: float
    size: float = 0.0


class Lognormal(Parameters):
    median_s: float = Field(gt=0, description="Median.")
    sigma: float = Field(0.5, description="Spread.")
    steps: list[Step] = Field(default=[], description="Changes.")


class Constant(Parameters):
    value_s: float = Field(0.1, description="The delay.")


DELAYS.register("lognormal", Lognormal, description="Gossip.")(lambda p: p)
DELAYS.register("constant", Constant, description="Always.", shorthand="value_s")(lambda p: p)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Network(Strict):
    delay: Annotated[Chosen[object], ChoiceOf(DELAYS)]


class Market(Strict):
    vol: float = 1.0


class Toy(Strict):
    name: str
    seed: int = 0
    slots: int = Field(10, gt=0)
    ratio: float | None = None
    network: Network
    market: dict[str, Market] = {}
    actors: list[dict[str, dict[str, int | bool | str] | None]] = []

    @model_validator(mode="after")
    def _named(self) -> Toy:
        if self.name == "forbidden":
            raise ValueError("this name is taken")
        return self


GOOD = "name: toy\nslots: 5\nnetwork: {delay: {lognormal: {median_s: 0.3}}}\n"


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "campaign.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def problems(folder: Path, text: str | bytes, *overrides: str) -> list[tuple[int | None, str, str]]:
    with pytest.raises(CampaignFileError) as caught:
        load_model(write(folder, text), Toy, overrides)
    return [(p.line, p.key, p.wrong) for p in caught.value.problems]


def test_a_good_file_loads(tmp_path: Path) -> None:
    toy = load_model(write(tmp_path, GOOD), Toy)
    assert toy.slots == 5
    assert toy.network.delay.dump() == {"lognormal": {"median_s": 0.3, "sigma": 0.5, "steps": []}}


def test_every_fault_is_reported_at_once_with_its_line(tmp_path: Path) -> None:
    text = """\
name: toy
slotz: 5
seed: seven
slots: 0
network:
  delay:
    lognormal:
      median_s: -1
      sigmo: 3
      steps:
        - {size: 1}
market:
  ETH: {vol: high}
"""
    assert problems(tmp_path, text) == [
        (2, "slotz", "unknown key (did you mean 'slots'?)"),
        (3, "seed", "'seven' is not a whole number"),
        (4, "slots", "0 is not greater than 0"),
        (8, "network.delay.lognormal.median_s", "-1 is not greater than 0"),
        (9, "network.delay.lognormal.sigmo", "unknown key (did you mean 'sigma'?)"),
        (11, "network.delay.lognormal.steps[0].at_s", "this key is required and is missing"),
        (13, "market.ETH.vol", "'high' is not a number"),
    ]


def test_an_unknown_plug_in_names_the_nearest(tmp_path: Path) -> None:
    text = GOOD.replace("lognormal", "lognormel")
    ((line, key, wrong),) = problems(tmp_path, text)
    assert (line, key) == (3, "network.delay")
    assert "no delay is called 'lognormel' (did you mean 'lognormal'?)" in wrong


def test_a_shorthand_of_the_wrong_type_is_placed_at_its_plug_in(tmp_path: Path) -> None:
    text = "name: toy\nnetwork:\n  delay:\n    constant: soon\n"
    assert problems(tmp_path, text) == [
        (4, "network.delay.constant", "'soon' is not a number"),
    ]


def test_a_missing_key_is_placed_at_the_mapping_that_lacks_it(tmp_path: Path) -> None:
    text = "name: toy\n\nnetwork:\n  {}\n"
    assert problems(tmp_path, text) == [
        (3, "network.delay", "this key is required and is missing"),
    ]


def test_a_duplicate_key_is_reported_beside_the_other_faults(tmp_path: Path) -> None:
    text = GOOD + "slots: 6\nseed: x\n"
    assert problems(tmp_path, text) == [
        (4, "slots", "this key is given twice (first on line 2)"),
        (5, "seed", "'x' is not a whole number"),
    ]


def test_a_rule_over_the_whole_campaign_is_reported_in_its_own_words(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD.replace("toy", "forbidden")) == [
        (1, "", "this name is taken"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ("", 1, "the file holds nothing"),
        ("# only a remark\n", 1, "the file holds nothing"),
        ("- a\n- b\n", 1, "the file holds a list"),
        ("\n\njust words\n", 3, "the file holds one value"),
        ("name: toy\nnetwork: {delay: [\n", 3, "not valid YAML"),
        ("name: toy\n\tslots: 5\n", 2, "not valid YAML"),
        ("name: !secret x\n", 1, "not valid YAML"),
        ("name: a\n---\nname: b\n", 2, "not valid YAML"),
        ("name: toy\nseed: .nan\n", 2, "not a finite number"),
        ("a: &a [*a]\n", 1, "nested deeper"),
        ("[" * 20_000, 1, "nested too deeply"),
        (b"name: toy\nslots: \xff\xfe\n", 2, "not UTF-8 text"),
        (b"\x7fELF\x00\x00", 1, "a control character"),
    ],
)
def test_a_file_that_is_no_campaign_is_refused_with_its_line(
    tmp_path: Path, text: str | bytes, line: int, wrong: str
) -> None:
    found = problems(tmp_path, text)
    assert found[0][0] == line or (line, wrong) in [(p[0], p[2]) for p in found]
    assert any(wrong in problem[2] for problem in found)


def test_anchors_that_multiply_are_refused_before_they_fill_the_memory(tmp_path: Path) -> None:
    rows = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "more than 200,000 values" in problems(tmp_path, "\n".join(rows))[0][2]


@pytest.mark.parametrize("kind", ["missing", "directory"])
def test_a_path_that_is_no_file_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path if kind == "directory" else tmp_path / "none.yaml"
    with pytest.raises(CampaignFileError, match=r"directory|no such file") as caught:
        load_model(path, Toy)
    assert caught.value.exit_code == 2


def test_two_places_that_share_an_anchor_are_changed_apart(tmp_path: Path) -> None:
    text = GOOD + "market:\n  ETH: &same {vol: 1.0}\n  BTC: *same\n"
    toy = load_model(write(tmp_path, text), Toy, ["market.ETH.vol=2"])
    assert (toy.market["ETH"].vol, toy.market["BTC"].vol) == (2.0, 1.0)


def test_the_error_is_a_campaign_error_that_says_nothing_was_started(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="nothing was started") as caught:
        load_model(write(tmp_path, "name: toy\n"), Toy)
    assert caught.value.exit_code == 2
