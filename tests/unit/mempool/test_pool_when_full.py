"""Who gets in, and who has to go, when the pool is full."""

from mempool_world import SMALL, World

from floodline.mempool import Departure, PoolLimits, Reason, TxState


def full_world(max_fee=100, tip=5, **fields):
    """A pool of twelve slots: eight executable, four gapped, all at one price."""
    world = World(SMALL, **fields)
    world.fill(8, max_fee=max_fee, tip=tip)
    for sender in range(4):
        world.must_add(sender, 9, max_fee, tip)
    assert world.pool.slots_used == SMALL.capacity
    return world


def test_a_newcomer_that_is_no_better_than_the_worst_is_refused():
    world = full_world()
    assert world.add(50, 0, max_fee=100, tip=5)[1] is Reason.UNDERPRICED
    assert world.pool.take_departures() == []


def test_a_better_newcomer_pushes_out_the_worst():
    world = World(SMALL)
    worst = world.must_add(1, 0, max_fee=99, tip=4)
    world.fill(11, max_fee=100, tip=5)
    newcomer = world.must_add(50, 0, max_fee=200, tip=50)
    assert world.pool.take_departures() == [
        Departure(worst.tx_id, TxState.EVICTED, Reason.UNDERPRICED, newcomer.tx_id)
    ]
    assert world.pool.slots_used == SMALL.capacity


def test_among_equals_the_higher_nonce_goes_first_then_the_later_arrival():
    world = full_world()
    world.must_add(50, 0, max_fee=200, tip=50)
    world.must_add(51, 0, max_fee=200, tip=50)
    gone = [world.offered[departure.tx_id] for departure in world.pool.take_departures()]
    assert [(tx.sender, tx.nonce) for tx in gone] == [(3, 9), (2, 9)]


def test_a_large_newcomer_pushes_out_as_many_slots_as_it_takes():
    world = full_world()
    world.must_add(50, 0, max_fee=200, tip=50, slots=3)
    assert len(world.pool.take_departures()) == 3
    assert world.pool.slots_used == SMALL.capacity


def test_a_newcomer_is_measured_by_effective_tip_at_the_next_base_fee():
    world = full_world(max_fee=100, tip=5, base_fee=10)
    assert world.add(50, 0, max_fee=101, tip=6)[1] is None
    world = full_world(max_fee=100, tip=5, base_fee=96)
    assert world.add(50, 0, max_fee=99, tip=50)[1] is Reason.UNDERPRICED


def test_a_newcomer_enters_when_it_beats_the_worst_of_either_heap():
    world = World(PoolLimits(global_slots=4, global_queue=1), base_fee=10)
    world.must_add(1, 0, max_fee=1_000, tip=1)
    for sender in range(2, 6):
        world.must_add(sender, 0, max_fee=40, tip=20)
    world.include(base_fee=10)
    # The urgent heap holds four effective tips of 20, the floating one the fee cap of 1,000.
    assert world.pool.would_reject(max_fee=30, tip=20)
    assert world.pool.would_reject(max_fee=1_000, tip=1)
    assert not world.pool.would_reject(max_fee=31, tip=21)
    assert not world.pool.would_reject(max_fee=1_001, tip=1)


def test_the_floating_heap_is_held_at_a_quarter_of_the_urgent_one():
    world = World(PoolLimits(global_slots=9, global_queue=1), base_fee=10)
    for sender in range(10):
        world.must_add(sender, 0, max_fee=50 + sender, tip=30 - sender)
    # Two sink by effective tip (senders 9 and 8); the lower fee cap of the two is sender 8's.
    world.must_add(50, 0, max_fee=1_000, tip=40)
    (departure,) = world.pool.take_departures()
    assert world.offered[departure.tx_id].sender == 8


def test_a_gapped_newcomer_never_pushes_out_an_executable_transaction():
    world = World(SMALL)
    world.fill(12, max_fee=100, tip=5)
    assert world.pool.slots_used == SMALL.capacity
    assert world.add(1, 1, max_fee=900, tip=90)[1] is Reason.GAPPED_WOULD_EVICT_EXECUTABLE
    assert world.pool.take_departures() == []
    assert world.add(1, 0, max_fee=900, tip=90)[1] is None


def test_a_gapped_newcomer_may_push_out_a_gapped_transaction():
    world = World(SMALL)
    world.fill(8, max_fee=100, tip=5)
    cheap = [world.must_add(sender, 9, 50, 2) for sender in range(4)]
    dear = world.must_add(77, 9, max_fee=900, tip=90)
    (departure,) = world.pool.take_departures()
    assert departure == Departure(cheap[-1].tx_id, TxState.EVICTED, Reason.UNDERPRICED, dear.tx_id)


def test_an_evicted_transaction_sends_its_followers_to_the_queue():
    world = World(PoolLimits(account_slots=4, global_slots=5, global_queue=1, account_queue=8))
    for nonce, tip in enumerate((5, 1, 5)):
        world.must_add(1, nonce, 100, tip)
    world.fill(3, max_fee=100, tip=5)
    world.pool.take_departures()
    newcomer = world.must_add(50, 0, max_fee=200, tip=50)
    assert world.pending_nonces(1) == [0]
    assert world.queued_nonces(1) == [2]
    assert world.pool.pending_nonce(1) == 1
    (departure,) = world.pool.take_departures()
    assert departure.other_tx_id == newcomer.tx_id
    assert world.offered[departure.tx_id].nonce == 1


def test_a_batch_pushes_out_at_most_a_quarter_of_the_executable_slots():
    world = World(PoolLimits(global_slots=8, global_queue=1))
    world.fill(9)
    batch = [world.tx(sender, 0, 200 + sender, 50) for sender in range(5)]
    answers = world.pool.add_batch(batch, 0)
    assert answers == [None, None, None, Reason.POOL_OVERFLOW, Reason.POOL_OVERFLOW]
    assert world.pool.add(batch[3], 0) is None


def test_no_room_can_be_made_for_a_transaction_larger_than_the_pool():
    world = World(PoolLimits(global_slots=1, global_queue=1))
    world.fill(1)
    assert world.add(50, 0, max_fee=200, tip=50, slots=4)[1] is Reason.POOL_OVERFLOW
    assert world.pool.pending_count == 1


def test_the_quick_answer_agrees_with_the_pool_for_newcomers_of_one_slot():
    world = full_world(base_fee=60)
    for max_fee in (61, 90, 100, 101, 150):
        for tip in (1, 5, 6, 40):
            twin = full_world(base_fee=60)
            refused = twin.add(50, 0, max_fee, tip)[1] is Reason.UNDERPRICED
            assert world.pool.would_reject(max_fee, tip) is refused


def test_nothing_is_rejected_for_its_price_while_there_is_room():
    world = World(SMALL)
    world.fill(7, max_fee=100, tip=50)
    assert not world.pool.would_reject(1, 1)


def test_a_transaction_offered_again_while_its_old_price_entry_is_there_is_evicted_once():
    world = World(SMALL)
    world.fill(9)
    again = world.must_add(1, 5, max_fee=80, tip=4)
    world.must_add(1, 5, max_fee=90, tip=5)
    world.pool.expire(61 * 1_000_000)
    assert world.pool.add(again, 61 * 1_000_000) is None
    world.pool.take_departures()
    world.must_add(50, 0, max_fee=200, tip=50, slots=4)
    assert [departure.tx_id for departure in world.pool.take_departures()] == [again.tx_id]
    assert world.pool.slots_used == SMALL.capacity + 1
    world.must_add(51, 0, max_fee=200, tip=50)
    assert world.pool.slots_used == SMALL.capacity


def test_a_fee_cap_below_the_base_fee_is_the_worst_unless_its_shortfall_wraps_around():
    for rule, evicted in (("signed", 4), ("wrapped", 0)):
        limits = PoolLimits(global_slots=4, global_queue=1, below_base_fee=rule)
        world = World(limits, base_fee=60)
        for sender in range(4):
            world.must_add(sender, 0, max_fee=300, tip=40 + sender)
        world.must_add(4, 0, max_fee=59, tip=50)
        world.must_add(5, 0, max_fee=310, tip=60)
        assert [departure.tx_id for departure in world.pool.take_departures()] == [evicted]
