"""PushFeed: transmit, bounds, history."""

import pytest
from conftest import event_of, reverts

from floodline.foundation.units import FEED


def test_a_publisher_transmits_a_round_that_consumers_can_read(later, venue, oracle_publisher):
    observed = later()
    receipt = venue.feed.transmit(2_990 * FEED, observed, sender=oracle_publisher)
    log = event_of(receipt, venue.feed.PriceUpdated)
    assert (log.roundId, log.answer, log.observedAt) == (2, 2_990 * FEED, observed)
    assert log.blockTime == receipt.timestamp
    assert event_of(receipt, venue.feed.AnswerUpdated).current == 2_990 * FEED
    expected = (2, 2_990 * FEED, observed, receipt.timestamp, 2)
    assert tuple(venue.feed.latestRoundData()) == expected
    assert tuple(venue.feed.getRoundData(2)) == expected
    assert venue.feed.latestAnswer() == 2_990 * FEED
    assert (venue.feed.decimals(), venue.feed.version()) == (8, 1)
    assert venue.feed.description() == "ETH / USD"


def test_an_older_round_stays_readable(venue, push_price):
    push_price(3_100)
    assert venue.feed.getRoundData(1)[1] == 3_000 * FEED
    with reverts(venue.feed.UnknownRound, roundId=3):
        venue.feed.getRoundData(3)


def test_a_stranger_may_not_transmit(later, venue, stranger):
    with reverts(venue.feed.Unauthorized, caller=stranger.address):
        venue.feed.transmit(3_000 * FEED, later(), sender=stranger)


@pytest.mark.parametrize("answer", [0, -1])
def test_a_price_must_be_positive(later, venue, oracle_publisher, answer):
    with reverts(venue.feed.AnswerNotPositive, answer=answer):
        venue.feed.transmit(answer, later(), sender=oracle_publisher)


@pytest.mark.parametrize("answer", [300 * FEED - 1, 30_000 * FEED + 1])
def test_an_answer_outside_the_bounds_is_refused(later, venue, oracle_publisher, answer):
    with reverts(venue.feed.AnswerOutOfBounds, answer=answer, minAnswer=300 * FEED):
        venue.feed.transmit(answer, later(), sender=oracle_publisher)


def test_an_observation_must_be_newer_than_the_last(venue, oracle_publisher):
    last = venue.feed.latestRoundData()[2]
    with reverts(venue.feed.ObservationNotNewer, observedAt=last, lastObservedAt=last):
        venue.feed.transmit(3_000 * FEED, last, sender=oracle_publisher)


def test_an_observation_from_the_future_is_refused(later, venue, oracle_publisher):
    with reverts(venue.feed.ObservationInFuture):
        venue.feed.transmit(3_000 * FEED, later() + 90, sender=oracle_publisher)


def test_a_removed_publisher_may_not_transmit(later, venue, owner, oracle_publisher):
    venue.feed.setPublisher(oracle_publisher, False, sender=owner)
    with reverts(venue.feed.Unauthorized, caller=oracle_publisher.address):
        venue.feed.transmit(3_000 * FEED, later(), sender=oracle_publisher)


def test_bounds_and_policy_are_the_owners_and_must_make_sense(venue, owner, stranger):
    with reverts(venue.feed.OwnableUnauthorizedAccount):
        venue.feed.setBounds(1, 2, sender=stranger)
    for lower, upper in ((0, 5), (5, 4)):
        with reverts(venue.feed.InvalidConfiguration):
            venue.feed.setBounds(lower, upper, sender=owner)
    with reverts(venue.feed.InvalidConfiguration):
        venue.feed.setUpdatePolicy(0, 1, sender=owner)
    receipt = venue.feed.setUpdatePolicy(60, 10**15, sender=owner)
    assert event_of(receipt, venue.feed.UpdatePolicySet).heartbeat == 60
    assert venue.feed.deviation() == 10**15
