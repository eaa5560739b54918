"""OracleHub: tolerances, bounds, history."""

from conftest import ANY, DEFAULT, ETH, ETH_PRICE, STRICT, reverts

from floodline.foundation.units import FEED, wad
from floodline.protocols.reference.profiles import asset_id


def test_a_fresh_price_serves_every_tolerance_in_wad(venue, push_price):
    push_price(2_950.5)
    for tolerance in (ANY, DEFAULT, STRICT):
        assert venue.hub.price(ETH, tolerance) == wad("2950.5")
    assert venue.hub.peek(ETH)[0] == wad("2950.5")
    assert venue.hub.peek(ETH)[2] == 2


def test_strict_refuses_before_default_and_peek_never_does(chain, venue, push_price):
    observed = push_price(3_000)
    chain.mine(timestamp=observed + 3_660)
    assert venue.hub.price(ETH, STRICT) == wad(3_000)
    chain.mine(timestamp=observed + 3_661)
    with reverts(venue.hub.StalePrice, asset=ETH, observedAt=observed, maxAge=3_660):
        venue.hub.price(ETH, STRICT)
    assert venue.hub.price(ETH, DEFAULT) == wad(3_000)
    chain.mine(timestamp=observed + 7_201)
    with reverts(venue.hub.StalePrice, asset=ETH, observedAt=observed, maxAge=7_200):
        venue.hub.price(ETH, DEFAULT)
    assert venue.hub.price(ETH, ANY) == wad(3_000)


def test_age_counts_from_the_observation_not_from_the_transmission(
    chain, venue, oracle_publisher, push_price
):
    """An update that waited in the mempool must not look fresh when it lands."""
    observed = push_price(3_000) + 10
    chain.mine(timestamp=observed + 3_700)
    venue.feed.transmit(2_900 * FEED, observed, sender=oracle_publisher)
    with reverts(venue.hub.StalePrice, asset=ETH, observedAt=observed):
        venue.hub.price(ETH, STRICT)


def test_a_price_outside_the_hubs_bounds_is_refused_but_can_be_seen(venue, owner, push_price):
    configuration = venue.profile.oracle.asset_configuration(venue.feed.address, ETH_PRICE)
    narrow = configuration._replace(min_price=wad(2_900))
    venue.hub.configureAsset(ETH, tuple(narrow), sender=owner)
    push_price(2_899)
    with reverts(venue.hub.PriceOutOfBounds, asset=ETH, price=wad(2_899)):
        venue.hub.price(ETH, DEFAULT)
    assert venue.hub.peek(ETH)[0] == wad(2_899)


def test_a_past_price_is_the_last_one_observed_by_then(later, venue, push_price):
    times = [venue.hub.peek(ETH)[1]]
    for dollars in (3_010, 3_020, 3_030, 3_040):
        later(60)
        times.append(push_price(dollars))
    for step, observed in enumerate(times):
        expected = (wad(3_000 + 10 * step), observed)
        assert tuple(venue.hub.priceAt(ETH, observed)) == expected
        assert tuple(venue.hub.priceAt(ETH, observed + 30)) == expected
    with reverts(venue.hub.NoPriceAt, asset=ETH, timestamp=times[0] - 1):
        venue.hub.priceAt(ETH, times[0] - 1)


def test_an_unknown_asset_has_no_price(venue):
    with reverts(venue.hub.UnknownAsset, asset=asset_id("DOGE")):
        venue.hub.peek(asset_id("DOGE"))


def test_a_configuration_must_make_sense_and_be_the_owners(venue, owner, stranger):
    good = venue.profile.oracle.asset_configuration(venue.feed.address, ETH_PRICE)
    for bad in (
        good._replace(min_price=0),
        good._replace(max_price=good.min_price - 1),
        good._replace(max_age_strict=0),
        good._replace(max_age_strict=good.max_age_default + 1),
    ):
        with reverts(venue.hub.InvalidConfiguration, asset=ETH):
            venue.hub.configureAsset(ETH, tuple(bad), sender=owner)
    with reverts(venue.hub.OwnableUnauthorizedAccount):
        venue.hub.configureAsset(ETH, tuple(good), sender=stranger)
