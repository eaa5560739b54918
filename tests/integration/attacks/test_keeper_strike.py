"""Keepers who stop: capped pay under dear gas, and a price that never arrives."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, won

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil


def liquidated(tables: Tables) -> float:
    """Share of the accounts under margin that were liquidated."""
    spells = tables["liquidations"]
    assert len(spells) > 3
    return float((spells["end"] == "liquidated").mean())


def test_capped_pay_ends_the_work_when_gas_is_dear(tmp_path: Path) -> None:
    tables = attack(tmp_path, "keeper-strike")
    assert won(tables, "keeper-strike")
    assert liquidated(tables) < 0.2


def test_pay_that_holds_the_gas_cost_keeps_them_at_work(tmp_path: Path) -> None:
    tables = attack(tmp_path, "keeper-strike", mitigation="gas_in_reward")
    assert not won(tables, "keeper-strike")
    assert liquidated(tables) > 0.8


def test_a_price_that_is_kept_out_saves_the_bankrupt(tmp_path: Path) -> None:
    tables = attack(tmp_path, "price-kept-out")
    assert won(tables, "price-kept-out")
    assert liquidated(tables) == 0


def test_a_price_that_keepers_bring_along_needs_no_place_of_its_own(tmp_path: Path) -> None:
    tables = attack(tmp_path, "price-kept-out", mitigation="pull_oracle")
    assert not won(tables, "price-kept-out")
    assert liquidated(tables) > 0.5
