"""An intent lives on through its replacements, and ends once."""

import pytest
from fake_desk import FakeDesk, included, lost

from floodline.actors.base import Bidder
from floodline.actors.fees import FEES
from floodline.protocols.interface import Call

CALL = Call(b"x" * 20, b"", 21_000, "something")


@pytest.fixture
def desk():
    return FakeDesk()


@pytest.fixture
def bidder(desk):
    entry = FEES["escalating"]
    return Bidder(desk, entry.build(entry.parameters(tip_gwei=1, every_blocks=1)))


def see_block(desk, bidder):
    class Carrier:
        def on_block(self, block):
            bidder.bump(block)

    desk.seal(Carrier())


def test_an_included_transaction_ends_its_intent(desk, bidder):
    intent = bidder.send(0, CALL)
    assert bidder.waiting == [intent]
    assert bidder.settle(desk.sent[0], included()) is intent
    assert bidder.waiting == []


def test_a_waiting_intent_is_bid_for_again_at_a_legal_price(desk, bidder):
    intent = bidder.send(0, CALL)
    see_block(desk, bidder)
    assert desk.replaced == {1: 0}
    assert intent.current is desk.sent[1]
    assert desk.sent[1].fees.tip * 100 >= desk.sent[0].fees.tip * 110


def test_a_refused_replacement_leaves_the_old_one_in_force(desk, bidder):
    intent = bidder.send(0, CALL)
    see_block(desk, bidder)
    assert bidder.settle(desk.sent[1], lost(reason="replacement_underpriced")) is None
    assert intent.current is desk.sent[0]
    assert bidder.waiting == [intent]


def test_the_old_one_included_before_its_replacement_arrives_ends_the_intent_once(desk, bidder):
    intent = bidder.send(0, CALL)
    see_block(desk, bidder)
    assert bidder.settle(desk.sent[0], included()) is intent
    assert bidder.waiting == []
    assert bidder.settle(desk.sent[1], lost("rejected", "nonce_too_low")) is None


def test_an_intent_whose_every_transaction_is_lost_ends_with_the_last(desk, bidder):
    intent = bidder.send(0, CALL)
    see_block(desk, bidder)
    assert bidder.settle(desk.sent[0], lost("replaced", "outbid")) is None
    assert bidder.settle(desk.sent[1], lost("evicted")) is intent


def test_a_superseded_intent_carries_its_new_call(desk, bidder):
    intent = bidder.send(0, CALL)
    other = Call(b"y" * 20, b"", 21_000, "cancel")
    bidder.supersede(intent, other)
    assert desk.sent[1].call is other is intent.call
    assert desk.sent[1].nonce == desk.sent[0].nonce
