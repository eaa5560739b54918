"""Order keepers settle inside the window, for pay, each order once."""

import pytest
from fake_desk import FakeDesk, included, lost, made
from fake_facets import FakeOrders

TRADER, OTHER = b"\x07" * 20, b"\x08" * 20
QUICK = {"reaction_s": {"constant": 0.5}, "fee": {"multiple": {"tip_gwei": 1}}, "count": 1}
BASE = FakeDesk.genesis_s


@pytest.fixture
def desk():
    found = FakeDesk()
    found.protocol.orders = FakeOrders()
    return found


def keepers(desk, **parameters):
    return made("order_keepers", desk, **{**QUICK, **parameters})


def seen_at(desk, actor, second):
    """Blocks every 12 s; the one at a second is seen, and reacted to."""
    desk.seconds(second - 12)
    desk.seal(actor)
    desk.seconds(second)
    desk.seal(actor)
    desk.seconds(second + 1)


def kinds(desk):
    return [(sent.call.kind, sent.call.data) for sent in desk.sent]


def test_an_order_is_settled_in_the_first_block_inside_its_window(desk):
    desk.protocol.orders.add(TRADER, BASE + 48, BASE + 168)
    actor = keepers(desk)
    seen_at(desk, actor, 24)
    assert desk.sent == []
    seen_at(desk, actor, 36)
    assert kinds(desk) == [("settle_order", TRADER)]


def test_an_order_whose_window_closes_before_the_next_block_is_left(desk):
    desk.protocol.orders.add(TRADER, BASE, BASE + 47)
    seen_at(desk, keepers(desk), 36)
    assert desk.sent == []


def test_an_order_beyond_its_limit_is_cancelled(desk):
    desk.protocol.orders.add(TRADER, BASE, BASE + 100)
    desk.protocol.orders.exceeded = True
    seen_at(desk, keepers(desk), 24)
    assert kinds(desk) == [("cancel_order", TRADER)]


def test_an_order_that_does_not_pay_for_its_gas_is_left(desk):
    """500,000 gas at 1 gwei and a tip of 1, at 3,000 dollars, cost 3 dollars."""
    desk.protocol.orders.add(TRADER, BASE, BASE + 100)
    desk.protocol.orders.pay_usd = 2.9
    actor = keepers(desk)
    seen_at(desk, actor, 24)
    assert desk.sent == []
    assert actor.tally["unprofitable"] == 2
    desk.protocol.orders.pay_usd = 3.1
    seen_at(desk, actor, 48)
    assert len(desk.sent) == 1


def test_an_order_is_gone_for_once_until_its_attempt_has_ended(desk):
    desk.protocol.orders.add(TRADER, BASE, BASE + 500)
    desk.protocol.orders.add(OTHER, BASE, BASE + 500)
    actor = keepers(desk)
    seen_at(desk, actor, 24)
    assert len(desk.sent) == 2
    actor.on_outcome(desk.sent[0], lost())
    actor.on_outcome(desk.sent[1], included())
    del desk.protocol.orders.waiting[OTHER]
    seen_at(desk, actor, 48)
    assert kinds(desk)[2:] == [("settle_order", TRADER)]
    assert (actor.tally["lost"], actor.tally["won"]) == (1, 1)


def test_no_more_than_the_capacity_waits_at_once(desk):
    for number in range(5):
        desk.protocol.orders.add(bytes([number]) * 20, BASE, BASE + 500)
    actor = keepers(desk, max_in_flight=2)
    seen_at(desk, actor, 24)
    assert len(desk.sent) == 2


def test_without_an_order_module_nothing_is_done():
    desk = FakeDesk()
    seen_at(desk, keepers(desk), 24)
    assert desk.sent == []
