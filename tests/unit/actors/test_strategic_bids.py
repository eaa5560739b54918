"""Bids that look: at rivals, at what is at stake, at the state of the network."""

import pytest
from fake_desk import FakeDesk, made

from floodline.actors.base import Bidder
from floodline.actors.desk import PendingSeen
from floodline.actors.fees import FEES, FeeHistory, Fees, FeeView, Pace, Stake, is_legal_replacement
from floodline.foundation.units import ETHER, GWEI, SECOND_US
from floodline.protocols.interface import Call

LIQUIDATE = Call(b"e" * 20, b"", 500_000, "liquidate", 0, b"a" * 20, "ETH")


def strategy(name, **parameters):
    entry = FEES[name]
    return entry.build(entry.parameters(**parameters))


def view(base_gwei=10.0, base_fees=(), tips=(), pool_gas=0):
    history = FeeHistory()
    for base_fee in base_fees:
        history.add([(tip, 1) for tip in tips], round(base_fee * GWEI))
    return FeeView(round(base_gwei * GWEI), history, pool_gas)


def stake(worth_ether=None, *rival_tips_gwei):
    worth = None if worth_ether is None else round(worth_ether * ETHER)
    rivals = tuple(Fees(100 * GWEI, round(tip * GWEI)) for tip in rival_tips_gwei)
    return Stake(worth, 500_000, rivals)


# ---- what it is worth ------------------------------------------------------------------------


def test_a_value_aware_cap_is_a_share_of_the_reward_and_the_tip_what_the_base_fee_leaves():
    assert strategy("value_aware", share=0.5).quote(view(8), stake(0.02)) == Fees(
        20 * GWEI, 12 * GWEI
    )


def test_a_call_that_is_worth_less_than_the_base_fee_waits_at_its_cap():
    bid = strategy("value_aware", share=0.5, min_tip_gwei=0.1).quote(view(30), stake(0.02))
    assert bid == Fees(20 * GWEI, GWEI // 10)


def test_two_calls_of_one_sender_are_bid_for_by_their_own_worth():
    desk = FakeDesk(accounts=1)
    desk.next_base_fee = 5 * GWEI
    bidder = Bidder(desk, strategy("value_aware", share=1.0))
    bidder.send(0, LIQUIDATE, ETHER // 100, 500_000)
    bidder.send(0, LIQUIDATE, ETHER // 10, 500_000)
    assert [sent.fees.max_fee for sent in desk.sent] == [20 * GWEI, 200 * GWEI]


# ---- rivals ----------------------------------------------------------------------------------


def test_a_rivals_visible_bid_is_outbid_by_a_legal_replacement():
    bidder = strategy("priority_auction", tip_gwei=1, multiple=2, raise_by=1.125)
    first = bidder.quote(view(10), stake())
    assert first == Fees(21 * GWEI, GWEI)
    raised = bidder.counter(first, view(10), stake(None, 2.0, 1.5))
    assert raised.tip == 2_250_000_000
    assert is_legal_replacement(first, raised)
    assert bidder.counter(raised, view(10), stake(None, 2.0)) is None


def test_a_first_bid_is_above_what_is_seen_already():
    bidder = strategy("priority_auction", tip_gwei=1)
    assert bidder.quote(view(10), stake(None, 4.0)).tip == 4.5 * GWEI


def test_an_auction_ends_at_what_the_call_is_worth():
    """0.01 ether for 500,000 gas at a share of 0.9 is 18 gwei a gas: a tip of 8 at a fee of 10."""
    bidder = strategy("priority_auction", tip_gwei=1, share=0.9)
    fees, rival, rounds = bidder.quote(view(10), stake(0.01)), 1.0, 0
    while (raised := bidder.counter(fees, view(10), stake(0.01, rival))) is not None:
        assert is_legal_replacement(fees, raised)
        assert raised.max_fee <= 18 * GWEI
        fees, rival, rounds = raised, raised.tip / GWEI, rounds + 1
    assert rounds >= 3
    assert fees.tip <= 8 * GWEI
    assert bidder.quote(view(10), stake(0.01, 50.0)) == Fees(18 * GWEI, 8 * GWEI)


def test_a_bidder_looks_between_blocks_and_answers_only_rivals_for_the_same_thing():
    desk = FakeDesk(accounts=1)
    bidder = Bidder(desk, strategy("priority_auction", tip_gwei=1, watch_s=0.5))
    bidder.send(0, LIQUIDATE)

    def rival(tx_id, call, sender, seen_s):
        fees = Fees(50 * GWEI, 3 * GWEI)
        desk.gossip.append(PendingSeen(tx_id, sender, 0, call, fees, int(seen_s * SECOND_US)))

    rival(90, Call(b"e" * 20, b"", 1, "liquidate", 0, b"b" * 20, "ETH"), 7, 0.0)
    rival(91, LIQUIDATE, 0, 0.0)
    desk.seconds(2)
    assert len(desk.sent) == 1
    rival(92, LIQUIDATE, 7, 2.2)
    desk.seconds(2.4)
    assert len(desk.sent) == 1
    desk.seconds(2.6)
    assert desk.replaced == {1: 0}
    assert desk.sent[1].fees.tip == 3.375 * GWEI
    desk.seconds(10)
    assert len(desk.sent) == 2


def test_a_strategy_that_does_not_watch_never_asks_for_timers():
    desk = FakeDesk(accounts=1)
    Bidder(desk, strategy("multiple")).send(0, LIQUIDATE)
    assert len(desk.queue) == 0


# ---- the network -----------------------------------------------------------------------------

DEEP = {"pool_gas": 36_000_000}
RISING = {"base_gwei": 10, "base_fees": (7, 8, 8.5, 9)}


@pytest.mark.parametrize("state", [DEEP, RISING])
def test_depth_or_a_rising_base_fee_is_congestion(state):
    watcher = strategy("network_aware", deep_blocks=2, rising=1.25, trend_blocks=4)
    assert watcher.congested(view(**state))
    assert not watcher.congested(view(pool_gas=20_000_000))
    assert not watcher.congested(view(base_gwei=10, base_fees=(9, 9, 9, 10)))


def test_one_who_pays_bids_the_high_percentile_in_congestion_and_the_median_in_calm():
    tips = [n * GWEI for n in range(1, 11)]
    payer = strategy("network_aware", calm_p=50, congested_p=90, congested_multiple=4)
    calm = payer.quote(view(10, base_fees=[10], tips=tips))
    dear = payer.quote(view(10, base_fees=[10], tips=tips, **DEEP))
    assert (calm, dear) == (Fees(25 * GWEI, 5 * GWEI), Fees(49 * GWEI, 9 * GWEI))
    assert payer.bump(calm, 1, view(10, base_fees=[10], tips=tips, **DEEP)) == dear
    assert payer.bump(dear, 1, view(10, base_fees=[10], tips=tips, **DEEP)) is None
    assert payer.pace(view(**DEEP)) == Pace()


def test_one_who_sizes_down_or_waits_does_so_only_in_congestion():
    smaller = strategy("network_aware", reaction="size_down", size_share=0.25)
    later = strategy("network_aware", reaction="delay", delay_blocks=3)
    assert smaller.pace(view(**DEEP)) == Pace(share=0.25)
    assert later.pace(view(**DEEP)) == Pace(delay_blocks=3)
    assert smaller.pace(view()) == later.pace(view()) == Pace()


def opened(desk, reaction, until_s):
    actor = made(
        "traders",
        desk,
        accounts=30,
        rate_per_s=1.0,
        mix={"open": 1, "close": 0, "cancel": 0},
        fee={"network_aware": {"reaction": reaction, "size_share": 0.25, "delay_blocks": 2}},
    )
    actor.start()
    desk.seconds(until_s)
    return actor


def test_traders_who_size_down_open_a_quarter_of_what_they_wanted():
    def sizes(pool_gas):
        desk = FakeDesk(accounts=30)
        desk.pool_gas = pool_gas
        wanted = []
        real = desk.protocol.open

        def spy(market, size_delta_wad, acceptable_price_wad):
            wanted.append(abs(size_delta_wad))
            return real(market, size_delta_wad, acceptable_price_wad)

        desk.protocol.open = spy
        opened(desk, "size_down", 10)
        return wanted

    calm, congested = sizes(0), sizes(36_000_000)
    assert len(calm) == len(congested) > 4
    for full, small in zip(calm, congested, strict=True):
        assert small == pytest.approx(full / 4, rel=1e-3)


def test_traders_who_wait_open_once_the_congestion_is_over():
    desk = FakeDesk(accounts=30)
    desk.pool_gas = 36_000_000
    actor = opened(desk, "delay", 10)
    assert desk.sent == []
    assert actor.tally["held_back"] > 4
    desk.pool_gas = 0
    desk.seconds(40)
    assert len(desk.sent) > 4
