"""Executable and gapped transactions, and replacement."""

from mempool_world import SMALL, World

from floodline.mempool import Departure, Reason, TxState


def test_consecutive_nonces_are_pending_and_the_rest_is_queued():
    world = World()
    for nonce in (0, 1, 3, 4):
        world.must_add(1, nonce)
    assert world.pending_nonces(1) == [0, 1]
    assert world.queued_nonces(1) == [3, 4]
    assert (world.pool.pending_count, world.pool.queued_count) == (2, 2)


def test_filling_the_gap_promotes_what_waited_behind_it():
    world = World()
    for nonce in (0, 2, 3, 1):
        world.must_add(1, nonce)
    assert world.pending_nonces(1) == [0, 1, 2, 3]
    assert world.pool.queued_count == 0


def test_the_pending_nonce_is_the_first_free_one_after_the_executable_run():
    world = World()
    world.nonces[1] = 7
    assert world.pool.pending_nonce(1) == 7
    for nonce in (7, 8, 10):
        world.must_add(1, nonce)
    assert world.pool.pending_nonce(1) == 9


def test_pending_gas_is_the_sum_of_the_executable_gas_limits():
    world = World()
    world.must_add(1, 0, gas_limit=50_000)
    world.must_add(1, 2, gas_limit=70_000)
    assert world.pool.pending_gas == 50_000
    world.must_add(1, 0, 110, 6, gas_limit=60_000)
    assert world.pool.pending_gas == 60_000
    world.must_add(1, 1, gas_limit=30_000)
    assert world.pool.pending_gas == 160_000


def test_a_replacement_of_an_executable_transaction_names_both_sides():
    world = World()
    old = world.must_add(1, 0)
    later = world.must_add(1, 1)
    new = world.must_add(1, 0, max_fee=110, tip=6)
    assert world.pool.pending_of(1) == [new, later]
    assert world.pool.take_departures() == [
        Departure(old.tx_id, TxState.REPLACED, Reason.OUTBID, new.tx_id)
    ]
    assert not world.pool.contains(old.tx_id)


def test_a_replacement_of_a_gapped_transaction_follows_the_same_rule():
    world = World()
    old = world.must_add(1, 5)
    assert world.add(1, 5, max_fee=109, tip=6)[1] is Reason.REPLACEMENT_UNDERPRICED
    new = world.must_add(1, 5, max_fee=110, tip=6)
    assert world.pool.queued_of(1) == [new]
    assert world.pool.take_departures() == [
        Departure(old.tx_id, TxState.REPLACED, Reason.OUTBID, new.tx_id)
    ]


def test_a_replacement_that_is_too_cheap_leaves_the_old_transaction_alone():
    world = World()
    old = world.must_add(1, 0)
    assert world.add(1, 0, max_fee=1_000, tip=5)[1] is Reason.REPLACEMENT_UNDERPRICED
    assert world.pool.pending_of(1) == [old]
    assert world.pool.take_departures() == []


def test_departures_are_told_once():
    world = World()
    world.must_add(1, 0)
    world.must_add(1, 0, max_fee=110, tip=6)
    assert len(world.pool.take_departures()) == 1
    assert world.pool.take_departures() == []


def test_an_account_may_hold_more_than_its_guaranteed_slots_while_there_is_room():
    world = World(SMALL)
    for nonce in range(8):
        world.must_add(1, nonce)
    assert world.pending_nonces(1) == list(range(8))


def test_a_batch_is_promoted_at_its_end_whatever_its_order():
    world = World()
    batch = [world.tx(1, nonce) for nonce in (2, 0, 1)]
    assert world.pool.add_batch(batch, 0) == [None, None, None]
    assert world.pending_nonces(1) == [0, 1, 2]


def test_iteration_gives_every_transaction_once_executable_ones_first():
    world = World()
    for sender, nonce in ((2, 0), (1, 3), (1, 0), (1, 2)):
        world.must_add(sender, nonce)
    assert [(tx.sender, tx.nonce) for tx in world.pool] == [(2, 0), (1, 0), (1, 2), (1, 3)]
    assert len(world.pool) == 4
