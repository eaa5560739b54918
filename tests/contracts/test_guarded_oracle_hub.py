"""GuardedOracleHub: jumps, references, confidence, last good price, sequencer."""

from types import SimpleNamespace

import pytest
from conftest import ANY, DEFAULT, ETH, ETH_PRICE, STRICT, event_of, reverts

from floodline.foundation.units import FEED, wad

NOBODY = "0x" + "00" * 20
JUMP = (wad("0.1"), 15, 0, 0, NOBODY, False)
NONE, STALE, BOUNDS, JUMPED = range(4)


@pytest.fixture(scope="session")
def guarded(venue, deploy, owner):
    """A hub of its own over the venue's feed."""
    hub = deploy("GuardedOracleHub")
    configuration = venue.profile.oracle.asset_configuration(venue.feed.address, ETH_PRICE)
    hub.configureAsset(ETH, tuple(configuration), sender=owner)
    return hub


def test_without_guards_it_prices_like_the_plain_hub(venue, guarded, push_price):
    push_price(1_500)
    for tolerance in (ANY, DEFAULT, STRICT):
        assert guarded.price(ETH, tolerance) == venue.hub.price(ETH, tolerance) == wad(1_500)


def test_a_jump_stops_everything_until_it_has_stood_for_a_while(
    chain, guarded, push_price, owner, stranger
):
    guarded.setGuards(ETH, JUMP, sender=owner)
    chain.mine(timestamp=push_price(2_990) + 60)
    push_price(2_690)
    landed = chain.blocks.head.timestamp
    for tolerance in (DEFAULT, STRICT):
        with reverts(guarded.PriceJumped, asset=ETH, price=wad(2_690), before=wad(2_990)):
            guarded.price(ETH, tolerance)
    assert guarded.price(ETH, ANY) == wad(2_690)
    receipt = guarded.report(ETH, sender=stranger)
    assert event_of(receipt, guarded.CircuitBreakerTripped).refusal == JUMPED
    chain.mine(timestamp=landed + 15)
    assert guarded.price(ETH, STRICT) == wad(2_690)
    receipt = guarded.report(ETH, sender=stranger)
    assert event_of(receipt, guarded.CircuitBreakerReset).asset == ETH
    assert not guarded.report(ETH, sender=stranger).logs


def test_ten_percent_itself_is_no_jump(chain, guarded, push_price, owner):
    guarded.setGuards(ETH, JUMP, sender=owner)
    chain.mine(timestamp=push_price(3_000) + 60)
    push_price(2_700)
    assert guarded.price(ETH, STRICT) == wad(2_700)


def test_the_last_good_price_stands_in_for_a_refused_one(chain, guarded, push_price, owner):
    guarded.setGuards(ETH, (*JUMP[:5], True), sender=owner)
    chain.mine(timestamp=push_price(3_000) + 60)
    observed = push_price(2_500)
    assert guarded.refusalOf(ETH, True) == JUMPED
    assert guarded.price(ETH, STRICT) == wad(3_000)
    chain.mine(timestamp=observed + 100_000)
    assert guarded.refusalOf(ETH, True) == STALE
    assert guarded.price(ETH, STRICT) == wad(2_500)


def test_a_reference_holds_the_price(guarded, push_price, deploy, owner, oracle_publisher, later):
    reference = deploy("PushFeed", "ETH / USD", 1, 10**20, 3_600, 1, [oracle_publisher])
    reference.transmit(3_000 * FEED, later(), sender=oracle_publisher)
    guarded.setGuards(ETH, (0, 0, wad("0.5"), 0, reference.address, False), sender=owner)
    push_price(1_600)
    assert guarded.price(ETH, STRICT) == wad(1_600)
    push_price(1_499)
    with reverts(guarded.PriceDeviates, price=wad(1_499), referencePrice=wad(3_000)):
        guarded.price(ETH, DEFAULT)


def test_bounds_and_age_refuse_as_in_the_plain_hub(chain, guarded, push_price, owner, venue):
    narrow = venue.profile.oracle.asset_configuration(venue.feed.address, ETH_PRICE)
    guarded.configureAsset(ETH, tuple(narrow._replace(min_price=wad(2_900))), sender=owner)
    observed = push_price(2_899)
    with reverts(guarded.PriceOutOfBounds, asset=ETH, price=wad(2_899)):
        guarded.price(ETH, DEFAULT)
    assert guarded.refusalOf(ETH, False) == BOUNDS
    chain.mine(timestamp=observed + 3_661)
    with reverts(guarded.StalePrice, asset=ETH, observedAt=observed, maxAge=3_660):
        guarded.price(ETH, STRICT)


@pytest.fixture
def sequencer(guarded, deploy, owner, later):
    double = deploy("SequencerDouble", owner)
    guarded.setSequencer(double, 300, sender=owner)
    later(301)
    return SimpleNamespace(double=double, since=lambda: double.latestRoundData()[2])


def test_an_outage_stops_all_and_its_grace_period_only_liquidation(
    chain, guarded, sequencer, push_price, owner
):
    push_price(3_000)
    assert guarded.price(ETH, STRICT) == wad(3_000)
    sequencer.double.setStatus(True, sender=owner)
    with reverts(guarded.SequencerDown, since=sequencer.since()):
        guarded.price(ETH, DEFAULT)
    sequencer.double.setStatus(False, sender=owner)
    assert guarded.price(ETH, DEFAULT) == wad(3_000)
    until = sequencer.since() + 300
    with reverts(guarded.SequencerGrace, until=until):
        guarded.price(ETH, STRICT)
    chain.mine(timestamp=until)
    assert guarded.price(ETH, STRICT) == wad(3_000)


def test_only_its_reporter_tells_the_sequencers_status(sequencer, stranger, owner):
    with reverts(sequencer.double.Unauthorized, caller=stranger.address):
        sequencer.double.setStatus(True, sender=stranger)
    assert not sequencer.double.setStatus(False, sender=owner).logs, "nothing changed"


def test_guards_are_the_owners_and_must_make_sense(guarded, venue, owner, stranger):
    with reverts(guarded.OwnableUnauthorizedAccount):
        guarded.setGuards(ETH, JUMP, sender=stranger)
    with reverts(guarded.OwnableUnauthorizedAccount):
        guarded.setSequencer(NOBODY, 0, sender=stranger)
    for bad in (
        (wad(10) + 1, 15, 0, 0, NOBODY, False),
        (wad("0.1"), 0, 0, 0, NOBODY, False),
        (wad("0.1"), 3_601, 0, 0, NOBODY, False),
        (0, 0, wad(10) + 1, 0, venue.feed.address, False),
        (0, 0, 0, wad(1) + 1, NOBODY, False),
    ):
        with reverts(guarded.OutOfBounds):
            guarded.setGuards(ETH, bad, sender=owner)
    for bad in ((0, 0, 1, 0, NOBODY, False), (0, 0, 0, 0, venue.feed.address, False)):
        with reverts(guarded.InvalidConfiguration, asset=ETH):
            guarded.setGuards(ETH, bad, sender=owner)
    with reverts(guarded.OutOfBounds):
        guarded.setSequencer(NOBODY, 86_401, sender=owner)
    receipt = guarded.setGuards(ETH, JUMP, sender=owner)
    assert event_of(receipt, guarded.GuardsSet).asset == ETH
    assert tuple(guarded.guardsOf(ETH)) == JUMP
