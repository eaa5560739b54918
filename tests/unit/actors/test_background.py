"""Everybody else comes while gas is worth it to them, and is not even created when it is not."""

import numpy as np
import pytest
from fake_desk import FakeDesk, made

from floodline.actors.background import BackgroundParameters
from floodline.actors.demand import ElasticDemand
from floodline.foundation.units import GWEI, SECOND_US


def background(desk, until_s, **parameters):
    actor = made("background", desk, **{"senders": 5, **parameters})
    actor.start()
    desk.seconds(until_s)
    return actor


def test_demand_falls_with_its_elasticity():
    demand = ElasticDemand(elasticity=10, price_sd=0.3, burst=10)
    assert demand.volume(1.0, 1.0, 0.0) == 1.0
    assert demand.volume(1.01, 1.0, 0.0) == pytest.approx(1.01**-10)
    assert demand.volume(2.0, 2.0, 0.5) == pytest.approx(np.exp(10 * 0.3 * 0.5))
    assert demand.volume(0.5, 1.0, 0.0) == 10


def test_those_who_come_would_pay_the_base_fee_and_their_caps_are_pareto():
    demand = ElasticDemand(10, 0.3, 2)
    caps = demand.willingness(7.0, 1 - np.random.default_rng(1).random(40_000))
    assert caps.min() >= 7.0
    for multiple in (1.05, 1.2, 1.5):
        expected = multiple**-10
        assert (caps > 7 * multiple).mean() == pytest.approx(
            expected, abs=5 * (expected / 4e4) ** 0.5
        )


def test_a_quiet_chain_is_offered_its_target_in_the_mean():
    desk = FakeDesk(accounts=5, end_s=12 * 400)
    actor = background(desk, 12 * 400, price_sd=0)
    offered = actor.tally["gas_offered"] / 400
    assert offered == pytest.approx(15_000_000, rel=0.03)
    for batch in desk.batches:
        assert (batch.max_fee >= GWEI).all()
        assert (batch.tip <= batch.max_fee).all()
        assert (np.diff(batch.created_us) >= 0).all()
        within = batch.created_us % (12 * SECOND_US)
        assert (within >= SECOND_US).all()
        assert (within <= 9.5 * SECOND_US).all()


def test_while_the_base_fee_is_high_nothing_is_created():
    desk = FakeDesk(accounts=5, end_s=120)
    actor = made("background", desk, senders=5)
    actor.start()
    desk.next_base_fee = 100 * GWEI
    desk.seconds(120)
    assert desk.batches == []
    assert actor.tally == {}


def test_the_price_level_is_the_first_base_fee_unless_it_is_given():
    def first_slot(**parameters):
        desk = FakeDesk(accounts=5, end_s=24)
        desk.next_base_fee = 8 * GWEI
        background(desk, 12, price_sd=0, **parameters)
        return sum(int(batch.gas_limit.sum()) for batch in desk.batches)

    assert first_slot() == pytest.approx(15_000_000, rel=0.1)
    assert first_slot(price_gwei=4) == 0
    assert first_slot(price_gwei=80, burst=1.5) == pytest.approx(22_500_000, rel=0.1)


def test_what_the_base_fee_does_changes_no_later_draw():
    def third_slot(disturbed):
        desk = FakeDesk(accounts=5, end_s=36)
        made_actor = made("background", desk, senders=5)
        made_actor.start()
        desk.seconds(12.5)
        desk.next_base_fee = (50 if disturbed else 1) * GWEI
        desk.seconds(24.5)
        desk.next_base_fee = GWEI
        before = len(desk.batches)
        desk.seconds(36)
        (batch,) = desk.batches[before:]
        return batch

    calm, disturbed = third_slot(False), third_slot(True)
    np.testing.assert_array_equal(calm.created_us, disturbed.created_us)
    np.testing.assert_array_equal(calm.gas_limit, disturbed.gas_limit)
    np.testing.assert_array_equal(calm.max_fee, disturbed.max_fee)


def test_the_defaults_are_the_calibrated_ones():
    given = BackgroundParameters()
    assert (given.elasticity, given.price_sd, given.burst) == (10.0, 0.3, 2.0)


def test_long_campaigns_spread_their_demand_over_more_accounts():
    desk = FakeDesk()
    desk.end_us = 100 * 12 * SECOND_US
    desk.target_gas_per_s = 15_000_000 / 12
    assert made("background", desk).sender_count == 1_000
    desk.end_us *= 20
    assert made("background", desk).sender_count == 20_000
    assert made("background", desk, senders=7).sender_count == 7
    desk.end_us *= 20
    assert made("background", desk).sender_count == 50_000
