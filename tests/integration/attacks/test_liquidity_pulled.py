"""Providers who pull their liquidity: out of a spot pool, and out of the vault."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, row, tally, won

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil


def test_providers_leave_a_pool_that_is_off(tmp_path: Path) -> None:
    tables = attack(tmp_path, "liquidity-pulled")
    assert won(tables, "liquidity-pulled")
    found = row(tables, "amm_providers")
    assert tally(tables, "amm_providers", "joined") == 3
    assert found["tried"] == found["got"] == 3


def test_providers_stay_where_arbitrage_holds_the_pool_at_the_price(tmp_path: Path) -> None:
    tables = attack(tmp_path, "liquidity-pulled", mitigation="arbitrage")
    assert not won(tables, "liquidity-pulled")
    assert row(tables, "amm_providers")["got"] == 0
    assert row(tables, "arbitrageurs")["in_blocks"] > 3


def withdrawn_usd(tables: Tables) -> float:
    return float(tables["solvency"].set_index("item")["amount_usd"]["withdrawals"])


def test_a_short_queue_lets_informed_providers_out(tmp_path: Path) -> None:
    tables = attack(tmp_path, "vault-run")
    assert won(tables, "vault-run")
    assert tally(tables, "providers", "tried") == 3
    assert withdrawn_usd(tables) > 140_000


def test_a_queue_of_a_week_keeps_their_capital_behind_the_traders(tmp_path: Path) -> None:
    tables = attack(tmp_path, "vault-run", mitigation="redemption_queue")
    assert not won(tables, "vault-run")
    assert tally(tables, "providers", "tried") == 3
    assert withdrawn_usd(tables) == 0
