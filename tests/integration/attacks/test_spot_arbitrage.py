"""Arbitrage between a spot pool and the truth pays, until the pool keeps more than the gap."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, tally, won

pytestmark = pytest.mark.anvil


def test_a_gap_wider_than_the_fee_is_traded_away(tmp_path: Path) -> None:
    tables = attack(tmp_path, "spot-arbitrage")
    assert won(tables, "spot-arbitrage")
    assert tally(tables, "arbitrageurs", "got") >= 1
    last = tables["blocks"].iloc[-1]
    assert last["amm_price_usd"] == pytest.approx(last["price_true_usd"], rel=0.005)


def test_a_dear_pool_is_left_where_it_is(tmp_path: Path) -> None:
    tables = attack(tmp_path, "spot-arbitrage", mitigation="dear_pool")
    assert not won(tables, "spot-arbitrage")
    assert tally(tables, "arbitrageurs", "got") == 0
    assert tables["blocks"]["amm_price_usd"].round(6).eq(3_000).all()
