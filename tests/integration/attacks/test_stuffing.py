"""Block stuffing: nothing else fits, until somebody bids more or has a lane of his own."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, landed, row, won

pytestmark = pytest.mark.anvil


def test_it_fills_blocks_to_the_last_transaction_and_keeps_a_low_tip_out(tmp_path: Path) -> None:
    tables = attack(tmp_path, "stuffing")
    assert won(tables, "stuffing")
    found = row(tables, "stuffing")
    assert found["blocks_filled"] >= 11
    blocks = tables["blocks"].iloc[1:]
    assert (blocks["gas_limit"] - blocks["gas_used"] < 25_000).all()
    assert landed(tables) < 0.2
    fees = tables["blocks"]["base_fee_wei"]
    assert fees.iloc[-1] == pytest.approx(fees.iloc[1] * 1.125**10, rel=0.01)
    assert found["spent_eth"] > 0.03 * (1.125**11 - 1) / 0.125 * 0.9


@pytest.mark.parametrize(
    "mitigation", ["adaptive_oracle", "fair_order", "first_come", "lottery", "reserved_lane"]
)
def test_it_fails_against(tmp_path: Path, mitigation: str) -> None:
    tables = attack(tmp_path, "stuffing", mitigation=mitigation)
    assert not won(tables, "stuffing")
    kept = tables["transactions"].query("role == 'oracle'")["block"].dropna().nunique()
    assert kept >= 7


def test_ramp_and_hold_shuts_capped_bidders_out_at_the_cost_of_the_target(tmp_path: Path) -> None:
    """V7's two phases: full blocks to the cap, then half full ones that keep the fee there."""
    tables = attack(tmp_path, "ramp-and-hold")
    assert won(tables, "ramp-and-hold")
    blocks = tables["blocks"]
    assert (blocks["base_fee_wei"].iloc[12:] > 2.9e9).all()
    assert blocks.iloc[13:]["gas_used"].mean() == pytest.approx(15_000_000, rel=0.05)
    late = tables["transactions"].query("role == 'oracle' and created_s > 150")
    assert len(late) > 3
    assert late["block"].isna().all()


def test_holding_the_base_fee_does_nothing_to_a_bid_that_follows_it(tmp_path: Path) -> None:
    tables = attack(tmp_path, "ramp-and-hold", mitigation="adaptive_oracle")
    assert not won(tables, "ramp-and-hold")
    updates = tables["transactions"]
    assert updates.query("role == 'oracle'")["block"].dropna().nunique() >= 15
