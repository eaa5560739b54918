"""Keepers who stop: capped pay under dear gas, and a price that never arrives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attack_campaign import falling, run

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil

KEEN = {
    "count": 2,
    "only_if_profitable": False,
    "fee": {"multiple": {"multiple": 8, "tip_gwei": 20}},
}
BOOK = {"accounts": 20, "leverage": {"lognormal": {"median": 10, "sigma": 0.3}}}


def liquidated(tables: Tables) -> float:
    """Share of the accounts under margin that were liquidated."""
    spells = tables["liquidations"]
    assert len(spells) > 3
    return float((spells["end"] == "liquidated").mean())


def dear_gas(folder: Path, mitigation: str = "") -> Tables:
    """Half a million gas at 60 gwei cost ninety dollars; the profile pays thirty at most."""
    actors = [{"oracle": {}}, {"keepers": {"count": 2, "fee": {"multiple": {"tip_gwei": 10}}}}]
    return run(
        folder,
        *actors,
        slots=10,
        chain={"base_fee_gwei": 200},
        market=falling(-0.12, at_s=6),
        book=BOOK,
        protocol={"overrides": {"cap_enabled": 1, "reimburse_tip": 0}},
        mitigation=mitigation,
    )


def test_capped_pay_ends_the_work_when_gas_is_dear(tmp_path: Path) -> None:
    assert liquidated(dear_gas(tmp_path)) < 0.2


def test_pay_that_holds_the_gas_cost_keeps_them_at_work(tmp_path: Path) -> None:
    assert liquidated(dear_gas(tmp_path, "gas_in_reward")) > 0.8


def late_price(folder: Path, mitigation: str = "") -> Tables:
    """The update's tip is outbid for good; keepers outbid the stuffing."""
    actors: list[dict[str, Any]] = [
        {"oracle": {"fee": {"multiple": {"multiple": 8, "tip_gwei": 1}}}},
        {"keepers": KEEN},
        {"stuffing": {"tip_gwei": 5, "max_fee_gwei": 60}},
    ]
    given = {"slots": 14, "market": falling(-0.12, at_s=40), "book": BOOK}
    return run(folder, *actors, mitigation=mitigation, **given)


def test_a_price_that_is_kept_out_saves_the_bankrupt(tmp_path: Path) -> None:
    assert liquidated(late_price(tmp_path)) == 0


def test_a_price_that_keepers_bring_along_needs_no_place_of_its_own(tmp_path: Path) -> None:
    assert liquidated(late_price(tmp_path, "pull_oracle")) > 0.5
