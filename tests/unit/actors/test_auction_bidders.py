"""Bidders start, bid at the discount they want, reset, and unwind what they took."""

import pytest
from fake_desk import FakeDesk, candidate, included, made
from fake_facets import FakeAuctions

from floodline.foundation.units import WAD
from floodline.protocols.events import Deposited, PositionChanged

FOR_SALE = b"\x07" * 20
QUICK = {
    "reaction_s": {"constant": 0.5},
    "fee": {"multiple": {"tip_gwei": 1}},
    "count": 1,
    "margin_usd": {"constant": 10_000},
    "required_margin": {"constant": 0.0005},
}


@pytest.fixture
def desk():
    found = FakeDesk()
    found.protocol.auctions = FakeAuctions()
    found.protocol.close = lambda *_: None
    found.protocol.book.apply([Deposited(0, 0, found.senders()[0].address, 10_000 * WAD)])
    return found


def bidders(desk, **parameters):
    return made("auction_bidders", desk, **{**QUICK, **parameters})


def seen(desk, actor, candidates=()):
    desk.seconds(desk.now_us / 1e6 + 11)
    desk.seal(actor, candidates)
    desk.seconds(desk.now_us / 1e6 + 1)


def calls(desk):
    return [(sent.call.kind, sent.call.data.decode()) for sent in desk.sent]


def test_a_bid_is_for_the_largest_share_and_keeps_the_profit_that_is_wanted(desk):
    """Given 2,000 less 0.05 % of 100,000: at most 1,950 for all, 975 for half."""
    desk.protocol.auctions.add(FOR_SALE)
    seen(desk, bidders(desk, margin_usd={"constant": 100_000}))
    assert calls(desk) == [("bid_auction", f"{WAD // 2}@{975 * WAD}")]


def test_capital_bounds_what_is_taken_over(desk):
    """10,000 dollars at eight times leverage hold 80,000 of notional; half that is held."""
    account = desk.senders()[0].address
    held = PositionChanged(0, 0, account, "ETH", 20 * WAD, 2_000 * WAD, 0, 0, 0, 0)
    desk.protocol.book.apply([held])
    desk.protocol.auctions.add(FOR_SALE)
    seen(desk, bidders(desk))
    share = int(calls(desk)[0][1].partition("@")[0]) / WAD
    assert share == pytest.approx(0.2)


def test_what_is_too_dear_or_costs_more_gas_than_it_brings_is_left(desk):
    desk.protocol.auctions.add(FOR_SALE, price=1_951.0)
    actor = bidders(desk)
    seen(desk, actor)
    desk.protocol.auctions.add(FOR_SALE, price=1_940.0, share=0.1)
    seen(desk, actor)
    assert desk.sent == []
    assert actor.tally["too_dear"] == 2


def test_an_auction_that_needs_it_is_reset(desk):
    desk.protocol.auctions.add(FOR_SALE, needs_reset=True)
    seen(desk, bidders(desk))
    assert [kind for kind, _ in calls(desk)] == ["reset_auction"]


def test_what_nobody_put_up_is_started_unless_left_to_keepers(desk):
    seen(desk, bidders(desk, starts=False), [candidate(0)])
    assert desk.sent == []
    actor = bidders(desk)
    seen(desk, actor, [candidate(0)])
    assert desk.sent[0].call.subject == candidate(0).account
    actor.on_outcome(desk.sent[0], included())
    assert actor.tally["start_included"] == 1
    assert len(desk.decisions) == 1


def test_what_was_taken_over_is_closed_again(desk):
    account = desk.senders()[0].address
    held = PositionChanged(0, 0, account, "ETH", 2 * WAD, 2_000 * WAD, 0, 0, 0, 0)
    desk.protocol.book.apply([held])
    del desk.protocol.close
    actor = bidders(desk)
    seen(desk, actor)
    seen(desk, actor)
    assert [sent.call.kind for sent in desk.sent] == ["close"]


def test_a_keeper_leaves_an_account_that_is_for_sale_to_bidders(desk):
    keeper = made("keepers", desk, count=1, reaction_s={"constant": 0.5})
    desk.protocol.auctions.add(candidate(0).account)
    desk.seal(keeper, [candidate(0), candidate(1)])
    desk.seconds(1)
    assert [sent.call.subject for sent in desk.sent] == [candidate(1).account]
