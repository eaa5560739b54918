"""Every builder and every block time runs a whole campaign on the node, and its books balance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from small_campaign import small

from floodline.campaign.record import RunRecord
from floodline.campaign.session import Session
from floodline.foundation.units import SECOND_US
from floodline.measure.identities import check
from floodline.measure.tables import build_tables

pytestmark = pytest.mark.anvil

Finished = Callable[[dict[str, Any]], Session]

BUILDERS: dict[str, Any] = {
    "fifo": "fifo",
    "random": "random",
    "batch_fair": {"batch_fair": 2.0},
    "protected_lane": {"protected_lane": 0.2},
    "censoring": {"censoring": {"roles": ["keeper"], "share": 0.5}},
    "empty": {"empty": 0.3},
}
BLOCK_TIMES: dict[str, Any] = {
    "exponential": "exponential",
    "jittered": {"jittered": 4},
    "missed_slots": {"missed_slots": {"share": 0.2, "outages": [{"from_s": 60, "to_s": 100}]}},
}


def good_record(session: Session) -> RunRecord:
    """The run's record, after all its identities were found to hold."""
    record = session.record("complete")
    assert record is not None
    assert [i for i in check(build_tables(record)) if not i.ok] == []
    return record


def included(record: RunRecord, role: str) -> int:
    """How many transactions of a role are in blocks."""
    roles = np.array([actor.role for actor in record.actors])
    columns = record.transactions
    return int(((columns["block"] >= 0) & (roles[columns["actor"]] == role)).sum())


@pytest.mark.parametrize("policy", list(BUILDERS.values()), ids=list(BUILDERS))
def test_every_builder_keeps_every_identity(finished: Finished, policy: Any) -> None:
    record = good_record(finished(small(slots=12, builder={"policy": policy})))
    assert sum(row.tx_count for row in record.blocks) > 500


def test_a_protected_lane_brings_in_the_oracle_that_a_flood_keeps_out(finished: Finished) -> None:
    def oracle_waits_s(policy: Any) -> float:
        actors = [
            {"oracle": {"deviation": 0.002, "fee": {"fixed": {"max_fee_gwei": 99, "tip_gwei": 1}}}},
            {
                "flood": {
                    "arrival": {"poisson": {"gas_per_s": 6_000_000}},
                    "tip_gwei": {"constant": 5},
                    "senders": 400,
                }
            },
        ]
        plain = small(slots=16, actors=actors, builder={"policy": policy})
        record = good_record(finished(plain))
        oracle = record.transactions["actor"] == 0
        block = record.transactions["block"][oracle]
        sealed = np.array([0, *(row.time_us for row in record.blocks)])
        until = np.where(block >= 0, sealed[block], sealed[-1])
        return float((until - record.transactions["created_us"][oracle]).mean() / SECOND_US)

    assert oracle_waits_s("priority") > 2 * oracle_waits_s({"protected_lane": 0.1})


def test_a_censor_keeps_keepers_out_and_accounts_stay_open(finished: Finished) -> None:
    free = good_record(finished(small(slots=16)))
    censored = good_record(
        finished(small(slots=16, builder={"policy": {"censoring": {"roles": ["keeper"]}}}))
    )
    assert included(free, "keeper") > 5
    assert included(censored, "keeper") == 0
    assert not any(episode.end == "liquidated" for episode in censored.episodes)
    assert included(censored, "trader") > 5


def test_empty_blocks_are_empty_and_let_the_base_fee_fall(finished: Finished) -> None:
    record = good_record(finished(small(slots=16, builder={"policy": {"empty": 0.4}})))
    busy = [row for row in record.blocks if row.time_us > 40 * SECOND_US]
    empty = [row.number for row in busy if row.tx_count == 0]
    assert empty
    assert all(row.pool_pending > 100 for row in busy if row.number in empty)
    fees = [row.base_fee_wei for row in record.blocks]
    for number in empty[:-1]:
        assert fees[number] == fees[number - 1] - fees[number - 1] // 8


@pytest.mark.parametrize("block_time", list(BLOCK_TIMES.values()), ids=list(BLOCK_TIMES))
def test_every_block_time_keeps_every_identity(finished: Finished, block_time: Any) -> None:
    record = good_record(finished(small(slots=16, chain={"block_time": block_time})))
    times = [row.time_us for row in record.blocks]
    stamps = [row.unix_s for row in record.blocks]
    assert times == sorted(times)
    assert len(set(np.diff(times))) > 1
    assert (np.diff(stamps) >= 1).all()
    due_s = record.genesis_s + np.array(times) // SECOND_US
    assert (np.array(stamps) >= due_s).all()


def test_an_outage_leaves_everything_waiting_for_the_next_block(finished: Finished) -> None:
    outage = {"missed_slots": {"share": 0, "outages": [{"from_s": 60, "to_s": 132}]}}
    session = finished(small(slots=14, chain={"block_time": outage}))
    record = good_record(session)
    times_s = [row.time_us // SECOND_US for row in record.blocks]
    assert times_s == [12, 24, 36, 48, 132, 144, 156, 168]
    late = session.world.ledger.trimmed()
    waiting = (late["created_us"] > 50 * SECOND_US) & (late["created_us"] < 60 * SECOND_US)
    assert waiting.any()
    assert (late["block"][waiting & (late["block"] >= 0)] >= 5).all()


def test_a_late_cutoff_takes_in_what_arrives_after_the_slot_begins(finished: Finished) -> None:
    for cutoff_s in (-3.0, 0.0, 2.0):
        plain = small(slots=8, actors=small()["actors"][2:3], builder={"cutoff_s": cutoff_s})
        session = finished(plain)
        record = good_record(session)
        due_us = 12 * SECOND_US * np.arange(1, 9)
        closed = np.array([row.closed_us for row in record.blocks])
        sealed = np.array([row.time_us for row in record.blocks])
        assert (closed == due_us + cutoff_s * SECOND_US).all()
        assert (sealed == np.maximum(due_us, closed)).all()
        table = build_tables(record)["transactions"]
        done = table[table["block"].notna()]
        arrived = (done["arrived_s"].to_numpy(dtype=float) * SECOND_US).round()
        eligible = done["first_eligible_block"].to_numpy(dtype=int)
        block = done["block"].to_numpy(dtype=int)
        assert (arrived <= closed[block - 1]).all()
        assert (eligible <= block).all()
        # with next to empty blocks whoever pays is in the first block that was open to him
        assert (eligible == block).mean() > 0.95


def test_a_target_and_a_pace_of_the_base_fee_that_are_not_the_nodes_own(finished: Finished) -> None:
    rule = {"gas_target": 5_000_000, "base_fee_denominator": 250}
    record = good_record(finished(small(slots=14, chain=rule)))
    fees = [row.base_fee_wei for row in record.blocks]
    full = [row.number for row in record.blocks if row.gas_used > 29_000_000][:-1]
    assert len(full) > 3
    # a full block uses six times the target: up by almost 5 / 250
    assert all(fees[n] / fees[n - 1] == pytest.approx(1.0197, abs=0.0005) for n in full)


def test_a_keepers_rank_in_the_pool_falls_behind_a_flood_that_pays_more(finished: Finished) -> None:
    def worst_rank(tip_gwei: float) -> int:
        actors = small()["actors"]
        actors[0]["oracle"]["fee"] = {"multiple": {"multiple": 9, "tip_gwei": 500}}
        actors[1]["keepers"] |= {
            "only_if_profitable": False,
            "fee": {"multiple": {"multiple": 9, "tip_gwei": 5}},
        }
        actors[3]["flood"]["tip_gwei"] = {"constant": tip_gwei}
        record = good_record(finished(small(slots=12, actors=actors)))
        roles = [record.actors[actor].role for actor in record.transactions["actor"]]
        keepers = [row for row in record.ranks if roles[row.tx_id] == "keeper"]
        assert keepers
        assert {roles[row.tx_id] for row in record.ranks} == {"keeper", "oracle"}
        assert all(row.rank <= row.pool_pending for row in record.ranks)
        return max(row.rank for row in keepers)

    assert worst_rank(tip_gwei=60) > 300 > worst_rank(tip_gwei=0.01)
