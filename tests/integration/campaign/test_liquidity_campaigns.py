"""Spot pools, the vault and the people around them, in whole campaigns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_campaign import prepared, small

from floodline.measure.identities import check
from floodline.measure.tables import Tables, build_tables

pytestmark = pytest.mark.anvil


def run(folder: Path, switches: dict[str, Any], *more: dict[str, Any], **protocol: Any) -> Tables:
    """Run the small crash without its flood and with more actors; all identities must hold."""
    plain = small(protocol={"insurance_usd": 5_000, "switches": switches, **protocol})
    plain["actors"] = [one for one in plain["actors"] if "flood" not in one] + list(more)
    with prepared(plain, folder) as session:
        session.run()
        record = session.record("complete")
    assert record is not None
    tables = build_tables(record)
    assert [identity.name for identity in check(tables) if not identity.ok] == []
    return tables


def tally(tables: Tables, actor: str, item: str) -> int:
    actors = tables["actors"]
    found = actors[(actors["actor"] == actor) & (actors["item"] == item)]["amount"]
    return int(found.sum())


def withdrawn_usd(tables: Tables) -> float:
    solvency = tables["solvency"].set_index("item")["amount_usd"]
    return float(solvency["withdrawals"])


def test_arbitrageurs_hold_the_pool_within_its_fee_of_the_true_price(tmp_path: Path) -> None:
    tables = run(tmp_path, {"amm": True}, {"arbitrageurs": {"count": 2}})
    blocks = tables["blocks"]
    gap = (blocks["amm_price_usd"] / blocks["price_true_usd"] - 1).abs()
    assert blocks["amm_price_usd"].iloc[-1] < 2_600
    assert gap.iloc[-5:].max() < 0.01
    assert tally(tables, "arbitrageurs", "got") > 3
    assert tally(tables, "arbitrageurs", "trade_reverted") > 0, "both saw the same gap"


def test_nobody_moves_a_pool_that_nobody_trades(tmp_path: Path) -> None:
    tables = run(tmp_path, {"amm": True})
    assert tables["blocks"]["amm_price_usd"].round(6).eq(3_000).all()
    assert tables["blocks"]["vault_nav_usd"].isna().all()


def test_an_average_of_the_pool_liquidates_late(tmp_path: Path) -> None:
    averaged = run(
        tmp_path,
        {"oracle": "twap"},
        {"arbitrageurs": {}},
        overrides={"twap_window": 96, "twap_period": 12},
    )
    pushed = run(tmp_path, {})
    first = {
        name: tables["liquidations"]["t6_s"].min()
        for name, tables in (("averaged", averaged), ("pushed", pushed))
    }
    assert first["averaged"] > first["pushed"]
    assert averaged["prices"]["chain_usd"].iloc[-1] < 2_700
    assert tally(averaged, "oracle", "poked") > 5


def test_providers_join_the_vault_and_race_for_the_exit(tmp_path: Path) -> None:
    tables = run(
        tmp_path,
        {"vault": True},
        {"providers": {"count": 4, "deposit_usd": 50_000}},
        {"caretakers": {}},
        overrides={"vault_deposit_delay": 12, "vault_redemption_delay": 24},
    )
    nav = tables["blocks"]["vault_nav_usd"]
    assert nav.iloc[0] == pytest.approx(50_000_000, rel=0.001)
    assert nav.max() - nav.iloc[0] > 150_000, "four deposits of fifty thousand"
    assert tally(tables, "providers", "tried") == 4
    assert tally(tables, "caretakers", "included") >= 2
    assert 190_000 < withdrawn_usd(tables) < 210_000, "all four got out, less the fee"


def test_nobody_leaves_through_a_vault_whose_breaker_is_tripped(tmp_path: Path) -> None:
    tables = run(
        tmp_path,
        {"vault": True},
        {"providers": {"count": 2, "deposit_usd": 50_000}},
        {"caretakers": {}},
        overrides={
            "vault_deposit_delay": 12,
            "vault_redemption_delay": 24,
            "vault_min_free": 0.9999,
        },
    )
    assert tally(tables, "providers", "tried") == 2
    assert tally(tables, "caretakers", "included") <= 3, "it is tried once, and then rests"
    assert withdrawn_usd(tables) == 0
