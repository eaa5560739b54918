"""What a transaction needs to be valid, before the pool looks at anyone else's."""

import pytest
from mempool_world import GAS, World

from floodline.mempool import Reason
from floodline.mempool.validation import may_replace


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"size_bytes": 131_073}, Reason.OVERSIZED),
        ({"gas_limit": 2**24 + 1}, Reason.GAS_ABOVE_TRANSACTION_CAP),
        ({"value": -1}, Reason.NEGATIVE_VALUE),
        ({"gas_limit": 16_000_001}, Reason.GAS_ABOVE_BLOCK_LIMIT),
        ({"max_fee": 2**256}, Reason.FEE_TOO_LARGE),
        ({"max_fee": 4, "tip": 5}, Reason.TIP_ABOVE_MAX_FEE),
        ({"gas_limit": 20_999}, Reason.INTRINSIC_GAS),
        ({"gas_limit": 21_509, "minimum_gas": 21_510}, Reason.INTRINSIC_GAS),
        ({"tip": 0}, Reason.TIP_BELOW_MINIMUM),
    ],
)
def test_an_invalid_transaction_is_rejected_for_its_own_reason(fields, reason):
    world = World(block_gas_limit=16_000_000)
    assert world.add(1, 0, **fields)[1] is reason
    assert len(world.pool) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"size_bytes": 131_072},
        {"gas_limit": 2**24},
        {"gas_limit": GAS},
        {"max_fee": 5, "tip": 5},
        {"tip": 1},
    ],
)
def test_a_transaction_at_the_edge_of_a_rule_is_taken(fields):
    assert World().add(1, 0, **fields)[1] is None


def test_a_fee_cap_below_the_base_fee_is_accepted_and_waits():
    world = World(base_fee=1_000)
    tx = world.must_add(1, 0, max_fee=10, tip=1)
    assert world.pool.pending_of(1) == [tx]


def test_a_used_nonce_is_too_low():
    world = World()
    world.nonces[1] = 3
    assert world.add(1, 2)[1] is Reason.NONCE_TOO_LOW


def test_the_balance_must_cover_value_and_the_whole_gas_limit_at_the_fee_cap():
    world = World()
    world.balances[1] = 100 * GAS + 6
    assert world.add(1, 0, value=7)[1] is Reason.INSUFFICIENT_FUNDS
    assert world.add(1, 0, value=6)[1] is None


def test_the_balance_must_cover_all_executable_transactions_of_the_account_together():
    world = World()
    world.balances[1] = 250 * GAS
    world.must_add(1, 0)
    world.must_add(1, 1)
    assert world.add(1, 2)[1] is Reason.INSUFFICIENT_FUNDS


def test_gapped_transactions_do_not_count_against_the_balance_of_others():
    world = World()
    world.balances[1] = 150 * GAS
    world.must_add(1, 5)
    world.must_add(1, 6)
    assert world.queued_nonces(1) == [5, 6]


def test_a_replacement_needs_only_the_difference():
    world = World()
    world.balances[1] = 220 * GAS
    world.must_add(1, 0)
    world.must_add(1, 1)
    assert world.add(1, 1, max_fee=121, tip=6)[1] is Reason.INSUFFICIENT_FUNDS
    assert world.add(1, 1, max_fee=120, tip=6)[1] is None


def test_a_transaction_that_is_pooled_already_is_known():
    world = World()
    tx = world.must_add(1, 0)
    assert world.pool.add(tx, 0) is Reason.ALREADY_KNOWN
    assert world.pool.pending_count == 1


@pytest.mark.parametrize(
    ("cap", "tip", "enough"),
    [(108, 10, True), (108, 9, False), (107, 10, False), (99, 20, False), (500, 9, False)],
)
def test_a_replacement_raises_both_fee_fields_by_ten_percent_in_integer_division(cap, tip, enough):
    world = World()
    old = world.tx(1, 0, max_fee=99, tip=9)
    assert may_replace(old, world.tx(1, 0, max_fee=cap, tip=tip), 10) is enough


def test_a_replacement_of_tiny_fees_must_rise_even_where_the_bump_rounds_to_nothing():
    world = World()
    old = world.tx(1, 0, max_fee=5, tip=5)
    assert not may_replace(old, world.tx(1, 0, max_fee=5, tip=5), 10)
    assert may_replace(old, world.tx(1, 0, max_fee=6, tip=6), 10)
