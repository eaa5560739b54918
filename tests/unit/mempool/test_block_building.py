"""Which transactions the priority builder offers, in which order."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mempool_reference import executed, naive_block
from mempool_world import GAS, World

from floodline.mempool import BUILDERS, PoolLimits, PriorityBuilder
from floodline.mempool.builders.orders import PriorityParameters
from floodline.mempool.filling import BLOCK_BYTES
from floodline.mempool.ordering import FIRST_CHUNK, heads_by_tip

BUILDER = PriorityBuilder(PriorityParameters(min_tip_wei=0))


def whole_gas(tx):
    return tx.gas_limit, tx.gas_limit


def build(world, gas_limit=30_000_000, predict=whole_gas, builder=BUILDER, **options):
    return builder.build(
        world.pool, base_fee=world.pool.base_fee, gas_limit=gas_limit, predict=predict, **options
    )


def test_the_highest_effective_tip_comes_first():
    world = World(base_fee=10)
    low = world.must_add(1, 0, max_fee=100, tip=3)
    capped = world.must_add(2, 0, max_fee=14, tip=14)
    high = world.must_add(3, 0, max_fee=100, tip=8)
    assert build(world).transactions == [high, capped, low]


def test_equal_tips_go_in_the_order_of_arrival():
    world = World(base_fee=10)
    transactions = [world.must_add(sender, 0) for sender in (9, 4, 7)]
    assert build(world).transactions == transactions


def test_an_account_is_taken_in_nonce_order_whatever_its_tips():
    world = World(base_fee=10)
    cheap_first = world.must_add(1, 0, tip=1)
    dear_second = world.must_add(1, 1, tip=80)
    other = world.must_add(2, 0, tip=5)
    assert build(world).transactions == [other, cheap_first, dear_second]


def test_a_fee_cap_below_the_base_fee_keeps_the_account_out():
    world = World(base_fee=50)
    world.must_add(1, 0, max_fee=49, tip=1)
    world.must_add(1, 1, max_fee=100, tip=9)
    other = world.must_add(2, 0, max_fee=50, tip=1)
    assert build(world).transactions == [other]


def test_the_minimum_tip_is_the_stricter_of_the_builders_and_the_callers():
    world = World(base_fee=10)
    world.must_add(1, 0, tip=4)
    enough = world.must_add(2, 0, tip=5)
    assert build(world, min_tip=5).transactions == [enough]
    strict = PriorityBuilder(PriorityParameters(min_tip_wei=5))
    assert build(world, min_tip=1, builder=strict).transactions == [enough]


def test_the_default_minimum_tip_is_that_of_geths_miner():
    world = World(base_fee=10)
    world.must_add(1, 0, max_fee=10**9, tip=999_999)
    enough = world.must_add(2, 0, max_fee=10**9, tip=1_000_000)
    assert build(world, builder=PriorityBuilder()).transactions == [enough]


def test_a_gas_limit_that_does_not_fit_skips_the_whole_account():
    world = World(base_fee=10)
    first = world.must_add(1, 0, tip=9, gas_limit=60_000)
    world.must_add(2, 0, tip=8, gas_limit=50_000)
    world.must_add(2, 1, tip=8, gas_limit=21_000)
    last = world.must_add(3, 0, tip=1, gas_limit=40_000)
    assert build(world, gas_limit=100_000).transactions == [first, last]


def test_the_gas_used_is_taken_from_the_gas_left_not_the_gas_limit():
    world = World(base_fee=10)
    transactions = [world.must_add(sender, 0, gas_limit=80_000) for sender in range(3)]
    plan = build(world, gas_limit=100_000, predict=lambda _: (21_000, 21_000))
    assert plan.transactions == transactions[:1]
    assert plan.predicted_gas == 21_000
    plan = build(world, gas_limit=101_000, predict=lambda _: (21_000, 21_000))
    assert plan.transactions == transactions[:2]
    assert plan.predicted_gas == 42_000


def test_the_block_is_done_with_less_than_21000_gas_left():
    world = World(base_fee=10)
    transactions = [world.must_add(sender, 0) for sender in range(5)]
    assert build(world, gas_limit=3 * GAS + 20_999).transactions == transactions[:3]


def test_a_little_more_is_offered_where_use_may_be_lower_than_expected():
    world = World(base_fee=10)
    transactions = [world.must_add(sender, 0, gas_limit=60_000) for sender in range(4)]
    plan = build(world, gas_limit=100_000, predict=lambda _: (50_000, 30_000))
    assert plan.transactions == transactions[:2]
    assert plan.predicted_gas == 50_000


def test_a_block_stops_before_its_size_limit():
    world = World(base_fee=10)
    fit = (BLOCK_BYTES - 1) // 131_072
    for sender in range(fit + 1):
        world.must_add(sender, 0, size_bytes=131_072)
    assert len(build(world).transactions) == fit


def test_building_leaves_the_pool_as_it_was():
    world = World(base_fee=10)
    world.must_add(1, 0)
    world.must_add(1, 1)
    assert build(world) == build(world)
    assert world.pool.pending_count == 2


def test_an_empty_pool_gives_an_empty_block():
    plan = build(World())
    assert (plan.transactions, plan.predicted_gas) == ([], 0)


@pytest.mark.parametrize("distinct_tips", [1, 3, 10**6])
def test_chunks_of_a_large_pool_come_in_one_sorted_order(distinct_tips):
    world = World(PoolLimits(global_slots=30_000))
    rng = random.Random(7)
    heads = [world.tx(i, 0, 10**9, 1 + rng.randrange(distinct_tips)) for i in range(20_000)]
    rng.shuffle(heads)
    ranked = [tx for _, _, tx in heads_by_tip(heads, base_fee=10, min_tip=0)]
    assert len(heads) > FIRST_CHUNK * 9
    assert ranked == sorted(heads, key=lambda tx: (-tx.tip, tx.order))


def test_fees_beyond_64_bits_are_ranked_without_overflow():
    world = World(base_fee=10)
    vast = world.must_add(1, 0, max_fee=2**70, tip=2**69, gas_limit=GAS)
    usual = world.must_add(2, 0)
    assert build(world).transactions == [vast, usual]


def test_the_priority_builder_is_registered_with_its_parameters():
    entry = BUILDERS["priority"]
    builder = BUILDERS.create("priority", entry.parameters(min_tip_wei=3))
    assert isinstance(builder, PriorityBuilder)
    assert builder.parameters.min_tip_wei == 3


def crowded_world(seed):
    """Accounts with several transactions each, of very different gas limits and tips."""
    rng = random.Random(seed)
    world = World(PoolLimits(account_slots=50), base_fee=20)
    for sender in range(rng.randint(1, 12)):
        for nonce in range(rng.randint(1, 5)):
            gas_limit = rng.choice([21_000, 40_000, 100_000, 300_000])
            cap = rng.randint(15, 60)
            world.must_add(sender, nonce, cap, rng.randint(1, min(cap, 8)), gas_limit=gas_limit)
    expected = {t: rng.randint(21_000, tx.gas_limit) for t, tx in world.offered.items()}
    least = {t: rng.randint(21_000, use) for t, use in expected.items()}
    return world, expected, least, rng.randint(20_000, 900_000)


@given(st.integers(0, 2**32 - 1), st.integers(0, 4))
@settings(max_examples=300, deadline=None)
def test_what_the_node_makes_of_the_plan_is_what_geth_would_have_built(seed, min_tip):
    world, expected, least, gas_limit = crowded_world(seed)
    pending = {sender: list(world.pool.pending_of(sender)) for sender in range(12)}
    plan = build(
        world,
        gas_limit=gas_limit,
        predict=lambda tx: (expected[tx.tx_id], least[tx.tx_id]),
        min_tip=min_tip,
    )
    for use in (expected, least):

        def used(tx, use=use):
            return use[tx.tx_id]

        by_geth = naive_block(pending, world.pool.base_fee, gas_limit, min_tip, used)
        assert executed(plan.transactions, gas_limit, used, world.nonces) == by_geth
    by_geth = naive_block(
        pending, world.pool.base_fee, gas_limit, min_tip, lambda tx: expected[tx.tx_id]
    )
    assert plan.predicted_gas == sum(expected[tx.tx_id] for tx in by_geth)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_with_certain_gas_use_nothing_more_is_offered_than_fits(seed):
    world, expected, _, gas_limit = crowded_world(seed)
    pending = {sender: list(world.pool.pending_of(sender)) for sender in range(12)}
    plan = build(
        world, gas_limit=gas_limit, predict=lambda tx: (expected[tx.tx_id], expected[tx.tx_id])
    )
    by_geth = naive_block(pending, world.pool.base_fee, gas_limit, 0, lambda tx: expected[tx.tx_id])
    assert plan.transactions == by_geth
