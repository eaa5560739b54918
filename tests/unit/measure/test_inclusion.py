"""Time to inclusion by role, measured per intent."""

from __future__ import annotations

import pytest

from floodline.foundation.units import SECOND_US
from floodline.measure.inclusion import inclusion_by_role, inclusion_by_tip, inclusion_of
from floodline.measure.tables import build_tables

from .run_factory import STATES, add_block, bare_record, make_record


def test_replaced_transaction_waits_on_until_its_replacement_is_in():
    record = bare_record(3)
    ledger = record.transactions
    ledger["created_us"][:] = [0, 5 * SECOND_US, 9 * SECOND_US]
    ledger["replaces"][1], ledger["replaces"][2] = 0, 1
    ledger["replaced_by"][0], ledger["replaced_by"][1] = 1, 2
    ledger["status"][:2] = STATES.index("replaced")
    add_block(record, [2])
    found = inclusion_of(build_tables(record))
    assert found["intents"] == found["intents_included"] == 1
    assert found["p50_s"] == 12.0


def test_included_transaction_that_replaced_nothing_waits_from_its_own_creation():
    record = bare_record(1)
    record.transactions["created_us"][:] = 9 * SECOND_US
    add_block(record, [0])
    assert inclusion_of(build_tables(record))["p50_s"] == 3.0


def test_transaction_that_a_late_builder_took_after_the_slot_began_did_not_wait():
    record = bare_record(1)
    record.transactions["created_us"][:] = 13 * SECOND_US
    add_block(record, [0])
    tables = build_tables(record)
    assert tables["transactions"]["wait_s"].tolist() == [-1.0]
    assert inclusion_of(tables)["p50_s"] == 0.0


def test_failed_transaction_in_a_block_was_included():
    record = bare_record(1)
    add_block(record, [0])
    record.transactions["status"][0] = STATES.index("reverted")
    tables = build_tables(record)
    assert inclusion_of(tables)["intents_included"] == 1
    assert inclusion_by_role(tables)["oracle"]["states"]["reverted"] == 1


@pytest.mark.parametrize("state", ["rejected", "evicted", "expired", "dropped", "pending"])
def test_what_never_got_in_stays_at_risk_to_the_end(state):
    record = bare_record(4)
    add_block(record, [0])
    add_block(record, [])
    record.transactions["status"][1:] = STATES.index(state)
    found = inclusion_of(build_tables(record))
    assert found["censored_share"] == 0.75
    assert found["p50_s"] is None
    assert found["max_s"] == 12.0


def test_refusing_transactions_does_not_improve_the_percentiles():
    accepted, refused = make_record(seed=3), make_record(seed=3)
    waiting = refused.transactions["block"] < 0
    refused.transactions["status"][waiting] = STATES.index("rejected")
    for key in ("p50_s", "p90_s", "censored_share"):
        of_accepted = inclusion_of(build_tables(accepted))[key]
        assert inclusion_of(build_tables(refused))[key] == of_accepted


def test_jitter_is_the_spread_and_the_mean_step_between_successive_waits():
    record = bare_record(3)
    record.transactions["created_us"][:] = [11 * SECOND_US, 2 * SECOND_US, 5 * SECOND_US]
    add_block(record, [0, 1, 2])
    found = inclusion_of(build_tables(record))
    # waits in the order of creation: 10, 7, 1 s
    assert found["jitter_successive_s"] == pytest.approx((3 + 6) / 2)
    assert found["jitter_std_s"] == pytest.approx((42 / 3) ** 0.5)


def test_roles_are_measured_apart_and_states_add_up_to_the_offered():
    record = make_record(offered=200, seed=4)
    by_role = inclusion_by_role(build_tables(record))
    assert list(by_role) == ["flood", "keeper", "oracle", "trader"]
    for role in by_role.values():
        assert sum(role["states"].values()) == role["offered"]
    assert sum(role["offered"] for role in by_role.values()) == 200


def test_role_that_sent_nothing_has_no_numbers():
    found = inclusion_of(build_tables(bare_record(2)), "keeper")
    assert found["intents"] == 0
    assert found["p50_s"] is None
    assert found["max_s"] is None


def test_probability_by_tip_rises_where_dear_ones_get_in():
    record = bare_record(20)
    record.transactions["tip_wei"][:] = range(1, 21)
    add_block(record, list(range(10, 20)))
    found = inclusion_by_tip(build_tables(record))
    assert [bucket["percentile"] for bucket in found] == list(range(10, 101, 10))
    assert [bucket["tip_wei_max"] for bucket in found] == list(range(2, 21, 2))
    assert [bucket["probability"] for bucket in found] == [0.0] * 5 + [1.0] * 5


def test_equal_tips_share_one_bucket():
    record = bare_record(10)
    record.transactions["tip_wei"][:] = 5
    add_block(record, [0])
    (bucket,) = inclusion_by_tip(build_tables(record))
    assert bucket == {
        "percentile": 100,
        "tip_wei_max": 5,
        "intents": 10,
        "included": 1,
        "probability": 0.1,
    }


def test_without_transactions_there_are_no_buckets():
    assert inclusion_by_tip(build_tables(bare_record())) == []
