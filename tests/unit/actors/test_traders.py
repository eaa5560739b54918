"""Traders act at Poisson times, one order at a time each."""

from fake_desk import FakeDesk, included, made
from fake_facets import FakeOrders

from floodline.foundation.units import WAD
from floodline.protocols.events import PositionChanged


def traders(desk, **parameters):
    actor = made("traders", desk, **{"rate_per_s": 2.0, **parameters})
    actor.start()
    return actor


def test_actions_come_at_the_mean_rate_and_stop_at_the_end():
    desk = FakeDesk(accounts=5, end_s=500)
    actor = traders(desk, accounts=5, rate_per_s=2.0)
    desk.seconds(800)
    acted = sum(actor.tally.values())
    assert abs(acted - 1000) < 4 * 1000**0.5


def test_a_trader_has_one_order_waiting_at_most():
    desk = FakeDesk(accounts=3)
    actor = traders(desk, accounts=3, mix={"open": 1, "close": 0, "cancel": 0})
    desk.seconds(60)
    assert sorted(sent.sender for sent in desk.sent) == [0, 1, 2]
    actor.on_outcome(desk.sent[0], included())
    desk.seconds(120)
    assert [sent.sender for sent in desk.sent[3:]] == [desk.sent[0].sender]


def test_only_who_has_a_position_closes_and_only_who_has_none_opens():
    desk = FakeDesk(accounts=2)
    holder = desk.senders()[0].address
    desk.protocol.book.apply([PositionChanged(0, 0, holder, "ETH", WAD, 3000 * WAD, 0, 0, 0, 0)])
    traders(desk, accounts=2, mix={"open": 1, "close": 1, "cancel": 0})
    desk.seconds(60)
    assert {(sent.sender, sent.call.kind) for sent in desk.sent} == {(0, "close"), (1, "open")}


def test_a_cancellation_replaces_a_waiting_order_by_a_dearer_nothing():
    desk = FakeDesk(accounts=1)
    actor = traders(desk, accounts=1, mix={"open": 1, "close": 0, "cancel": 3})
    desk.seconds(60)
    first, second = desk.sent[:2]
    assert (first.call.kind, second.call.kind) == ("open", "cancel")
    assert second.nonce == first.nonce
    assert second.call.to == desk.senders()[0].address
    assert second.fees.tip * 10 >= first.fees.tip * 11
    assert len(desk.sent) == 2
    assert actor.tally["cancel_not_possible"] > 0


def test_an_order_that_waits_on_chain_binds_its_trader_until_it_expires_or_is_cancelled():
    desk = FakeDesk(accounts=1)
    desk.protocol.orders = FakeOrders()
    owner = desk.senders()[0].address
    desk.protocol.orders.add(owner, desk.genesis_s, desk.genesis_s + 100, desk.genesis_s + 50)
    actor = traders(desk, accounts=1, mix={"open": 1, "close": 0, "cancel": 0})
    desk.seconds(90)
    assert desk.sent == []
    desk.seconds(120)
    assert [sent.call.kind for sent in desk.sent] == ["open"]
    assert actor.tally["open_not_possible"] > 0


def test_an_order_on_chain_is_cancelled_when_its_time_has_come():
    desk = FakeDesk(accounts=1)
    desk.protocol.orders = FakeOrders()
    owner = desk.senders()[0].address
    desk.protocol.orders.add(owner, desk.genesis_s, desk.genesis_s + 900, desk.genesis_s + 50)
    traders(desk, accounts=1, mix={"open": 0, "close": 0, "cancel": 1})
    desk.seconds(49)
    assert desk.sent == []
    desk.seconds(80)
    assert [sent.call.kind for sent in desk.sent] == ["cancel_order"]
