"""Transactions of orphaned blocks return to the pool, before what waited behind them."""

import random

from mempool_world import RICH, World

from floodline.mempool import PoolLimits
from floodline.mempool.states import Reason, TxState


def orphan(world, *transactions, base_fee=10):
    """Take the newest blocks' transactions back, given in the order of the chain."""
    for tx in reversed(transactions):
        world.nonces[tx.sender] = tx.nonce
    return world.pool.on_reorg(transactions, base_fee=base_fee, now_us=0)


def test_an_orphaned_transaction_waits_again_before_its_followers():
    world = World()
    first, second, third = (world.must_add(1, nonce) for nonce in range(3))
    world.include(first, second)
    assert world.pending_nonces(1) == [2]
    assert orphan(world, first, second) == []
    assert world.pending_nonces(1) == [0, 1, 2]
    assert world.pool.get(third.tx_id) is third
    assert world.pool.take_departures() == []


def test_what_came_in_since_stays_behind_what_was_orphaned():
    world = World()
    mined = world.must_add(1, 0)
    world.include(mined)
    world.must_add(1, 1)
    world.must_add(1, 3)
    orphan(world, mined)
    assert world.pending_nonces(1) == [0, 1]
    assert world.queued_nonces(1) == [3]


def test_accounts_without_orphans_are_left_alone():
    world = World()
    mined, other = world.must_add(1, 0), world.must_add(2, 0)
    world.include(mined)
    orphan(world, mined)
    assert {tx.tx_id for tx in world.pool.heads()} == {mined.tx_id, other.tx_id}


def test_the_base_fee_returns_too():
    world = World(base_fee=10)
    mined = world.must_add(1, 0)
    world.include(mined, base_fee=30)
    orphan(world, mined, base_fee=10)
    assert world.pool.base_fee == 10


def test_what_can_no_longer_be_paid_for_is_refused_and_named():
    world = World()
    mined = world.must_add(1, 0)
    world.include(mined)
    world.balances[1] = 1
    assert orphan(world, mined) == [(mined, Reason.INSUFFICIENT_FUNDS)]
    assert len(world.pool) == 0


def test_a_full_pool_gives_its_worst_for_a_better_orphan_and_refuses_a_worse_one():
    limits = PoolLimits(account_slots=1, global_slots=4, account_queue=1, global_queue=1)
    world = World(limits)
    poor, rich = world.must_add(1, 0, tip=1), world.must_add(2, 0, tip=90)
    world.include(poor, rich)
    world.fill(5, tip=20)
    assert orphan(world, poor, rich) == [(poor, Reason.UNDERPRICED)]
    (departure,) = [d for d in world.pool.take_departures() if d.state is TxState.EVICTED][:1]
    assert departure.reason in {Reason.UNDERPRICED, Reason.GLOBAL_SLOTS}
    assert world.pool.contains(rich.tx_id)


def test_a_chain_that_is_taken_back_leaves_the_pool_as_it_was_before_it():
    for seed in range(60):
        rng = random.Random(seed)
        world = World()
        for sender in range(6):
            for nonce in range(rng.randint(1, 5)):
                world.must_add(sender, nonce, max_fee=rng.randint(20, 90), tip=rng.randint(1, 9))
            if rng.random() < 0.3:
                world.must_add(sender, 9)
        pool = world.pool
        senders = range(6)
        before = [(world.pending_nonces(s), world.queued_nonces(s)) for s in senders]
        gas, slots = pool.pending_gas, pool.slots_used
        chain = []
        for _ in range(rng.randint(1, 3)):
            block = []
            for sender in rng.sample(range(6), 3):
                run = list(pool.pending_of(sender))
                block += run[: rng.randint(0, len(run))]
            world.include(*block, base_fee=rng.randint(5, 15))
            chain += block
        assert all(world.balances.get(s, RICH) == RICH for s in senders)
        assert orphan(world, *chain) == []
        after = [(world.pending_nonces(s), world.queued_nonces(s)) for s in senders]
        assert (after, pool.pending_gas, pool.slots_used) == (before, gas, slots)
        assert pool.take_departures() == []
