"""Searchers place themselves next to others, size what they do, and keep out of what is hidden."""

import pytest
from fake_desk import FakeDesk, included, made

from floodline.actors.desk import PendingSeen
from floodline.actors.fees import Fees
from floodline.actors.flow.places import can_follow, effective_tip, just_after, just_before
from floodline.actors.flow.sizing import best_size, largest
from floodline.foundation.units import GWEI, SECOND_US, WAD
from floodline.protocols.facets_flow import OrderRead, PriceRead
from floodline.protocols.interface import Call


class FakeCalldata:
    """A market with a skew scale of 10,000 units, no skew, and a fee of 5 basis points."""

    order_read = OrderRead("ETH", 100 * WAD, 3_060 * WAD)
    price_read = PriceRead("ETH", 2_970 * 10**8)

    def order(self, call):
        return self.order_read if call.kind == "open" else None

    def price(self, call):
        return self.price_read if call.kind == "push_price" else None

    def bare(self, call):
        return call

    def fill_usd(self, market, size, price_usd, ahead=0.0):
        return price_usd * (1 + (ahead + size / 2) / 10_000)

    def fee_usd(self, market, size, fill_usd, ahead=0.0):
        return abs(size) * fill_usd * 5e-4


def desk_with(kind, *, tip=2 * GWEI, accounts=3):
    """A desk that sees one call of somebody else's after a second."""
    desk = FakeDesk(accounts=accounts, end_s=100)
    desk.protocol.calldata = FakeCalldata()
    for sender in desk.senders():
        row = desk.protocol.book._row(sender.address)
        desk.protocol.book._cash[row] = 1_000_000.0
    call = Call(b"m" * 20, b"", 600_000, kind, market="ETH")
    desk.gossip.append(PendingSeen(900, 77, 0, call, Fees(50 * GWEI, tip), SECOND_US))
    return desk


def orders_of(desk):
    """Sizes of the orders that are made from now on, in units."""
    sizes = []

    def order(market, size_delta_wad, _limit_wad):
        sizes.append(size_delta_wad / WAD)
        return Call(b"m" * 20, b"", 600_000, "open", market=market)

    desk.protocol.open = order
    return sizes


def acted(kind, desk, until_s=3, **parameters):
    actor = made(kind, desk, **parameters)
    actor.start()
    desk.seconds(until_s)
    return actor


# ---- places and sizes ------------------------------------------------------------------------


def test_a_place_is_one_wei_away():
    other = Fees(50 * GWEI, 2 * GWEI)
    assert effective_tip(just_before(other, GWEI), GWEI) == 2 * GWEI + 1
    assert effective_tip(just_after(other, GWEI), GWEI) == 2 * GWEI - 1


def test_what_a_cap_leaves_is_the_tip_that_counts():
    assert effective_tip(Fees(30, 2), 29) == 1
    assert not can_follow(Fees(30, 2), 29)
    assert can_follow(Fees(30, 2), 20)


def test_sizes_are_found_to_many_decimals():
    assert best_size(lambda x: x * (4 - x), 10) == pytest.approx(2, abs=1e-6)
    assert best_size(lambda x: x, 10) == pytest.approx(10, abs=1e-6)
    assert largest(lambda x: x < 3, 10) == pytest.approx(3)
    assert largest(lambda _x: True, 10) == 10


# ---- sandwich --------------------------------------------------------------------------------


def test_a_sandwich_buys_as_far_as_the_limit_allows_and_sells_behind():
    """3,060 is 2 % up: 200 units of skew, of which the victim's own 50 leave 150."""
    desk = desk_with("open")
    sizes = orders_of(desk)
    acted("sandwich", desk)
    assert sizes == [pytest.approx(150, rel=0.01), pytest.approx(-150, rel=0.01)]
    front, back = desk.sent
    assert front.sender == back.sender
    assert front.nonce + 1 == back.nonce
    assert front.fees.tip == 2 * GWEI + 1
    assert back.fees.tip == 2 * GWEI - 1


def test_a_victim_is_attacked_once():
    desk = desk_with("open")
    acted("sandwich", desk, until_s=10)
    assert len(desk.sent) == 2


def test_a_limit_that_leaves_nothing_is_left_alone():
    desk = desk_with("open")
    desk.protocol.calldata.order_read = OrderRead("ETH", 100 * WAD, 3_014 * WAD)
    actor = acted("sandwich", desk)
    assert desk.sent == []
    assert actor.tally["victim_beyond_limit"] == 1


def test_an_attack_that_costs_more_than_it_earns_is_not_made():
    desk = desk_with("open", tip=40_000 * GWEI)
    desk.gossip[0] = PendingSeen(
        900, 77, 0, desk.gossip[0].call, Fees(80_000 * GWEI, 40_000 * GWEI), SECOND_US
    )
    actor = acted("sandwich", desk)
    assert desk.sent == []
    assert actor.tally["unprofitable"] == 1


# ---- the oracle ------------------------------------------------------------------------------


@pytest.mark.parametrize(("legs", "sent"), [("sandwich", 2), ("front_run", 1)])
def test_an_update_downwards_is_sold_before(legs, sent):
    desk = desk_with("push_price")
    sizes = orders_of(desk)
    acted("oracle_front_runner", desk, legs=legs)
    assert len(desk.sent) == sent
    assert sizes[0] < 0
    assert desk.sent[0].fees.tip == 2 * GWEI + 1


def test_an_update_of_the_size_of_the_fee_is_not_worth_it():
    desk = desk_with("push_price")
    desk.protocol.calldata.price_read = PriceRead("ETH", 2_999 * 10**8)
    actor = acted("oracle_front_runner", desk)
    assert desk.sent == []
    assert actor.tally["unprofitable"] == 1


# ---- toxic flow ------------------------------------------------------------------------------


def test_toxic_flow_takes_all_that_its_capital_allows_where_every_unit_earns():
    """2 % of gap less two fees of 5 bp; way in and way out cost the same premium."""
    desk = desk_with("nothing", accounts=1)
    desk.price["ETH"] = 3_060.0
    sizes = orders_of(desk)
    actor = acted("toxic_flow", desk, until_s=1, leverage=9)
    assert sizes == [pytest.approx(3_000, rel=1e-3)]
    assert actor.tally["tried"] == 1


def test_toxic_flow_leaves_a_gap_below_its_edge_alone():
    desk = desk_with("nothing")
    desk.price["ETH"] = 3_002.0
    acted("toxic_flow", desk, until_s=1)
    assert desk.sent == []


# ---- the way out -----------------------------------------------------------------------------


def test_what_is_left_over_is_closed_with_the_next_block():
    desk = desk_with("open")
    actor = acted("sandwich", desk, legs="front_run")
    (front,) = desk.sent
    row = desk.protocol.book.index[desk.senders()[0].address]
    desk.protocol.book.size_wad[row][0] = 150 * WAD
    desk.protocol.book._size[row, 0] = 150.0
    actor.on_outcome(front, included())
    desk.seal(actor)
    assert desk.sent[-1].call.kind == "close"
    assert actor.tally["got"] == 1
