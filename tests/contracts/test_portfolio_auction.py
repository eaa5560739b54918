"""PortfolioAuction: who is put up, who may bid, who is paid; prices are held by the machine."""

import pytest
from conftest import NO_LIMIT, STRICT, USDC, event_of, reverts

from floodline.foundation.units import WAD, wad
from floodline.protocols.reference.model_auction_math import AuctionKind, AuctionParameters

RULES = AuctionParameters(
    kind=int(AuctionKind.PHASED),
    fast_seconds=900,
    fast_start=wad("0.95"),
    fast_end=wad("0.7"),
    slow_seconds=43_200,
    insolvent_seconds=3_600,
    top=wad("1.2"),
    cut=wad("0.99"),
    step_seconds=90,
    tail_seconds=8_400,
    cusp=wad("0.4"),
    buffer_ratio=wad("0.15"),
    fee_ratio=wad("0.1"),
    tip=wad(5),
    chip=wad("0.001"),
    dust_notional=wad(1_000),
    hole=wad(10_000_000),
    perps_by_chunks=False,
)


BACKER, HAIRCUT = 1, 3
"""Stages of the waterfall."""


@pytest.fixture
def auction(venue, deploy, owner):
    contract = deploy("PortfolioAuction", venue.house, venue.hub, venue.waterfall, tuple(RULES))
    venue.house.setEngine(contract, True, sender=owner)
    return contract


@pytest.fixture
def change(auction, owner):
    """Set some parameters."""

    def to(**values):
        auction.setParameters(tuple(RULES._replace(**values)), sender=owner)

    return to


@pytest.fixture
def bidder(venue, other_trader):
    venue.house.deposit(100_000 * USDC, sender=other_trader)
    return other_trader


def test_only_accounts_below_maintenance_are_put_up(
    auction, venue, long_trader, keeper, push_price
):
    with reverts(auction.NotLiquidatable, account=long_trader.address):
        auction.start(long_trader, sender=keeper)
    push_price(2_750)
    equity, _, maintenance = venue.house.status(long_trader, STRICT)
    receipt = auction.start(long_trader, sender=keeper)
    log = event_of(receipt, auction.AuctionStarted)
    assert (log.account, log.keeper) == (long_trader.address, keeper.address)
    assert log.notional == wad(82_500)
    assert log.maintenance == maintenance
    assert log.equity == pytest.approx(equity, rel=1e-6)
    assert venue.house.cashOf(keeper) == log.reward == wad("87.5")
    with reverts(auction.AuctionLive, account=long_trader.address):
        auction.start(long_trader, sender=keeper)


def test_a_start_pays_what_the_fund_has_and_nothing_for_dust(
    auction, venue, long_trader, keeper, push_price, change, owner
):
    change(tip=wad(1_000_000))
    push_price(2_750)
    before = venue.fund.available()
    log = event_of(auction.start(long_trader, sender=keeper), auction.AuctionStarted)
    assert log.reward == before
    assert venue.fund.available() == 0


def test_dust_earns_its_keeper_nothing(auction, long_trader, keeper, push_price, change):
    change(dust_notional=wad(82_501))
    push_price(2_750)
    assert event_of(auction.start(long_trader, sender=keeper), auction.AuctionStarted).reward == 0


def test_no_more_than_the_hole_is_under_auction(auction, long_trader, keeper, push_price, change):
    change(hole=wad(82_499))
    push_price(2_750)
    with reverts(auction.HoleFull, notional=wad(82_500), hole=wad(82_499)):
        auction.start(long_trader, sender=keeper)


def test_accounts_of_perpetuals_can_be_left_to_chunks(
    auction, long_trader, keeper, push_price, change
):
    change(perps_by_chunks=True)
    push_price(2_750)
    with reverts(auction.LeftToChunks, account=long_trader.address):
        auction.start(long_trader, sender=keeper)


def test_a_bid_takes_its_share_and_pays_account_and_fund(
    auction, venue, long_trader, keeper, bidder, push_price
):
    push_price(2_750)
    auction.start(long_trader, sender=keeper)
    fund, cash = venue.fund.available(), venue.house.cashOf(bidder)
    receipt = auction.bid(long_trader, wad("0.1"), NO_LIMIT, sender=bidder)
    log = event_of(receipt, auction.AuctionBid)
    assert (log.account, log.bidder, log.share) == (long_trader.address, bidder.address, wad("0.1"))
    assert log.remaining == wad("0.9")
    assert venue.market.positionOf(bidder).size == wad(3)
    assert venue.market.positionOf(long_trader).size == wad(27)
    assert log.price / log.given == pytest.approx(0.95, rel=1e-3)
    assert log.fee == pytest.approx(log.given // 10, abs=2)
    assert venue.fund.available() - fund == log.fee
    assert venue.house.cashOf(bidder) - cash == log.given - log.price
    assert auction.auctionOf(long_trader).reserved == log.price - log.fee


def test_a_bidder_names_the_most_it_pays_and_needs_initial_margin(
    auction, venue, long_trader, keeper, bidder, stranger, push_price
):
    push_price(2_750)
    auction.start(long_trader, sender=keeper)
    with reverts(auction.BidTooExpensive, maxPrice=wad(10)):
        auction.bid(long_trader, WAD, wad(10), sender=bidder)
    with reverts(auction.InsufficientMargin):
        auction.bid(long_trader, WAD, NO_LIMIT, sender=stranger)
    assert auction.auctionOf(long_trader).remaining == WAD


def test_neither_the_account_nor_the_house_may_bid(
    auction, venue, long_trader, keeper, bidder, liquidity_provider, push_price
):
    with reverts(auction.AuctionNotLive, account=long_trader.address):
        auction.bid(long_trader, WAD, NO_LIMIT, sender=bidder)
    push_price(2_750)
    auction.start(long_trader, sender=keeper)
    for who, share in ((long_trader, WAD), (liquidity_provider, WAD), (bidder, 0)):
        with reverts(auction.InvalidBid, bidder=who.address, share=share):
            auction.bid(long_trader, share, NO_LIMIT, sender=who)


def test_prices_must_be_strictly_fresh(auction, venue, long_trader, keeper, push_price, chain):
    observed = push_price(2_750)
    chain.mine(timestamp=observed + 3_661)
    with reverts(venue.hub.StalePrice, observedAt=observed):
        auction.start(long_trader, sender=keeper)


def test_only_a_run_that_is_over_is_reset(auction, long_trader, keeper, push_price):
    push_price(2_750)
    auction.start(long_trader, sender=keeper)
    with reverts(auction.AuctionNeedsNoReset, account=long_trader.address):
        auction.reset(long_trader, sender=keeper)
    push_price(2_600)
    log = event_of(auction.reset(long_trader, sender=keeper), auction.AuctionReset)
    assert log.insolvent
    push_price(2_745)
    log = event_of(auction.reset(long_trader, sender=keeper), auction.AuctionReset)
    assert not log.insolvent
    assert auction.auctionOf(long_trader).insolventAt == 0


def test_what_nobody_pays_a_bidder_is_recorded(
    auction, venue, long_trader, keeper, bidder, push_price, owner
):
    auction.setParameters(tuple(RULES._replace(tip=wad(20_000))), sender=owner)
    push_price(2_600)
    auction.start(long_trader, sender=keeper)
    assert venue.fund.available() == 0
    receipt = auction.bid(long_trader, WAD, 0, sender=bidder)
    sale = event_of(receipt, auction.AuctionBid)
    log = event_of(receipt, venue.waterfall.DeficitCovered)
    stages = [(one.stage, one.amount) for one in receipt.decode_logs(venue.waterfall.StagePaid)]
    assert stages == [(BACKER, log.vault), (HAIRCUT, log.haircut)]
    assert log.shortfall == -sale.price == log.vault + log.haircut
    assert (log.fund, log.adl) == (0, 0)
    assert log.vault == log.shortfall // 2
    assert venue.house.recordedDeficit() == log.haircut
    assert venue.house.cashOf(auction) == 0
    ended = event_of(receipt, auction.AuctionEnded)
    assert ended.emptied


def test_a_quote_of_nothing_is_empty(auction, trader):
    assert tuple(auction.quote(trader)) == (False, False, False, 0, 0, 0)


@pytest.mark.parametrize(
    "values",
    [
        {"fast_start": WAD + 1},
        {"fast_end": wad("0.96")},
        {"slow_seconds": 0},
        {"insolvent_seconds": 0},
        {"top": WAD - 1},
        {"cut": WAD},
        {"step_seconds": 0},
        {"tail_seconds": 0},
        {"cusp": WAD + 1},
        {"buffer_ratio": WAD + 1},
        {"fee_ratio": wad("0.51")},
        {"chip": wad("0.11")},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_parameter_out_of_bounds_is_refused(auction, change, values):
    with reverts(auction.OutOfBounds):
        change(**values)


def test_parameters_belong_to_the_owner(auction, stranger):
    with reverts(auction.OwnableUnauthorizedAccount):
        auction.setParameters(tuple(RULES), sender=stranger)
    assert auction.parameters().fastSeconds == 900
