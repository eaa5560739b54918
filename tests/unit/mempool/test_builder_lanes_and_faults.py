"""A lane that is kept, senders that are left out, blocks that stay empty."""

import pytest
from builder_traits import block, made
from mempool_world import GAS, World
from pydantic import ValidationError

from floodline.mempool import BUILDERS, PoolLimits

TRADER, KEEPER, ORACLE, FLOOD = 0, 1, 2, 3
LIQUIDATE = 1


def flooded(count=10, tip=50):
    """A world in which a flood's transactions alone fill a block of ten."""
    world = World(base_fee=10)
    for number in range(count):
        world.must_add(FLOOD + 4 * (number + 1), 0, tip=tip, call_kind=3)
    return world


def test_without_a_lane_a_flood_keeps_the_poor_keeper_out():
    world = flooded()
    keeper = world.must_add(KEEPER, 0, tip=1)
    assert keeper not in block(made("priority"), world, gas_limit=10 * GAS)


def test_a_lane_holds_gas_for_keepers_and_oracles_by_default():
    world = flooded()
    keeper, oracle = world.must_add(KEEPER, 0, tip=1), world.must_add(ORACLE, 0, tip=2)
    taken = block(made("protected_lane", share=0.2), world, gas_limit=10 * GAS)
    assert taken[:2] == [oracle, keeper]
    assert len(taken) == 10


def test_a_lane_holds_no_more_than_its_share():
    world = flooded()
    keepers = [world.must_add(KEEPER + 4 * n, 0, tip=1) for n in range(5)]
    taken = block(made("protected_lane", share=0.3), world, gas_limit=10 * GAS)
    assert [tx in taken for tx in keepers] == [True, True, True, False, False]


def test_who_is_named_may_also_bid_for_the_rest_of_the_block():
    world = flooded()
    keepers = [world.must_add(KEEPER + 4 * n, 0, tip=90) for n in range(5)]
    taken = block(made("protected_lane", share=0.3), world, gas_limit=10 * GAS)
    assert set(keepers) <= set(taken)


def test_what_the_lane_leaves_goes_to_all():
    world = flooded()
    assert len(block(made("protected_lane", share=0.9), world, gas_limit=10 * GAS)) == 10


def test_a_lane_can_be_kept_for_kinds_or_addresses():
    world = flooded()
    called = world.must_add(TRADER, 0, tip=1, call_kind=LIQUIDATE)
    for names in ({"kinds": ["liquidate"]}, {"addresses": ["0x" + "c9" * 20]}):
        taken = block(made("protected_lane", share=0.1, **names), world, gas_limit=10 * GAS)
        assert taken[0] is called
    keeper = world.must_add(KEEPER, 0, tip=1)
    taken = block(made("protected_lane", share=0.2, kinds=["liquidate"]), world, 10 * GAS)
    assert keeper not in taken


def test_the_lane_ends_before_an_accounts_first_unnamed_transaction():
    world = World(base_fee=10)
    first = world.must_add(TRADER, 0, tip=9, call_kind=LIQUIDATE)
    second = world.must_add(TRADER, 1, tip=9)
    third = world.must_add(TRADER, 2, tip=9, call_kind=LIQUIDATE)
    other = world.must_add(TRADER + 4, 0, tip=20)
    taken = block(made("protected_lane", share=1.0, kinds=["liquidate"]), world)
    assert taken == [first, other, second, third]


def test_the_lane_is_filled_by_expected_and_by_least_use_as_the_block_is():
    world = World(base_fee=10)
    for number in range(4):
        world.must_add(KEEPER + 4 * number, 0, gas_limit=60_000)
    builder = made("protected_lane", share=1.0)
    plan = builder.build(
        world.pool, base_fee=10, gas_limit=100_000, predict=lambda _: (50_000, 30_000)
    )
    assert (len(plan.transactions), plan.predicted_gas) == (2, 50_000)


def test_a_censor_leaves_out_actors_roles_kinds_and_addresses():
    world = World(base_fee=10)
    keeper = world.must_add(KEEPER, 0)
    trader = world.must_add(TRADER, 0)
    for names in (
        {"actors": ["keeper-1"]},
        {"roles": ["keeper"]},
        {"addresses": ["0x" + "01" * 20]},
    ):
        assert block(made("censoring", **names), world) == [trader]
    assert block(made("censoring", actors=["keeper-5"]), world) == [keeper, trader]
    assert block(made("censoring", kinds=["open"]), world) == []


def test_what_follows_a_censored_nonce_waits_with_it():
    world = World(base_fee=10)
    world.must_add(TRADER, 0, call_kind=LIQUIDATE)
    world.must_add(TRADER, 1)
    assert block(made("censoring", kinds=["liquidate"]), world) == []


def test_a_share_of_censoring_blocks_delays_by_its_odds():
    world = World(base_fee=10)
    world.must_add(KEEPER, 0)
    builder = made("censoring", roles=["keeper"], share=0.75)
    taken = sum(bool(block(builder, world)) for _ in range(4_000))
    # one in four: standard deviation sqrt(4000 * 0.25 * 0.75) = 27.4, within five of them
    assert abs(taken - 1_000) < 137


def test_a_share_of_blocks_is_empty():
    world = flooded()
    builder = made("empty", share=0.2)
    empty = sum(not block(builder, world) for _ in range(4_000))
    # standard deviation sqrt(4000 * 0.2 * 0.8) = 25.3, within five of them
    assert abs(empty - 800) < 127
    assert len(block(made("empty", share=0.0), world)) == 10


@pytest.mark.parametrize("name", ["censoring"])
def test_a_censor_must_be_told_whom(name):
    with pytest.raises(ValidationError, match="name at least one of roles"):
        BUILDERS[name].parameters()


def test_an_address_must_be_one():
    with pytest.raises(ValidationError, match="addresses"):
        BUILDERS["censoring"].parameters(addresses=["keeper"])


def test_lanes_take_any_order():
    world = World(base_fee=10)
    late = world.must_add(KEEPER, 0, tip=1)
    rich = world.must_add(KEEPER + 4, 0, tip=90)
    fifo = made("protected_lane", order={"fifo": 0})
    assert block(fifo, world) == [late, rich]
    assert block(made("protected_lane"), world) == [rich, late]


def with_private_lane(**parameters):
    """A flooded public pool, a private pool that shares its accounts, and a builder of both."""
    public = flooded()
    private = World(PoolLimits(), base_fee=10)
    private.nonces = public.nonces
    return public, private, made("private_lane", private_pool=private.pool, **parameters)


def test_a_private_transaction_goes_before_all_public_ones():
    public, private, builder = with_private_lane()
    keeper = private.must_add(KEEPER, 0, tip=1)
    taken = block(builder, public, gas_limit=10 * GAS)
    assert taken[0] is keeper
    assert len(taken) == 10


def test_private_transactions_use_no_more_than_their_share_of_the_gas():
    public, private, builder = with_private_lane(gas_share=0.2)
    keepers = [private.must_add(KEEPER + 4 * n, 0, tip=1) for n in range(5)]
    taken = block(builder, public, gas_limit=10 * GAS)
    assert [tx for tx in taken if tx in keepers] == keepers[:2]


def test_private_transactions_wait_for_a_builder_that_takes_them():
    public, private, builder = with_private_lane(share=0.75)
    keeper = private.must_add(KEEPER, 0, tip=1)
    taken = sum(keeper in block(builder, public, gas_limit=10 * GAS) for _ in range(2_000))
    # standard deviation sqrt(2000 * 0.75 * 0.25) = 19.4, within five of them
    assert abs(taken - 1_500) < 97


def test_one_nonce_is_taken_once_though_it_waits_in_both_lanes():
    public, private, builder = with_private_lane()
    mine = private.must_add(KEEPER, 0, tip=1)
    public.must_add(KEEPER, 0, tip=90)
    following = public.must_add(KEEPER, 1, tip=90)
    taken = [tx for tx in block(builder, public) if tx.sender == KEEPER]
    assert taken == [mine, following]


def test_a_private_lane_without_a_private_pool_is_refused():
    with pytest.raises(ValueError, match="needs a private pool"):
        made("private_lane")
