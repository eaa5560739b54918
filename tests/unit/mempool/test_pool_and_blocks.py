"""What a new block does to the pool."""

import pytest
from mempool_world import GAS, World

from floodline.mempool import Departure, PoolLimits, Reason, TxState


def test_included_transactions_leave_without_a_departure():
    world = World()
    first, second = world.must_add(1, 0), world.must_add(1, 1)
    world.include(first)
    assert world.pool.pending_of(1) == [second]
    assert world.pool.take_departures() == []
    assert (world.pool.pending_count, world.pool.pending_gas) == (1, GAS)


def test_a_nonce_that_another_transaction_used_drops_ours():
    world = World()
    executable, gapped = world.must_add(1, 0), world.must_add(1, 3)
    world.nonces[1] = 4
    world.include()
    assert world.pool.take_departures() == [
        Departure(executable.tx_id, TxState.DROPPED, Reason.NONCE_PASSED),
        Departure(gapped.tx_id, TxState.DROPPED, Reason.NONCE_PASSED),
    ]
    assert len(world.pool) == 0


def test_a_block_that_passes_the_gap_promotes_what_waited():
    world = World()
    world.must_add(1, 2)
    world.nonces[1] = 2
    world.include()
    assert world.pending_nonces(1) == [2]


def test_a_base_fee_above_the_fee_cap_evicts_nothing():
    world = World()
    tx = world.must_add(1, 0, max_fee=20, tip=1)
    world.include(base_fee=1_000)
    assert world.pool.pending_of(1) == [tx]
    assert world.pool.base_fee == 1_000


def test_an_unpayable_transaction_is_evicted_and_its_followers_wait_in_the_queue():
    world = World()
    world.must_add(1, 0)
    costly = world.must_add(1, 1, value=10**9)
    world.must_add(1, 2)
    world.balances[1] = 100 * GAS
    world.include()
    assert world.pool.take_departures() == [
        Departure(costly.tx_id, TxState.EVICTED, Reason.INSUFFICIENT_FUNDS)
    ]
    assert world.pending_nonces(1) == [0]
    assert world.queued_nonces(1) == [2]


def test_transactions_above_a_lowered_block_gas_limit_are_evicted():
    world = World(block_gas_limit=1_000_000)
    large = world.must_add(1, 0, gas_limit=900_000)
    gapped = world.must_add(2, 5, gas_limit=900_000)
    world.include(block_gas_limit=800_000)
    assert sorted(world.pool.take_departures()) == [
        Departure(large.tx_id, TxState.EVICTED, Reason.GAS_ABOVE_BLOCK_LIMIT),
        Departure(gapped.tx_id, TxState.EVICTED, Reason.GAS_ABOVE_BLOCK_LIMIT),
    ]


def test_a_nonce_that_went_back_leaves_a_gap_before_what_was_executable():
    world = World()
    first, _ = world.must_add(1, 0), world.must_add(1, 1)
    world.include(first)
    world.nonces[1] = 0
    world.include()
    assert world.pending_nonces(1) == []
    assert world.queued_nonces(1) == [1]
    world.must_add(1, 0)
    assert world.pending_nonces(1) == [0, 1]


def test_a_new_base_fee_changes_who_is_the_worst():
    def evicted(base_fee):
        world = World(PoolLimits(global_slots=4, global_queue=1), base_fee=10)
        patient = world.must_add(1, 0, max_fee=1_000, tip=2)
        hasty = world.must_add(2, 0, max_fee=40, tip=20)
        for sender in (3, 4, 5):
            world.must_add(sender, 0, max_fee=2_000, tip=100)
        world.include(base_fee=base_fee)
        world.must_add(6, 0, max_fee=3_000, tip=200)
        (departure,) = world.pool.take_departures()
        return {patient.tx_id: "patient", hasty.tx_id: "hasty"}[departure.tx_id]

    assert evicted(base_fee=10) == "patient"
    assert evicted(base_fee=39) == "hasty"


@pytest.mark.parametrize("count", [1, 5, 40])
def test_the_counters_return_to_zero_when_everything_is_included(count):
    world = World()
    transactions = [world.must_add(1, nonce) for nonce in range(count)]
    world.include(*transactions)
    pool = world.pool
    assert (len(pool), pool.pending_count, pool.queued_count) == (0, 0, 0)
    assert (pool.pending_gas, pool.slots_used, pool.heads()) == (0, 0, [])
