"""DelayedFeed, MedianFeed, TwapFeed, ClampedPushFeed: their one idea each, and their settings."""

from types import SimpleNamespace

import pytest
from conftest import USDC, event_of, reverts

from floodline.foundation.units import FEED

HOP, AGE, WINDOW, PERIOD = 3_600, 60, 900, 60
ETHER = 10**18


def test_a_delayed_price_counts_one_hop_after_it_was_read(
    chain, venue, deploy, push_price, owner, stranger
):
    feed = deploy("DelayedFeed", "ETH / USD", venue.feed, HOP)
    feed.poke(sender=stranger)
    assert feed.latestAnswer() == 3_000 * FEED
    observed = push_price(2_500)
    with reverts(feed.PokedTooEarly, dueAt=feed.dueAt()):
        feed.poke(sender=stranger)
    chain.mine(timestamp=feed.dueAt() + 30)
    receipt = feed.poke(sender=stranger)
    assert feed.latestAnswer() == 3_000 * FEED
    assert tuple(feed.queued()) == (2_500 * FEED, observed)
    queued = event_of(receipt, feed.PriceQueued)
    assert queued.dueAt % HOP == 0, "a late poke does not move the hours"
    chain.mine(timestamp=feed.dueAt())
    feed.poke(sender=stranger)
    assert feed.latestRoundData()[1:3] == (2_500 * FEED, observed)


def test_a_wrong_price_is_dropped_before_it_counts(
    chain, venue, deploy, push_price, owner, stranger
):
    feed = deploy("DelayedFeed", "ETH / USD", venue.feed, HOP)
    feed.poke(sender=stranger)
    push_price(1_000)
    chain.mine(timestamp=feed.dueAt())
    feed.poke(sender=stranger)
    receipt = feed.void(sender=owner)
    assert event_of(receipt, feed.Voided).dropped == 1_000 * FEED
    chain.mine(timestamp=feed.dueAt())
    with reverts(feed.Frozen):
        feed.poke(sender=stranger)
    push_price(2_950)
    feed.setFrozen(False, sender=owner)
    feed.poke(sender=stranger)
    assert feed.latestAnswer() == 3_000 * FEED
    for forbidden in (
        lambda: feed.void(sender=stranger),
        lambda: feed.setFrozen(True, sender=stranger),
    ):
        with reverts(feed.OwnableUnauthorizedAccount):
            forbidden()


def test_an_empty_source_has_nothing_to_queue(deploy, owner, stranger, venue):
    source = deploy("PushFeed", "ETH / USD", 1, 2, 60, 1, [owner])
    feed = deploy("DelayedFeed", "ETH / USD", source, HOP)
    with reverts(feed.SourceEmpty):
        feed.poke(sender=stranger)
    for hop in (0, 86_401):
        with reverts(feed.InvalidConfiguration):
            deploy("DelayedFeed", "ETH / USD", venue.feed, hop)


@pytest.fixture(scope="session")
def median(deploy, oracle_publisher, keeper, trader):
    return deploy("MedianFeed", "ETH / USD", [oracle_publisher, keeper, trader], 2, AGE)


def test_a_round_is_as_late_as_the_report_that_completes_the_quorum(
    median, later, oracle_publisher, keeper, trader
):
    first = later()
    receipt = median.transmit(2_990 * FEED, first, sender=oracle_publisher)
    assert event_of(receipt, median.Reported).waiting == 1
    assert median.latestRound() == 0
    second = later(30)
    receipt = median.transmit(3_011 * FEED, second, sender=keeper)
    log = event_of(receipt, median.PriceUpdated)
    assert (log.answer, log.observedAt) == (3_000.5 * FEED, first)
    assert median.usedUpTo() == second
    receipt = median.transmit(1 * FEED, second, sender=trader)
    assert event_of(receipt, median.Reported).waiting == 0, "each round needs its own reports"
    assert tuple(median.reportOf(trader)) == (FEED, second)


def test_a_liar_moves_the_median_no_further_than_its_neighbour(
    median, later, owner, oracle_publisher, keeper, trader
):
    median.setQuorum(3, sender=owner)
    now = later()
    for publisher, dollars in ((oracle_publisher, 2_999), (keeper, 1), (trader, 3_001)):
        median.transmit(dollars * FEED, now, sender=publisher)
    assert median.latestAnswer() == 2_999 * FEED


def test_old_foreign_and_repeated_reports_are_refused(median, later, stranger, oracle_publisher):
    now = later()
    with reverts(median.Unauthorized, caller=stranger.address):
        median.transmit(FEED, now, sender=stranger)
    with reverts(median.ReportTooOld, observedAt=now - AGE - 5, maxReportAge=AGE):
        median.transmit(FEED, now - AGE - 5, sender=oracle_publisher)
    with reverts(median.ObservationInFuture):
        median.transmit(FEED, now + 90, sender=oracle_publisher)
    with reverts(median.AnswerNotPositive, answer=0):
        median.transmit(0, now, sender=oracle_publisher)
    median.transmit(FEED, now, sender=oracle_publisher)
    with reverts(median.ObservationNotNewer, observedAt=now, lastObservedAt=now):
        median.transmit(FEED, now, sender=oracle_publisher)


def test_publishers_and_quorum_fit_together(median, owner, keeper, trader, stranger, deploy):
    median.setPublisher(keeper, False, sender=owner)
    assert keeper.address not in median.publishers()
    assert len(median.publishers()) == 2
    for wrong in (
        lambda: median.setPublisher(trader, False, sender=owner),
        lambda: median.setPublisher(trader, True, sender=owner),
        lambda: median.setPublisher(stranger, False, sender=owner),
        lambda: median.setQuorum(0, sender=owner),
        lambda: median.setQuorum(3, sender=owner),
        lambda: deploy("MedianFeed", "x", [owner], 1, 0),
    ):
        with reverts(median.InvalidConfiguration):
            wrong()


@pytest.fixture(scope="session")
def pool(deploy, owner):
    weth, usdc = deploy("MockWETH"), deploy("MockUSDC")
    amm = deploy("SpotAmm", weth, usdc, 0)
    for token in (weth, usdc):
        token.mint(owner, 10**26, sender=owner)
        token.approve(amm, 2**256 - 1, sender=owner)
    amm.addLiquidity(1_000 * ETHER, 3_000_000 * USDC, 0, owner, sender=owner)
    return SimpleNamespace(amm=amm, weth=weth, usdc=usdc)


def test_an_average_lags_the_pool_by_its_window(chain, pool, deploy, owner, stranger):
    """600 s at 3,000 and then 300 s at about 2,700 give 2,900."""
    feed = deploy("TwapFeed", "ETH / USD", pool.amm, WINDOW, PERIOD)
    start = chain.blocks.head.timestamp
    chain.pending_timestamp = start + 600
    pool.amm.swapExactIn(pool.weth, 5_409 * ETHER // 100, 0, owner, sender=owner)
    after = pool.amm.spotPrice() // 10**10
    assert after == pytest.approx(2_700 * FEED, rel=1e-4)
    chain.pending_timestamp = start + 900
    receipt = feed.poke(sender=stranger)
    log = event_of(receipt, feed.Averaged)
    assert log.windowSeconds == 900
    assert log.answer == pytest.approx(2_900 * FEED, rel=1e-4)
    assert feed.latestRoundData()[1:3] == (log.answer, start + 900)
    chain.pending_timestamp = start + 900 + PERIOD - 1
    assert not feed.poke(sender=stranger).decode_logs(feed.Averaged)


def test_an_average_needs_a_price_and_sensible_spans(pool, deploy):
    empty = deploy("SpotAmm", pool.weth, pool.usdc, 0)
    feed = deploy("TwapFeed", "ETH / USD", pool.amm, WINDOW, PERIOD)
    with reverts(feed.NoPrice):
        deploy("TwapFeed", "ETH / USD", empty, WINDOW, PERIOD)
    for window, period in ((0, 1), (86_401, 3_600), (60, 0), (60, 61), (650, 10)):
        with reverts(feed.InvalidConfiguration):
            deploy("TwapFeed", "ETH / USD", pool.amm, window, period)


def test_a_clamped_feed_reports_the_bound_instead_of_refusing(deploy, oracle_publisher, later):
    feed = deploy(
        "ClampedPushFeed", "LUNA / USD", FEED // 10, 100 * FEED, 3_600, 1, [oracle_publisher]
    )
    feed.transmit(FEED // 100, later(), sender=oracle_publisher)
    assert feed.latestAnswer() == FEED // 10, "0.01 is reported as 0.10"
    feed.transmit(500 * FEED, later(), sender=oracle_publisher)
    assert feed.latestAnswer() == 100 * FEED
    with reverts(feed.AnswerNotPositive, answer=0):
        feed.transmit(0, later(), sender=oracle_publisher)
