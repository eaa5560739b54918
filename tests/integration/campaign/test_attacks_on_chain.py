"""Each attack on the real engine: it wins against the weak, and a named mitigation undoes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from floodline.campaign.session import Session
from floodline.measure.identities import check
from floodline.measure.tables import Tables, build_tables

pytestmark = pytest.mark.anvil

Finished = Callable[[dict[str, Any]], Session]

VOLATILE = {"ETH": {"gbm": {"start_usd": 3000, "vol": 4.0}}}


def publisher(fee: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An oracle that publishes about every slot."""
    return {"oracle": {"deviation": 0.0005, "delay_s": 1, "fee": fee, **more}}


def tables_of(finished: Finished, slots: int, *actors: dict[str, Any], **more: Any) -> Tables:
    """Run actors on an otherwise empty chain and hold the run against every identity."""
    plain: dict[str, Any] = {
        "name": "attacked",
        "seed": 2,
        "slots": slots,
        "market": VOLATILE,
        "book": {"accounts": 0},
        "background": "off",
        "network": {"delay": {"constant": 0.2}, "block_delay": {"constant": 0.2}},
        "actors": list(actors),
        **more,
    }
    record = finished(plain).record("complete")
    assert record is not None
    tables = build_tables(record)
    assert [identity.name for identity in check(tables) if not identity.ok] == []
    return tables


def landed(tables: Tables, role: str = "oracle") -> float:
    """Share of a role's transactions that got into a block."""
    mine = tables["transactions"].query("role == @role")
    return float(mine["block"].notna().mean())


def attack(tables: Tables) -> dict[str, Any]:
    """The one attack's row."""
    return dict(tables["attacks"].iloc[0])


LOW_TIP = {"multiple": {"multiple": 8, "tip_gwei": 1}}
LADDER = {"escalating": {"tip_gwei": 2, "multiple": 8, "factor": 2, "every_blocks": 1}}
STUFFING = {"stuffing": {"tip_gwei": 5, "max_fee_gwei": 40}}


def test_stuffing_fills_blocks_to_the_last_transaction_and_keeps_a_low_tip_out(
    finished: Finished,
) -> None:
    tables = tables_of(finished, 12, publisher(LOW_TIP), STUFFING)
    found = attack(tables)
    assert found["blocks_filled"] >= 11
    blocks = tables["blocks"].iloc[1:]
    assert (blocks["gas_limit"] - blocks["gas_used"] < 25_000).all()
    assert landed(tables) < 0.2
    fees = tables["blocks"]["base_fee_wei"]
    assert fees.iloc[-1] == pytest.approx(fees.iloc[1] * 1.125**10, rel=0.01)
    assert found["spent_eth"] > 0.03 * (1.125**11 - 1) / 0.125 * 0.9


@pytest.mark.parametrize(
    ("fee", "policy"),
    [
        (LADDER, "priority"),
        (LOW_TIP, {"protected_lane": {"roles": ["oracle"], "share": 0.1}}),
    ],
    ids=["an escalating bid", "a protected lane"],
)
def test_stuffing_fails_against(finished: Finished, fee: dict[str, Any], policy: Any) -> None:
    tables = tables_of(finished, 12, publisher(fee), STUFFING, builder={"policy": policy})
    publishing = tables["transactions"].query("role == 'oracle'")
    kept = publishing["block"].dropna().nunique()
    assert kept >= 9


def test_ramp_and_hold_shuts_capped_bidders_out_at_the_cost_of_the_target(
    finished: Finished,
) -> None:
    """V7's two phases: full blocks to the cap, then half full ones that keep the fee there."""
    capped = {"fixed": {"max_fee_gwei": 3, "tip_gwei": 2}}
    hold = {"stuffing": {"tip_gwei": 1, "max_fee_gwei": 60, "hold_gwei": 3}}
    tables = tables_of(finished, 24, publisher(capped), hold)
    blocks = tables["blocks"]
    assert (blocks["base_fee_wei"].iloc[12:] > 2.9e9).all()
    held = blocks.iloc[13:]
    assert held["gas_used"].mean() == pytest.approx(15_000_000, rel=0.05)
    late = tables["transactions"].query("role == 'oracle' and created_s > 150")
    assert len(late) > 3
    assert late["block"].isna().all()
    followed = tables_of(finished, 24, publisher({"multiple": {"tip_gwei": 9}}), hold)
    assert landed(followed) > 0.8


def test_a_strike_on_oracle_updates_misses_those_that_go_by_the_private_lane(
    finished: Finished,
) -> None:
    """Mitigation `private order flow`: what is not seen pending cannot be aimed at."""
    strike = {
        "stuffing": {
            "tip_gwei": 5,
            "max_fee_gwei": 200,
            "when": {"pending_call": {"kind": "push_price", "for_s": 24}},
        }
    }
    seen = tables_of(finished, 12, publisher(LOW_TIP), strike)
    hidden = tables_of(
        finished,
        12,
        publisher(LOW_TIP, lane="private"),
        strike,
        builder={"policy": "private_lane"},
    )
    assert attack(seen)["offered"] > 50
    assert attack(hidden)["offered"] == 0
    assert landed(seen) < 0.5
    assert landed(hidden) > 0.8


SMALL_POOL = {"pool": {"global_slots": 160, "global_queue": 32}}
EVICTION = {"eviction": {"slots": 400, "below": 0.9, "every_s": 4}}
FALLING = {"chain": {**SMALL_POOL, "base_fee_gwei": 30}}


def test_an_eviction_flood_pushes_a_stuck_bid_out_for_nothing(finished: Finished) -> None:
    """The base fee falls from 30 gwei; a cap of 20 would get in at the fourth block."""
    stuck = {"fixed": {"max_fee_gwei": 20, "tip_gwei": 2}}
    tables = tables_of(finished, 5, publisher(stuck), EVICTION, **FALLING)
    found = attack(tables)
    assert found["evicted_others"] >= 1
    assert found["pool_peak"] >= 150
    first = tables["transactions"].query("role == 'oracle'").iloc[0]
    assert first["status"] in {"evicted", "rejected"}
    free = tables_of(finished, 5, publisher(stuck), **FALLING)
    assert free["transactions"].query("role == 'oracle'")["status"].iloc[0] == "included"


def test_an_eviction_flood_cannot_move_a_bid_that_follows_the_base_fee(finished: Finished) -> None:
    tables = tables_of(finished, 5, publisher({"multiple": {"tip_gwei": 2}}), EVICTION, **FALLING)
    assert attack(tables)["evicted_others"] == 0
    assert landed(tables) > 0.8


def test_churn_replaces_without_end_and_pays_nothing(finished: Finished) -> None:
    churn = {"churn": {"senders": 30, "every_s": 2, "below": 0.3}}
    busy = {
        "flood": {"name": "demand", "arrival": {"deterministic": {"load": 1}}, "kind": "transfer"}
    }
    tables = tables_of(finished, 6, churn, busy)
    row = dict(tables["attacks"].set_index("actor").loc["churn"])
    assert row["replaced"] >= 30 * 25
    assert (row["in_blocks"], row["spent_wei"]) == (0, "0")
    assert row["pool_peak"] == 30


def test_churn_is_stopped_by_a_dearer_replacement_rule(finished: Finished) -> None:
    """Mitigation: a price bump of 100 % lets one in eight such replacements pass."""
    churn = {"churn": {"senders": 30, "every_s": 2, "below": 0.3}}
    tables = tables_of(finished, 6, churn, chain={"pool": {"price_bump": 100}})
    found = attack(tables)
    assert 0 < found["replaced"] < found["offered"] / 6


def test_an_avalanche_makes_everything_executable_at_once(finished: Finished) -> None:
    gap = {"nonce_gap": {"senders": 60, "depth": 16, "hold_s": 24, "gas": 200_000, "kind": "reads"}}
    tables = tables_of(finished, 8, gap)
    blocks = tables["blocks"]
    before, after = blocks.iloc[1], blocks.iloc[2]
    assert (before["pool_pending"], before["pool_queued"]) == (0, 960)
    assert before["gas_used"] == 0
    assert after["pool_pending"] + after["tx_count"] >= 960
    assert (blocks["gas_used"].iloc[2:6] > 25_000_000).all()


def test_an_avalanche_is_trimmed_where_the_queue_is_short(finished: Finished) -> None:
    """Mitigation: a global queue of 64 lets 64 wait behind gaps, however many come."""
    gap = {"nonce_gap": {"senders": 60, "depth": 16, "hold_s": 24}}
    tables = tables_of(finished, 6, gap, chain={"pool": {"global_queue": 64}})
    assert tables["blocks"]["pool_queued"].max() <= 64
    assert attack(tables)["in_blocks"] <= 64 + 60 + 16


PROTECTED = {"protected_lane": {"roles": ["oracle"], "share": 0.1}}


@pytest.mark.parametrize("kind", [{"calldata": {"data_bytes": 2000}}, "storage", "burner"], ids=str)
def test_a_flood_of_bytes_of_state_or_of_nothing_shuts_a_low_tip_out_of_open_blocks_only(
    finished: Finished, kind: Any
) -> None:
    """Mitigation: a protected lane keeps a tenth of the gas for oracles.

    Transactions smaller than an update leave no gap that one fits into.
    """
    flood = {
        "flood": {
            "arrival": {"deterministic": {"load": 4}},
            "kind": kind,
            "gas": {"constant": 100_000},
            "tip_gwei": {"constant": 5},
            "cap_multiple": 4,
            "senders": 3000,
        }
    }
    open_blocks = tables_of(finished, 8, publisher(LOW_TIP), flood)
    assert landed(open_blocks) < 0.4
    assert attack(open_blocks)["gas_used"] > 6 * 25_000_000
    protected = tables_of(finished, 8, publisher(LOW_TIP), flood, builder={"policy": PROTECTED})
    assert landed(protected) > 0.8


def test_failing_spam_beats_a_tip_where_blocks_are_drawn_by_lot_and_not_where_tips_count(
    finished: Finished,
) -> None:
    """Spam in place of tips: many cheap attempts crowd a random builder's draw."""
    spam = {
        "flood": {
            "arrival": {"deterministic": {"tx_per_s": 300}},
            "kind": "failing",
            "tip_gwei": {"constant": 0.01},
            "cap_multiple": 8,
            "senders": 5000,
        }
    }

    def waits(policy: str) -> float:
        tables = tables_of(finished, 6, publisher(LOW_TIP), spam, builder={"policy": policy})
        mine = tables["transactions"].query("role == 'oracle'")
        assert attack(tables)["in_blocks"] > 5_000
        return float(mine["block"].notna().mean())

    assert waits("random") < 0.7
    assert waits("priority") > 0.8
