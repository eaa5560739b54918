"""Attacks strike when their trigger says, and send what they are made to send."""

from itertools import pairwise

import numpy as np
import pytest
from fake_desk import FakeDesk, candidate, included, made
from pydantic import ValidationError

from floodline.actors.attacks.stuffing import burner_sizes
from floodline.actors.desk import PendingSeen
from floodline.actors.fees import Fees
from floodline.foundation.units import GWEI, SECOND_US
from floodline.protocols.interface import Call


def started(kind, desk, until_s, **parameters):
    actor = made(kind, desk, **parameters)
    actor.start()
    desk.seconds(until_s)
    return actor


def strikes(desk, until_s, when, act=None):
    """Seconds at which a churn attack with this trigger sends."""
    actor = made("churn", desk, senders=1, every_s=1, first_gwei=1e-6, below=1e6, when=when)
    actor.start()
    if act is not None:
        act(actor)
    desk.seconds(until_s)
    return [int(batch.created_us[0]) // SECOND_US for batch in desk.batches]


# ---- triggers --------------------------------------------------------------------------------


def test_a_window_in_time_opens_once_or_in_each_period():
    once = strikes(FakeDesk(end_s=60), 60, {"times": {"from_s": 10, "for_s": 3}})
    assert once == [10, 11, 12]
    again = strikes(FakeDesk(end_s=60), 60, {"times": {"from_s": 10, "for_s": 2, "every_s": 20}})
    assert again == [10, 11, 30, 31, 50, 51]


def test_a_period_shorter_than_its_window_is_refused():
    with pytest.raises(ValidationError, match="shorter"):
        made("churn", FakeDesk(), when={"times": {"every_s": 5, "for_s": 5}})


def test_an_oracle_update_is_struck_while_it_is_seen_pending_and_for_a_while_after():
    desk = FakeDesk(end_s=60)
    update = Call(b"f" * 20, b"", 200_000, "push_price", market="ETH")
    fees = Fees(GWEI, GWEI)
    desk.gossip.append(PendingSeen(0, 7, 0, update, fees, int(5.5 * SECOND_US)))

    def act(_actor):
        desk.at(8 * SECOND_US + 1, lambda _now: desk.gossip.clear())

    assert strikes(desk, 60, {"pending_call": {"for_s": 3}}, act) == [6, 7, 8, 9, 10]


def test_liquidations_that_are_due_are_struck():
    desk = FakeDesk(end_s=60)

    def act(actor):
        desk.seconds(5.5)
        desk.seal(actor, [candidate(1, notional=20_000)])
        desk.seconds(7.5)
        desk.seal(actor, [])

    assert strikes(desk, 60, {"liquidatable": {"least_usd": 10_000, "for_s": 4}}, act) == [
        *(6, 7, 8, 9, 10),
    ]


def test_a_fall_of_the_true_price_is_struck_once():
    desk = FakeDesk(end_s=60)

    def act(_actor):
        for second, price in ((10, 2900.0), (20, 2800.0), (30, 2750.0)):
            desk.at(second * SECOND_US - 1, lambda _now, p=price: desk.price.update(ETH=p))

    assert strikes(desk, 60, {"price_fall": {"share": 0.05, "for_s": 2}}, act) == [20, 21]


# ---- stuffing --------------------------------------------------------------------------------


@pytest.mark.parametrize("total", [30_000_000, 15_000_000, 29_979_000, 60_000_000, 26_000])
def test_burners_add_up_to_the_total_and_none_is_too_large(total):
    sizes = burner_sizes(total)
    assert sum(sizes) == total
    assert max(sizes) <= 2**24
    assert min(sizes) >= 25_000
    assert sizes == sorted(sizes, reverse=True)


def test_whatever_gap_others_leave_is_filled_to_within_the_smallest_burner():
    sizes = burner_sizes(30_000_000)
    for gap in np.random.default_rng(1).integers(25_000, 25_000_000, 200).tolist():
        left = gap
        for size in sizes:
            if size <= left:
                left -= size
        assert left < 25_000


def test_every_burner_is_kept_on_offer_and_put_back_when_a_block_took_it():
    desk = FakeDesk(accounts=16, end_s=100)
    actor = started("stuffing", desk, 3)
    total = sum(sent.call.gas_limit for sent in desk.sent)
    assert total == 30_000_000
    first = len(desk.sent)
    actor.on_outcome(desk.sent[0], included())
    desk.seconds(4)
    assert len(desk.sent) == first + 1
    assert desk.sent[-1].call.gas_limit == desk.sent[0].call.gas_limit


def test_burners_follow_the_base_fee_up_to_the_ceiling_and_not_beyond():
    desk = FakeDesk(accounts=16, end_s=100)
    started("stuffing", desk, 1.5, tip_gwei=2, max_fee_gwei=50)
    first = len(desk.sent)
    desk.next_base_fee = 10 * GWEI
    desk.seconds(2.5)
    raised = desk.sent[first:]
    assert len(raised) == first
    assert all(12 * GWEI <= sent.fees.max_fee <= 50 * GWEI for sent in raised)
    desk.next_base_fee = 60 * GWEI
    desk.seconds(5.5)
    assert len(desk.sent) == 2 * first


def test_at_the_holding_fee_the_target_is_offered_and_no_more():
    desk = FakeDesk(accounts=16, end_s=100)
    desk.next_base_fee = 40 * GWEI
    started("stuffing", desk, 1.5, hold_gwei=40)
    assert sum(sent.call.gas_limit for sent in desk.sent) == 15_000_000


def test_a_spent_budget_ends_the_attack():
    desk = FakeDesk(accounts=16, end_s=100)
    actor = started("stuffing", desk, 1.5, budget_eth=0.0005)
    first = list(desk.sent)
    for sent in first:
        actor.on_outcome(sent, included())
    desk.seal(actor)
    desk.seconds(5)
    assert len(desk.sent) == len(first)


# ---- the pool --------------------------------------------------------------------------------


def test_churn_raises_by_the_least_legal_price_at_one_nonce_until_it_nears_the_base_fee():
    desk = FakeDesk(accounts=3, end_s=300)
    desk.mined = {0: 4}
    actor = started("churn", desk, 300, senders=3, every_s=2, first_gwei=0.01, below=0.9)
    caps = [int(batch.max_fee[0]) for batch in desk.batches]
    assert len(caps) == 48
    for old, new in pairwise(caps):
        assert new > old
        assert new >= old * 110 // 100
    assert caps[-1] <= 0.9 * GWEI < caps[-1] * 1.11
    assert {tuple(batch.nonce.tolist()) for batch in desk.batches} == {(4, 0, 0)}
    assert actor.tally["rounds_stopped_by_price"] > 10


def test_an_avalanche_waits_behind_gaps_and_then_fills_them():
    desk = FakeDesk(accounts=5, end_s=100)
    desk.mined = {1: 7}
    started("nonce_gap", desk, 60, senders=5, depth=3, hold_s=20)
    gapped, filling = desk.batches
    assert gapped.nonce.tolist() == [1, 2, 3, 8, 9, 10, *(1, 2, 3) * 3]
    assert filling.nonce.tolist() == [0, 7, 0, 0, 0]
    assert filling.created_us[0] >= 20 * SECOND_US > gapped.created_us[-1]


def test_an_eviction_flood_asks_for_every_slot_at_caps_below_the_base_fee():
    desk = FakeDesk(accounts=400, end_s=100)
    desk.next_base_fee = 60 * GWEI
    actor = started("eviction", desk, 5, slots=6_400)
    assert actor.sender_count == 400
    (wave,) = desk.batches
    assert len(wave.nonce) == 6_400
    assert set(wave.max_fee.tolist()) == {54 * GWEI}
    assert np.bincount(wave.sender).max() == 16
