"""First seen, by lot, by batch: builders for which the tip is not everything."""

from collections import Counter

import pytest
from builder_traits import block, made
from mempool_world import World

from floodline.foundation.units import SECOND_US


def test_fifo_takes_the_first_seen_whatever_it_pays():
    world = World(base_fee=10)
    cheap = world.must_add(1, 0, tip=1)
    dear = world.must_add(2, 0, tip=80)
    assert block(made("fifo"), world) == [cheap, dear]
    assert block(made("priority"), world) == [dear, cheap]


def test_fifo_waits_for_no_one_who_cannot_pay_the_base_fee():
    world = World(base_fee=50)
    world.must_add(1, 0, max_fee=49, tip=1)
    able = world.must_add(2, 0, max_fee=51, tip=1)
    assert block(made("fifo"), world) == [able]


def test_fifo_holds_an_early_transaction_back_until_its_nonce_comes():
    world = World(base_fee=10)
    late_head = world.tx(1, 0)
    early_tail = world.tx(1, 1)
    other = world.tx(2, 0)
    for order, tx in enumerate((early_tail, other, late_head)):
        tx.order = order
        world.pool.add(tx, 0)
    assert block(made("fifo"), world) == [other, late_head, early_tail]


def test_fifo_refuses_less_than_the_least_tip():
    world = World(base_fee=10)
    world.must_add(1, 0, tip=4)
    enough = world.must_add(2, 0, tip=5)
    assert block(made("fifo", min_tip_wei=5), world) == [enough]


def test_a_lottery_is_fair_to_every_sender():
    world = World(base_fee=10)
    for sender in range(8):
        world.must_add(sender, 0, tip=1 + 10 * sender)
    builder = made("random")
    firsts = Counter(block(builder, world)[0].sender for _ in range(4_000))
    # 500 each in the mean, standard deviation sqrt(4000 / 8 * 7 / 8) = 20.9: within five of them
    assert all(abs(firsts[sender] - 500) < 105 for sender in range(8))


def test_a_lottery_keeps_each_accounts_nonces_in_order():
    world = World(base_fee=10)
    for sender in range(5):
        for nonce in range(4):
            world.must_add(sender, nonce)
    taken = block(made("random"), world)
    assert len(taken) == 20
    for sender in range(5):
        assert [tx.nonce for tx in taken if tx.sender == sender] == [0, 1, 2, 3]


def test_a_lottery_draws_the_same_from_the_same_stream_and_anew_in_each_block():
    world = World(base_fee=10)
    for sender in range(30):
        world.must_add(sender, 0)
    one, other = made("random", seed=4), made("random", seed=4)
    first = block(one, world)
    assert block(other, world) == first
    assert block(one, world) != first


@pytest.mark.parametrize("within", ["random", "tip"])
def test_an_older_batch_comes_before_a_newer_one_whatever_it_pays(within):
    world = World(base_fee=10)
    times_s = {1: 12.1, 2: 12.4, 3: 12.6, 4: 12.9, 5: 13.1}
    for sender, time_s in times_s.items():
        world.must_add(sender, 0, tip=10 * sender, arrived_us=round(time_s * SECOND_US))
    taken = [tx.sender for tx in block(made("batch_fair", within=within), world)]
    assert [set(taken[:2]), set(taken[2:4]), taken[4]] == [{1, 2}, {3, 4}, 5]
    if within == "tip":
        assert taken == [2, 1, 4, 3, 5]


def test_inside_a_batch_neither_speed_nor_tip_helps():
    world = World(base_fee=10)
    world.must_add(1, 0, tip=90, arrived_us=1)
    world.must_add(2, 0, tip=1, arrived_us=400_000)
    builder = made("batch_fair")
    firsts = Counter(block(builder, world)[0].sender for _ in range(1_000))
    assert 420 < firsts[2] < 580
