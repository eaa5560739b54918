"""Limits on accounts and on the queue, and the lifetime of what waits."""

from mempool_world import SMALL, World

from floodline.mempool import PoolLimits, Reason, TxState

SECOND_US = 1_000_000


def limits(**changed):
    wide = {"account_slots": 16, "global_slots": 1_000, "account_queue": 64, "global_queue": 1_000}
    return PoolLimits(**(wide | changed))


def left(world, reason):
    """Return (sender, nonce) of those that left for a reason, checking that it was the only one."""
    departures = world.pool.take_departures()
    assert all(d.reason is reason for d in departures)
    return [(world.offered[d.tx_id].sender, world.offered[d.tx_id].nonce) for d in departures]


def test_too_many_executable_transactions_are_taken_from_the_largest_account():
    world = World(limits(account_slots=2, global_slots=10))
    for sender, count in ((1, 6), (2, 3)):
        for nonce in range(count):
            world.must_add(sender, nonce)
    world.must_add(3, 0)
    assert world.pool.pending_count == 10
    world.must_add(4, 0)
    assert left(world, Reason.GLOBAL_SLOTS) == [(1, 5)]
    assert world.pool.pending_nonce(1) == 5


def test_the_largest_accounts_shrink_together_once_they_are_equal():
    world = World(limits(account_slots=2, global_slots=10))
    for sender, count in ((1, 5), (2, 5)):
        for nonce in range(count):
            world.must_add(sender, nonce)
    world.must_add(3, 0)
    assert left(world, Reason.GLOBAL_SLOTS) == [(1, 4), (2, 4)]
    assert world.pool.pending_count == 9


def test_guaranteed_slots_are_never_taken():
    world = World(limits(account_slots=2, global_slots=4))
    for sender in range(6):
        for nonce in range(2):
            world.must_add(sender, nonce)
    assert world.pool.pending_count == 12
    assert world.pool.take_departures() == []


def test_an_account_keeps_its_lowest_gapped_nonces_up_to_its_queue_limit():
    world = World(limits(account_queue=3))
    for nonce in (9, 5, 7):
        world.must_add(1, nonce)
    world.must_add(1, 6)
    assert world.queued_nonces(1) == [5, 6, 7]
    assert left(world, Reason.ACCOUNT_QUEUE) == [(1, 9)]


def test_a_full_queue_is_trimmed_at_the_account_that_was_silent_longest():
    world = World(limits(global_queue=4))
    for when, (sender, nonce) in enumerate([(2, 5), (2, 6), (1, 5), (1, 6)]):
        world.must_add(sender, nonce, now_us=when)
    world.must_add(3, 5, now_us=9)
    assert left(world, Reason.GLOBAL_QUEUE) == [(2, 6)]
    assert world.queued_nonces(2) == [5]


def test_an_account_no_larger_than_the_surplus_loses_its_whole_queue():
    world = World(limits(global_queue=2))
    world.must_add(1, 5)
    batch = [world.tx(2, nonce) for nonce in (5, 6)]
    world.pool.add_batch(batch, 1)
    assert left(world, Reason.GLOBAL_QUEUE) == [(1, 5)]
    assert world.pool.queued_count == 2


def test_gapped_transactions_expire_after_the_lifetime():
    world = World(limits(lifetime_s=60))
    world.must_add(1, 0)
    world.must_add(1, 5)
    world.pool.expire(60 * SECOND_US)
    assert world.pool.take_departures() == []
    world.pool.expire(60 * SECOND_US + 1)
    (departure,) = world.pool.take_departures()
    assert (departure.state, departure.reason) == (TxState.EXPIRED, Reason.LIFETIME)
    assert world.pending_nonces(1) == [0]


def test_executable_transactions_never_expire():
    world = World(limits(lifetime_s=1))
    world.must_add(1, 0)
    world.pool.expire(10**12)
    assert world.pool.pending_count == 1


def test_the_lifetime_counts_from_the_first_gapped_transaction_not_from_the_last():
    world = World(limits(lifetime_s=60))
    world.must_add(1, 5)
    world.must_add(1, 6, now_us=50 * SECOND_US)
    world.pool.expire(61 * SECOND_US)
    assert left(world, Reason.LIFETIME) == [(1, 5), (1, 6)]


def test_a_replacement_or_promotion_gives_the_account_more_time():
    world = World(limits(lifetime_s=60))
    for sender in (1, 2, 3):
        world.must_add(sender, 0)
        world.must_add(sender, 5)
    world.must_add(1, 0, 110, 6, now_us=30 * SECOND_US)
    world.must_add(2, 1, now_us=30 * SECOND_US)
    world.pool.take_departures()
    world.pool.expire(61 * SECOND_US)
    assert left(world, Reason.LIFETIME) == [(3, 5)]
    world.pool.expire(91 * SECOND_US)
    assert left(world, Reason.LIFETIME) == [(1, 5), (2, 5)]


def test_silence_counts_from_the_last_transaction_that_became_executable():
    """Found by the comparison with geth: a gapped newcomer does not count as a sign of life."""
    world = World(SMALL)
    world.must_add(0, 0)
    for sender in range(1, SMALL.global_queue + 1):
        world.must_add(sender, 3, now_us=sender)
    world.must_add(0, 5, now_us=100)
    assert world.queued_nonces(0) == []
    assert world.queued_nonces(1) == [3]
