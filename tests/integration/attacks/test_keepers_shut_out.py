"""Keepers who cannot: outbid by a flood, behind a stuck nonce, or without capital."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, outcome, tally, won

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil


def liquidated(tables: Tables) -> float:
    """Share of the accounts under margin that were liquidated."""
    spells = tables["liquidations"]
    assert len(spells) > 15
    return float((spells["end"] == "liquidated").mean())


def bad_debt(tables: Tables) -> float:
    found = outcome(tables, "keepers-outbid").value
    assert found is not None
    return found


def test_a_flood_above_their_tip_keeps_every_liquidation_out(tmp_path: Path) -> None:
    tables = attack(tmp_path, "keepers-outbid")
    assert won(tables, "keepers-outbid")
    assert liquidated(tables) == 0
    updates = tables["transactions"].query("role == 'oracle'")
    assert (updates["status"] == "included").all(), "it is not the price that is late"


@pytest.mark.parametrize("mitigation", ["adaptive_keepers", "value_aware_keepers", "reserved_lane"])
def test_keepers_get_in_by_bids_or_by_a_lane(tmp_path: Path, mitigation: str) -> None:
    mended = attack(tmp_path, "keepers-outbid", mitigation=mitigation)
    assert not won(mended, "keepers-outbid")
    assert liquidated(mended) > 0.5
    assert bad_debt(mended) < 0.3 * bad_debt(attack(tmp_path, "keepers-outbid"))


def test_whoever_bids_by_worth_leaves_the_smallest(tmp_path: Path) -> None:
    spells = attack(tmp_path, "keepers-outbid", mitigation="value_aware_keepers")["liquidations"]
    sizes = spells.groupby("end", observed=True)["notional_usd"].median()
    assert sizes["liquidated"] > 1.5 * sizes["open"]


@pytest.mark.parametrize("mitigation", ["fair_order", "many_accounts", "more_keepers"])
def test_neither_their_number_nor_an_order_by_arrival_gets_low_tips_in(
    tmp_path: Path, mitigation: str
) -> None:
    tables = attack(tmp_path, "keepers-outbid", mitigation=mitigation)
    assert won(tables, "keepers-outbid")
    assert liquidated(tables) == 0


def stuck_until_s(tables: Tables) -> float:
    """When the first liquidation of all got in."""
    return float(tables["liquidations"]["t6_s"].min())


def test_two_stuck_bids_hold_up_all_that_follow_them(tmp_path: Path) -> None:
    """The accounts of the second fall could be paid for at once: the blocks are not even full."""
    tables = attack(tmp_path, "keepers-stuck")
    assert won(tables, "keepers-stuck")
    late = tables["blocks"].query("block > 20 and block < 29")
    assert (late["gas_used"] < 0.5 * late["gas_limit"]).all()
    assert stuck_until_s(tables) > 340


def test_with_many_accounts_two_stuck_bids_hold_up_two(tmp_path: Path) -> None:
    tables = attack(tmp_path, "keepers-stuck", mitigation="many_accounts")
    assert not won(tables, "keepers-stuck")
    assert stuck_until_s(tables) < 260
    assert (tables["liquidations"]["t6_s"] > 340).sum() == 2


def test_more_keepers_of_one_account_each_are_stuck_all_together(tmp_path: Path) -> None:
    tables = attack(tmp_path, "keepers-stuck", mitigation="more_keepers")
    assert won(tables, "keepers-stuck")
    assert stuck_until_s(tables) > 340


def test_capital_that_is_tied_up_liquidates_nobody_else(tmp_path: Path) -> None:
    tables = attack(tmp_path, "keepers-exhausted")
    assert won(tables, "keepers-exhausted")
    assert tally(tables, "keepers", "short_of_capital") > 30
    assert liquidated(tables) < 0.3


def test_five_times_as_many_keepers_have_five_times_the_capital(tmp_path: Path) -> None:
    tables = attack(tmp_path, "keepers-exhausted", mitigation="more_keepers")
    assert not won(tables, "keepers-exhausted")
    assert liquidated(tables) > 0.7


@pytest.mark.parametrize("mitigation", ["adaptive_keepers", "many_accounts"])
def test_neither_bids_nor_accounts_are_capital(tmp_path: Path, mitigation: str) -> None:
    tables = attack(tmp_path, "keepers-exhausted", mitigation=mitigation)
    assert won(tables, "keepers-exhausted")
    assert liquidated(tables) < 0.3
