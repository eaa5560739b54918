"""ExpiryPrices: averages over the rounds before expiry, waiting, fallbacks, landing."""

import pytest
from conftest import ETH, reverts

from floodline.foundation.units import FEED, wad
from floodline.protocols.reference.model_expiry import ExpirySource

WINDOW, GRACE = 1_800, 1_200


@pytest.fixture
def prices(deploy, venue):
    return deploy("ExpiryPrices", venue.hub, WINDOW, GRACE)


@pytest.fixture
def publish(chain, venue, oracle_publisher):
    """Publish a price observed at a time, transmitted right then."""

    def at(timestamp, dollars, mined=None):
        chain.mine(timestamp=mined or timestamp)
        venue.feed.transmit(int(dollars * FEED), timestamp, sender=oracle_publisher)

    return at


@pytest.fixture
def expiry(chain):
    return chain.blocks.head.timestamp + 10_000


def fixed(prices, expiry):
    price, source = prices.priceOf(ETH, expiry)
    return price / 10**18, ExpirySource(source)


def test_the_price_is_the_time_weighted_average_of_the_window(prices, publish, expiry, stranger):
    publish(expiry - 5_000, 3_000)
    publish(expiry - 1_200, 3_060)
    publish(expiry + 5, 9_999)
    receipt = prices.fixPrice(ETH, expiry, 100, sender=stranger)
    assert fixed(prices, expiry) == (3_040, ExpirySource.TWAP)
    (event,) = receipt.decode_logs(prices.ExpiryPriceFixed)
    assert (event.price, event.lag) == (wad(3_040), receipt.timestamp - expiry)


def test_an_observation_at_expiry_counts_for_no_time(prices, publish, expiry, stranger):
    publish(expiry - 1_000, 3_000)
    publish(expiry, 6_000)
    prices.fixPrice(ETH, expiry, 100, sender=stranger)
    price, source = fixed(prices, expiry)
    assert source is ExpirySource.TWAP
    assert price == pytest.approx((800 * 3_000 + 1_000 * 3_000) / 1_800)


def test_it_waits_for_an_observation_from_after_expiry_and_then_no_longer(
    prices, publish, expiry, stranger, chain
):
    publish(expiry - 600, 3_300)
    chain.mine(timestamp=expiry + 10)
    with reverts(
        prices.ExpiryRoundsPending,
        expiry=expiry,
        newestObservedAt=expiry - 600,
        availableAt=expiry + GRACE,
    ):
        prices.fixPrice(ETH, expiry, 100, sender=stranger)
    # A late transmission of an earlier observation still changes the average.
    publish(expiry - 300, 3_600, mined=expiry + 100)
    chain.mine(timestamp=expiry + GRACE)
    prices.fixPrice(ETH, expiry, 100, sender=stranger)
    assert fixed(prices, expiry)[0] == pytest.approx(
        (1_200 * 3_000 + 300 * 3_300 + 300 * 3_600) / 1_800
    )


def test_a_quiet_feed_settles_at_its_last_round(prices, publish, expiry, stranger):
    publish(expiry + 1, 5_000)
    prices.fixPrice(ETH, expiry, 100, sender=stranger)
    assert fixed(prices, expiry) == (3_000, ExpirySource.LAST_ROUND)


def test_many_rounds_are_read_over_several_calls_to_the_same_price(
    prices, publish, expiry, stranger, deploy, venue
):
    for step in range(9):
        publish(expiry - 1_000 + 100 * step, 3_000 + 10 * step)
    publish(expiry + 1, 5_000)
    other = deploy("ExpiryPrices", venue.hub, WINDOW, GRACE)
    other.fixPrice(ETH, expiry, 128, sender=stranger)
    calls = 0
    while prices.priceOf(ETH, expiry)[0] == 0:
        prices.fixPrice(ETH, expiry, 2, sender=stranger)
        calls += 1
    assert calls == 5
    assert prices.priceOf(ETH, expiry) == other.priceOf(ETH, expiry)


def test_a_price_is_fixed_once_and_never_before_expiry(prices, publish, expiry, stranger):
    with reverts(prices.NotExpired):
        prices.fixPrice(ETH, expiry, 100, sender=stranger)
    publish(expiry + 1, 5_000)
    prices.fixPrice(ETH, expiry, 100, sender=stranger)
    with reverts(prices.ExpiryAlreadyFixed, expiry=expiry, price=wad(3_000)):
        prices.fixPrice(ETH, expiry, 100, sender=stranger)


def test_bad_requests_are_refused(prices, publish, expiry, stranger, chain):
    chain.mine(timestamp=expiry + GRACE)
    for rounds in (0, 129):
        with reverts(prices.RoundsOutOfBounds):
            prices.fixPrice(ETH, expiry, rounds, sender=stranger)
    with reverts(prices.NoRoundBefore):
        prices.fixPrice(ETH, 1_000, 10, sender=stranger)


def test_without_a_window_the_price_is_that_of_the_landing(
    deploy, venue, publish, expiry, stranger
):
    landing = deploy("ExpiryPrices", venue.hub, 0, 0)
    publish(expiry + 400, 2_500)
    landing.fixPrice(ETH, expiry, 1, sender=stranger)
    assert fixed(landing, expiry) == (2_500, ExpirySource.LANDING)
