"""The JSON Schema of campaign files: every campaign that is there fits, typical mistakes do not."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from floodline.actors.catalogue import ACTORS
from floodline.campaign.template import campaign_template
from floodline.campaign.yaml_document import parse_document, read_document
from floodline.cli import editor
from floodline.cli.main import run
from floodline.cli.reference import PAGES
from floodline.protocols.reference.switches import Switches
from floodline.study.editor_schema import campaign_schema

CAMPAIGNS = sorted((Path(__file__).parents[3] / "data" / "campaigns").rglob("*.yaml"))


@pytest.fixture(scope="module")
def validator() -> Draft7Validator:
    schema = campaign_schema()
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def faults(validator: Draft7Validator, campaign: Any) -> list[str]:
    return [
        f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(campaign)
    ]


@pytest.mark.parametrize("path", CAMPAIGNS, ids=lambda path: path.stem)
def test_every_campaign_in_data_fits(validator: Draft7Validator, path: Path) -> None:
    assert faults(validator, read_document(path).data) == []


def test_a_file_fits_as_an_editor_reads_it_where_underscores_make_text(
    validator: Draft7Validator,
) -> None:
    reader = YAML(typ="safe", pure=True)
    reader.version = (1, 2)
    campaign = dict(reader.load(campaign_template("mine")))
    campaign["chain"]["gas_limit"] = "30_000_000"
    assert faults(validator, campaign) == []


@pytest.mark.parametrize("page", sorted(PAGES))
def test_the_fragments_of_the_reference_fit(validator: Draft7Validator, page: str) -> None:
    fragment = dict(YAML(typ="safe").load(PAGES[page].example))
    rest = {"name": "x", "slots": 1, "market": {"ETH": {"gbm": {"start_usd": 1, "vol": 1}}}}
    assert faults(validator, {**rest, **fragment}) == []


MISTAKES: dict[str, tuple[list[str | int], Any]] = {
    "a key that does not exist": (["bok"], {}),
    "a key of a section misspelt": (["chain", "gas_limt"], 1),
    "text for a number": (["slots"], "ten"),
    "a number out of bounds": (["slots"], 0),
    "a fraction for a whole number": (["seed"], 1.5),
    "an actor that does not exist": (["actors", 0], {"orcale": {}}),
    "two actors in one item": (["actors", 0], {"oracle": {}, "keepers": {}}),
    "an actor's parameter misspelt": (["actors", 1, "keepers"], {"cuont": 3}),
    "a flood without its arrival": (["actors", 3], "flood"),
    "another actor's parameter": (["actors", 0, "oracle"], {"count": 3}),
    "a fee strategy that does not exist": (["actors", 1, "keepers", "fee"], "percentil"),
    "a fee strategy's parameter": (["actors", 1, "keepers", "fee"], {"percentile": {"q": 60}}),
    "a price process that does not exist": (["market", "ETH"], {"gmb": {"start_usd": 1}}),
    "a builder that does not exist": (["builder", "policy"], "prioritee"),
    "an adapter that does not exist": (["protocol", "adapter"], "refrence"),
    "a profile that does not exist": (["protocol", "profile"], "bse"),
    "a switch that does not exist": (["protocol", "switches"], {"orderz": "delayed"}),
    "a switch's value": (["protocol", "switches"], {"orders": "late"}),
    "an override that does not exist": (["protocol", "overrides"], {"maintenance_scaler": 1}),
    "a metric that does not exist": (["objective", "metric"], "bad_dept_ratio"),
    "two bounds": (["objective", "above"], 1),
    "a name with a blank": (["name"], "my campaign"),
}


@pytest.mark.parametrize("mistake", sorted(MISTAKES))
def test_a_typical_mistake_is_found_where_it_stands(
    validator: Draft7Validator, mistake: str
) -> None:
    (*path, last), wrong = MISTAKES[mistake]
    campaign = copy.deepcopy(parse_document(campaign_template("mine"), "mine").data)
    place: Any = campaign
    for part in path:
        place = place[part]
    place[last] = wrong
    found = list(validator.iter_errors(campaign))
    assert found
    assert {error.absolute_path[0] if error.absolute_path else last for error in found} == {
        path[0] if path else last
    }


def test_right_values_of_switches_overrides_and_metrics_fit(validator: Draft7Validator) -> None:
    campaign = copy.deepcopy(parse_document(campaign_template("mine"), "mine").data)
    campaign["protocol"] |= {
        "switches": {"orders": "delayed", "amm": True, "options": "on"},
        "overrides": {"maintenance_scalar": 0.6, "ETH.skew_scale": 300_000},
    }
    campaign["objective"] = {"metric": "inclusion_p95_s:keeper", "below": 60}
    assert faults(validator, campaign) == []


def test_every_registered_actor_stands_in_it_with_its_described_parameters() -> None:
    schema = campaign_schema()
    item = schema["properties"]["actors"]["items"]
    item = resolved(schema, item)
    by_key = resolved(schema, item["anyOf"][0])
    assert list(by_key["properties"]) == list(ACTORS)
    for entry in ACTORS.entries():
        way = resolved(schema, by_key["properties"][entry.name])
        assert way["description"] == entry.description
        parameters = resolved(schema, way["anyOf"][0])["properties"]
        assert set(parameters) == set(entry.parameters.model_fields)
        for name in parameters:
            assert resolved(schema, parameters[name])["description"], name


def resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, if the part is one."""
    if "$ref" in part:
        return resolved(schema, schema["definitions"][part["$ref"].rsplit("/", 1)[-1]])
    return part


def test_every_switch_is_described() -> None:
    text = json.dumps(campaign_schema())
    for field in Switches.model_fields.values():
        assert json.dumps(field.description) in text


def test_the_command_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "schema.json"
    assert run(["schema", "--out", str(target)]) == 0
    capsys.readouterr()
    assert run(["schema"]) == 0
    shown = capsys.readouterr().out
    assert json.loads(shown) == json.loads(target.read_text()) == campaign_schema()
    assert run(["schema", "--out", str(tmp_path / "no" / "such")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_new_campaign_names_the_schema_that_lies_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "mine"]) == 0
    first, *_ = (tmp_path / "mine.yaml").read_text().splitlines()
    assert first == "# yaml-language-server: $schema=campaign.schema.json"
    assert json.loads((tmp_path / editor.SCHEMA_FILE).read_text()) == campaign_schema()


def test_another_programs_schema_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    foreign = tmp_path / editor.SCHEMA_FILE
    foreign.write_text('{"title": "Advertising campaign"}')
    assert run(["new", "mine"]) == 0
    assert foreign.read_text() == '{"title": "Advertising campaign"}'
    assert "left alone" in capsys.readouterr().err
