"""A steward asks for more margin while the pool is deep, by a transaction of the owner."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, outcome, run, tally, won

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil


def flooded(folder: Path, mitigation: str = "") -> Tables:
    actors = [
        {"oracle": {}},
        {
            "traders": {
                "accounts": 120,
                "rate_per_s": 0.3,
                "mix": {"open": 1, "close": 0, "cancel": 0},
                "leverage": {"constant": 19},
                "fee": {"multiple": {"multiple": 20, "tip_gwei": 50}},
            }
        },
        {
            "flood": {
                "arrival": {"deterministic": {"load": 4}},
                "kind": "burner",
                "gas": {"constant": 300_000},
                "cap_multiple": 10,
                "to_s": 72,
            }
        },
    ]
    return run(folder, *actors, slots=24, mitigation=mitigation)


def leverage(tables: Tables, from_s: float, to_s: float) -> float:
    """Largest notional over margin of what was opened in a time."""
    trades = tables["trades"].query("time_s > @from_s and time_s <= @to_s")
    assert len(trades) > 2
    margins = tables["accounts"].set_index("account")["deposited_wad"].map(int) / 10**18
    return float((trades["notional_usd"] / trades["account"].astype(str).map(margins)).max())


def test_new_positions_are_half_as_large_while_the_pool_is_deep(tmp_path: Path) -> None:
    base, raised = flooded(tmp_path), flooded(tmp_path, "deep_pool_margin")
    assert tally(raised, "steward", "raised") == 1
    assert leverage(base, 48, 96) > 15
    assert leverage(raised, 48, 96) < 10


def test_margins_come_down_again_with_the_pool(tmp_path: Path) -> None:
    tables = flooded(tmp_path, "deep_pool_margin")
    assert tally(tables, "steward", "lowered") == 1
    assert leverage(tables, 200, 288) > 15


def test_leverage_that_is_taken_in_congestion_becomes_bad_debt(tmp_path: Path) -> None:
    tables = attack(tmp_path, "leverage-in-congestion")
    assert won(tables, "leverage-in-congestion")
    assert tables["liquidations"]["t6_s"].isna().all(), "nobody gets in to liquidate"


def test_raised_margins_halve_what_congestion_costs(tmp_path: Path) -> None:
    base = outcome(attack(tmp_path, "leverage-in-congestion"), "leverage-in-congestion").value
    tables = attack(tmp_path, "leverage-in-congestion", mitigation="deep_pool_margin")
    assert not won(tables, "leverage-in-congestion")
    left = outcome(tables, "leverage-in-congestion").value
    assert base is not None
    assert left is not None
    assert 0.3 * base < left < 0.6 * base, "what was open before keeps its leverage"
