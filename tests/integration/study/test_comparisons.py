"""Conditions on the same seeds: what helps is found clear, what is alike is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import floodline
from ruamel.yaml import YAML
from tiny_campaign import TINY, opened, tiny_file

from floodline.campaign.schema import Campaign
from floodline.foundation.errors import CampaignError
from floodline.study.compare import Condition, run_comparison
from floodline.study.mitigations import MITIGATIONS
from floodline.study.prepare import prepare_campaign
from floodline.study.processes import Processes
from floodline.study.question import Question

pytestmark = pytest.mark.anvil
PROJECT = Path(__file__).parents[3]


def test_a_flood_is_clear_against_none_and_a_campaign_is_not_against_itself(
    tmp_path: Path, processes: Processes
) -> None:
    calm = Question(tiny_file(tmp_path), ("actors.flood.enabled=false", "objective=null"))
    flood = Question(calm.file, ("actors.flood.arrival.gas_per_s=6e6", "objective=null"))
    conditions = [Condition("calm", calm), Condition("flood", flood), Condition("again", calm)]
    with opened(tmp_path / "study", processes) as study:
        found = run_comparison(study, conditions, range(1, 7), ["base_fee_peak_gwei"])
    fees = {line.condition: line for line in found.lines}
    assert not found.failed
    assert fees["flood"].paired is not None
    assert fees["flood"].paired.is_clear
    assert fees["flood"].paired.lower_share == 0
    assert fees["again"].paired is not None
    assert not fees["again"].paired.is_clear
    assert fees["again"].paired.difference.estimate == 0
    assert (tmp_path / "study" / "comparison.parquet").is_file()


def test_the_a_a_repeat_shares_prices_and_book_but_not_arrivals(tmp_path: Path) -> None:
    file = tiny_file(tmp_path)
    for number in (0, 1):
        floodline(
            *("run", str(file), "--set", f"replicate={number}", "--allow-missed-objective"),
            *("--out", str(tmp_path / f"run{number}"), "--progress", "none"),
        )

    def table(number: int, name: str) -> list[str]:
        path = tmp_path / f"run{number}" / "tables" / f"{name}.csv"
        return path.read_text().splitlines()

    def prices(number: int) -> list[str]:
        place = table(number, "prices")[0].split(",").index("true_e8")
        return [line.split(",")[place] for line in table(number, "prices")]

    assert prices(0) == prices(1)
    assert table(0, "transactions") != table(1, "transactions")


WANTS_ANOTHER = {"private_bids": "auction_bidders", "private_settlement": "order_keepers"}
"""Mitigations of actors that the shipped campaign has not."""


@pytest.mark.parametrize("name", MITIGATIONS)
def test_every_mitigation_fits_the_shipped_campaign_or_names_the_actor_that_it_lacks(
    name: str,
) -> None:
    file = PROJECT / "data" / "campaigns" / "flash-crash.yaml"
    if name in WANTS_ANOTHER:
        with pytest.raises(CampaignError, match=f"no actor is called '{WANTS_ANOTHER[name]}'"):
            prepare_campaign(file, MITIGATIONS[name].overrides)
        return
    changed = prepare_campaign(file, MITIGATIONS[name].overrides)
    assert changed != prepare_campaign(file)


def test_a_mitigation_is_compared_by_name_from_the_command_line(tmp_path: Path) -> None:
    words = ("compare", str(tiny_file(tmp_path)), "--seeds", "2", "--metric", "price_age_p95_s")
    out = ("--out", str(tmp_path / "study"), "--progress", "none", "--workers", "1")
    done = floodline(*words, "--mitigation", "quick_oracle", *out, "--json")
    (line,) = json.loads(done.stdout)["lines"]
    assert (line["condition"], line["pairs"]) == ("quick_oracle", 2)
    shown = floodline(*words, "--mitigation", "quick_oracle", *out)
    assert "A/A floor" in shown.stdout
    assert "0 runs now" not in shown.stderr


def test_a_comparison_with_nothing_or_an_unknown_mitigation_starts_nothing(tmp_path: Path) -> None:
    file = str(tiny_file(tmp_path))
    assert "nothing to compare" in floodline("compare", file, code=2).stderr
    done = floodline("compare", file, "--mitigation", "reserved_lan", code=2)
    assert "reserved_lane" in done.stderr


def test_the_tiny_campaign_is_a_good_one(tmp_path: Path) -> None:
    with tiny_file(tmp_path).open() as handle:
        assert Campaign.model_validate(YAML(typ="safe").load(handle)) == Campaign.model_validate(
            TINY
        )
