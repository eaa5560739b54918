"""Load is offered on a schedule that waits for nobody."""

import numpy as np
import pytest
from fake_desk import FakeDesk, made
from pydantic import ValidationError

from floodline.actors.load import LOADS
from floodline.foundation.units import GWEI, SECOND_US

RNG = np.random.default_rng(0)
FIXED = {"transfer", "failing", "hot_storage", "calldata"}
"""Kinds whose every transaction takes the same gas."""


def flooded(desk, until_s, **parameters):
    actor = made(
        "flood", desk, **{"arrival": {"poisson": {"tx_per_s": 50}}, "senders": 7, **parameters}
    )
    actor.start()
    desk.seconds(until_s)
    return actor


def test_a_flood_lies_within_its_window_and_its_senders_take_turns():
    desk = FakeDesk(accounts=7)
    actor = flooded(desk, 60, from_s=10, to_s=20.5)
    times = np.concatenate([batch.created_us for batch in desk.batches])
    assert times.min() > 10 * SECOND_US
    assert times.max() <= 20.5 * SECOND_US
    senders = np.concatenate([batch.sender for batch in desk.batches])
    assert senders.tolist() == [number % 7 for number in range(len(senders))]
    assert actor.tally["offered"] == len(times) > 400


def test_a_fee_cap_follows_the_base_fee_or_stays_where_it_is_fixed():
    desk = FakeDesk(accounts=7)
    desk.next_base_fee = 5 * GWEI
    flooded(desk, 2, tip_gwei={"constant": 2}, cap_multiple=3)
    assert set(desk.batches[0].max_fee.tolist()) == {17 * GWEI}
    fixed = FakeDesk(accounts=7)
    flooded(fixed, 2, tip_gwei={"constant": 2}, max_fee_gwei=1)
    assert set(fixed.batches[0].max_fee.tolist()) == {GWEI}
    assert set(fixed.batches[0].tip.tolist()) == {GWEI}


def test_two_floods_differ_in_tips_only_where_only_the_tips_differ():
    one, other = FakeDesk(accounts=7), FakeDesk(accounts=7)
    flooded(one, 20, tip_gwei={"constant": 2})
    flooded(other, 20, tip_gwei={"lognormal": {"median": 5, "sigma": 1}})
    for mine, theirs in zip(one.batches, other.batches, strict=True):
        np.testing.assert_array_equal(mine.created_us, theirs.created_us)
        np.testing.assert_array_equal(mine.gas_limit, theirs.gas_limit)


def test_a_window_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValidationError, match="must lie after from_s"):
        flooded(FakeDesk(accounts=7), 1, from_s=10, to_s=10)


@pytest.mark.parametrize("kind", sorted(LOADS))
def test_a_loads_gas_limits_are_near_what_is_wanted_and_fit_into_a_transaction(kind):
    entry = LOADS[kind]
    load = entry.build(entry.parameters())
    wanted = np.array([1.0, 30_000, 150_000, 2_000_000, 10**9])
    limits = load.gas_limits(wanted)
    assert (limits >= 21_000).all()
    assert (limits <= 2**24).all()
    if kind not in FIXED:
        assert limits[2] == pytest.approx(150_000, rel=0.35)
    desk = FakeDesk()
    payload = load.payload(desk.load_contract, limits, 0, RNG)
    for place, limit in enumerate(limits.tolist()):
        assert payload.call(place).gas_limit == limit
        assert payload.call(place).value == load.value


def test_storage_writes_of_one_campaign_never_share_a_slot():
    entry = LOADS["storage"]
    load = entry.build(entry.parameters())
    limits = load.gas_limits(np.full(50, 100_000.0))
    desk = FakeDesk()
    first = load.payload(desk.load_contract, limits, 0, RNG)
    second = load.payload(desk.load_contract, limits, 50, RNG)
    starts = {payload.call(n).data[4:36] for payload in (first, second) for n in range(50)}
    assert len(starts) == 100
    assert all(0 not in start for start in starts)


def test_skewed_senders_send_by_zipfs_law():
    desk = FakeDesk(accounts=50)
    flooded(desk, 100, arrival={"poisson": {"tx_per_s": 200}}, senders=50, sender_skew=1.0)
    senders = np.concatenate([batch.sender for batch in desk.batches])
    harmonic = sum(1 / n for n in range(1, 51))
    for rank in (0, 1, 9):
        expected = 1 / (rank + 1) / harmonic
        share = (senders == rank).mean()
        assert share == pytest.approx(expected, abs=5 * (expected / len(senders)) ** 0.5)


def test_a_load_of_one_offers_the_gas_target():
    desk = FakeDesk(accounts=7)
    actor = flooded(desk, 600, arrival={"poisson": {"load": 1.0}})
    assert actor.tally["gas_offered"] / 600 == pytest.approx(desk.target_gas_per_s, rel=0.05)


def test_a_shape_begins_when_the_flood_does():
    desk = FakeDesk(accounts=7)
    arrival = {"step": {"tx_per_s": 50, "steps": [{"at_s": 5, "factor": 0}]}}
    flooded(desk, 60, arrival=arrival, from_s=20)
    times = np.concatenate([batch.created_us for batch in desk.batches])
    assert times.min() > 20 * SECOND_US
    assert 24 * SECOND_US < times.max() <= 25 * SECOND_US
