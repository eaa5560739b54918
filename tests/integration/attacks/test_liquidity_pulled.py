"""Providers who pull their liquidity: out of a spot pool, and out of the vault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attack_campaign import falling, row, run, tally

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil


def pools(folder: Path, mitigation: str = "") -> Tables:
    actors: list[dict[str, Any]] = [
        {"oracle": {}},
        {"amm_providers": {"count": 3, "deposit_usd": 1_000_000, "leave_at_gap": 0.02}},
    ]
    drift = falling(-0.08, at_s=36, over_s=150)
    return run(
        folder,
        *actors,
        slots=20,
        market=drift,
        mitigation=mitigation,
        protocol={"switches": {"amm": True}},
    )


def test_providers_leave_a_pool_that_is_off(tmp_path: Path) -> None:
    tables = pools(tmp_path)
    found = row(tables, "amm_providers")
    assert tally(tables, "amm_providers", "joined") == 3
    assert found["tried"] == found["got"] == 3


def test_providers_stay_where_arbitrage_holds_the_pool_at_the_price(tmp_path: Path) -> None:
    tables = pools(tmp_path, "arbitrage")
    assert row(tables, "amm_providers")["got"] == 0
    assert row(tables, "arbitrageurs")["in_blocks"] > 3


def vault(folder: Path, mitigation: str = "") -> Tables:
    actors = [
        {"oracle": {}},
        {"caretakers": {}},
        {"providers": {"count": 3, "deposit_usd": 50_000, "leave_at_drop": 0.05}},
    ]
    overrides = {"vault_deposit_delay": 12, "vault_redemption_delay": 24}
    return run(
        folder,
        *actors,
        slots=20,
        market=falling(-0.1, at_s=96),
        mitigation=mitigation,
        protocol={"switches": {"vault": True}, "overrides": overrides},
    )


def withdrawn_usd(tables: Tables) -> float:
    return float(tables["solvency"].set_index("item")["amount_usd"]["withdrawals"])


def test_a_short_queue_lets_informed_providers_out(tmp_path: Path) -> None:
    tables = vault(tmp_path)
    assert tally(tables, "providers", "tried") == 3
    assert withdrawn_usd(tables) > 140_000


def test_a_queue_of_a_week_keeps_their_capital_behind_the_traders(tmp_path: Path) -> None:
    tables = vault(tmp_path, "redemption_queue")
    assert tally(tables, "providers", "tried") == 3
    assert withdrawn_usd(tables) == 0
