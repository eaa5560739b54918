"""Insiders open at their times and close at others, one position at a time."""

from __future__ import annotations

import pytest
from fake_desk import FakeDesk, included, lost, made
from pydantic import ValidationError

from floodline.foundation.errors import CampaignError
from floodline.foundation.units import WAD
from floodline.protocols.events import PositionChanged


def insiders(desk, **parameters):
    actor = made("insiders", desk, **{"count": 1, **parameters})
    actor.start()
    return actor


def hold(desk, size_wad, account=0):
    holder = desk.senders()[account].address
    book = desk.protocol.book
    book.apply([PositionChanged(0, 0, holder, "ETH", size_wad, 3000 * WAD, 0, 0, 0, 0)])


def test_a_trip_is_opened_at_its_time_and_closed_after_its_length():
    desk = FakeDesk(accounts=1)
    actor = insiders(desk, trips=[{"at_s": 60, "side": "long", "for_s": 120}])
    desk.seconds(59)
    assert desk.sent == []
    desk.seconds(61)
    (opening,) = desk.sent
    assert (opening.call.kind, opening.created_us) == ("open", 60_000_000)
    actor.on_outcome(opening, included())
    hold(desk, 5 * WAD)
    desk.seconds(179)
    assert len(desk.sent) == 1
    desk.seconds(181)
    assert [sent.call.kind for sent in desk.sent] == ["open", "close"]


def test_a_close_that_fails_is_sent_again_with_each_block_and_an_opening_is_not():
    desk = FakeDesk(accounts=2)
    actor = insiders(desk, count=2, trips=[{"at_s": 10, "side": "short", "for_s": 20}])
    desk.seconds(11)
    held, missed = desk.sent
    actor.on_outcome(held, included())
    actor.on_outcome(missed, lost("reverted"))
    hold(desk, -WAD)
    desk.seconds(31)
    actor.on_outcome(desk.sent[2], lost("reverted"))
    desk.seal(actor)
    assert [(sent.sender, sent.call.kind) for sent in desk.sent[2:]] == [(0, "close"), (0, "close")]
    hold(desk, 0)
    actor.on_outcome(desk.sent[3], included())
    desk.seal(actor)
    assert len(desk.sent) == 4
    assert actor.tally["open_reverted"] == 1


def test_a_trip_without_an_end_is_held_for_good():
    desk = FakeDesk(accounts=1)
    actor = insiders(desk, trips=[{"at_s": 5, "side": "short"}])
    desk.seconds(6)
    actor.on_outcome(desk.sent[0], included())
    hold(desk, -WAD)
    desk.seconds(900)
    desk.seal(actor)
    assert len(desk.sent) == 1


def test_accounts_may_open_one_after_the_other():
    desk = FakeDesk(accounts=4)
    insiders(desk, count=4, spread_s=40, trips=[{"at_s": 100, "side": "long"}])
    desk.seconds(200)
    assert [sent.created_us // 1_000_000 for sent in desk.sent] == [100, 110, 120, 130]


def test_trips_that_overlap_are_refused_by_number():
    with pytest.raises(ValidationError, match=r"trips\[0\] is not closed when trips\[1\] opens"):
        made(
            "insiders", FakeDesk(), trips=[{"at_s": 5, "side": "long"}, {"at_s": 9, "side": "long"}]
        )


def test_an_account_that_would_open_after_its_closing_is_refused():
    with pytest.raises(ValidationError, match="let spread_s be shorter"):
        made("insiders", FakeDesk(), spread_s=60, trips=[{"at_s": 5, "side": "long", "for_s": 50}])


def test_a_market_that_the_campaign_does_not_have_is_named():
    with pytest.raises(CampaignError, match="no market of the campaign"):
        made("insiders", FakeDesk(), market="ETC", trips=[{"at_s": 5, "side": "long"}])
