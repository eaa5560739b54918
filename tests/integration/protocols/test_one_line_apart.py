"""One campaign on every protocol: `protocol.adapter` is all that differs."""

from __future__ import annotations

from itertools import combinations

import pytest

from floodline.foundation.workspace import project_root

pytestmark = [pytest.mark.anvil, pytest.mark.slow]
EVERY = ("reference", "morpho", "aave", "lyra")
HOW_TO = project_root() / "docs" / "howto" / "bring-your-own-protocol.md"


@pytest.mark.parametrize(("one", "other"), list(combinations(EVERY, 2)))
def test_two_protocols_meet_the_same_market_and_tell_the_same_tables(crashed, one, other):
    first, second = crashed(one), crashed(other)
    assert first.summary["outcome_hash"] != second.summary["outcome_hash"]
    assert first.tables.keys() == second.tables.keys()
    for name, table in first.tables.items():
        assert list(table.columns) == list(second.tables[name].columns), name
    prices = [run.tables["prices"]["true_e8"].tolist() for run in (first, second)]
    assert prices[0] == prices[1]
    books = [run.tables["accounts"].query("role == 'book'")["address"] for run in (first, second)]
    assert set(books[0]) & set(books[1])


@pytest.mark.parametrize("adapter", EVERY)
def test_each_is_flooded_and_liquidates_late(crashed, adapter):
    summary = crashed(adapter).summary
    assert summary["identities_ok"]
    assert summary["liquidation"]["liquidated"] > 5
    assert summary["liquidation"]["latency_p50_s"] > 100


def test_what_an_account_puts_up_is_the_same_on_all_that_take_its_side(crashed):
    paid_in = {adapter: crashed(adapter).summary["solvency"]["collateral_usd"] for adapter in EVERY}
    assert paid_in["reference"] == paid_in["lyra"]  # both sides
    assert paid_in["aave"] == paid_in["morpho"]  # longs only


def test_the_how_to_tells_what_the_four_runs_gave(crashed):
    told = HOW_TO.read_text(encoding="utf-8")
    for adapter in EVERY:
        summary = crashed(adapter).summary
        done, latency = (summary["liquidation"][key] for key in ("liquidated", "latency_p50_s"))
        lost = summary["solvency"]["bad_debt_usd"]
        assert f"| `{adapter}` | {done} | {latency:.0f} s | ${lost:,.0f} |" in told
