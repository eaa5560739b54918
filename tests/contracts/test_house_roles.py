"""Who may act on accounts, who backs a product, and whose margin rules apply."""

import pytest
from ape.utils import ZERO_ADDRESS
from conftest import ANY, BTC, NO_LIMIT, USDC, event_of, reverts

from floodline.foundation.units import WAD, wad


@pytest.fixture
def engine(venue, owner, stranger):
    """An account that the house lets act on accounts."""
    receipt = venue.house.setEngine(stranger, True, sender=owner)
    log = event_of(receipt, venue.house.EngineSet)
    assert (log.engine, log.allowed) == (stranger.address, True)
    return stranger


@pytest.fixture
def model(venue, deploy, owner):
    double = deploy("MarginModelDouble")
    receipt = venue.house.setMarginModel(double, sender=owner)
    assert event_of(receipt, venue.house.MarginModelSet).model == double.address
    return double


def test_without_a_model_there_is_no_portfolio_margin(venue, trader):
    with reverts(venue.house.NoMarginModel):
        venue.house.setPortfolioMargin(True, sender=trader)


def test_an_account_that_opted_in_is_margined_by_the_model(venue, model, long_trader):
    equity, initial, maintenance = venue.house.status(long_trader, ANY)
    model.set(wad(700), wad(500), sender=long_trader)
    receipt = venue.house.setPortfolioMargin(True, sender=long_trader)
    log = event_of(receipt, venue.house.PortfolioMarginSet)
    assert (log.account, log.on) == (long_trader.address, True)
    assert venue.house.portfolioMargin(long_trader)
    assert tuple(venue.house.status(long_trader, ANY))[1:] == (wad(700), wad(500))
    assert venue.house.status(long_trader, ANY)[0] == pytest.approx(equity, abs=WAD)
    venue.house.setPortfolioMargin(False, sender=long_trader)
    assert tuple(venue.house.requirement(long_trader, ANY)) == (initial, maintenance)


def test_the_choice_of_margin_must_leave_the_account_solvent(venue, model, long_trader):
    model.set(wad(10_001), wad(10_000), sender=long_trader)
    with reverts(venue.house.InsufficientMargin, required=wad(10_001)):
        venue.house.setPortfolioMargin(True, sender=long_trader)


def test_a_product_may_have_a_backer_of_its_own(
    venue, deploy, owner, trader, other_trader, liquidity_provider
):
    parameters = tuple(venue.profile.markets["BTC"].parameters())
    second = deploy("PerpMarket", venue.house, venue.hub, BTC, parameters)
    receipt = venue.house.registerProduct(second, other_trader, sender=owner)
    assert event_of(receipt, venue.house.ProductRegistered).backer == other_trader.address
    assert venue.house.counterpartyOf(second) == other_trader
    assert venue.house.counterpartyOf(venue.market) == liquidity_provider
    venue.house.deposit(100_000 * USDC, sender=other_trader)
    venue.house.deposit(10_000 * USDC, sender=trader)
    pool = venue.house.cashOf(liquidity_provider)

    receipt = second.trade(wad("0.5"), NO_LIMIT, sender=trader)
    fee = event_of(receipt, second.Traded).fee
    assert venue.house.cashOf(other_trader) == wad(100_000) + fee - fee // 10
    assert venue.house.cashOf(liquidity_provider) == pool
    equity, locked = venue.house.counterpartyStatus(other_trader, ANY)
    assert locked == wad(3_000)
    assert equity == venue.house.cashOf(other_trader) - second.marketDebt()
    assert venue.house.counterpartyStatus(liquidity_provider, ANY)[1] == 0
    with reverts(venue.house.CounterpartyCapacityExceeded, required=wad(3_000)):
        venue.house.withdraw(98_000 * USDC, sender=other_trader)
    with reverts(second.Unauthorized, caller=other_trader.address):
        second.trade(wad(1), NO_LIMIT, sender=other_trader)
    venue.btc_market.trade(wad("0.1"), NO_LIMIT, sender=other_trader)


def test_only_engines_trade_close_and_transfer_for_accounts(venue, stranger, long_trader):
    calls = (
        (venue.market.tradeFor, (long_trader, wad(-1), 0, 0)),
        (venue.market.closeAt, (long_trader, wad(1), wad(3_000))),
        (venue.market.closeForLiquidation, (long_trader, wad(1))),
        (venue.market.transferShare, (long_trader, stranger, WAD)),
    )
    for function, arguments in calls:
        with reverts(venue.market.Unauthorized, caller=stranger.address):
            function(*arguments, sender=stranger)


def test_where_orders_are_delayed_only_engines_fill_them(venue, engine, owner, long_trader):
    receipt = venue.market.setDelayedOnly(True, sender=owner)
    assert event_of(receipt, venue.market.DelayedOnlySet).on
    with reverts(venue.market.OrdersAreDelayed):
        venue.market.trade(wad(1), NO_LIMIT, sender=long_trader)
    receipt = venue.market.tradeFor(long_trader, wad(1), NO_LIMIT, wad(3_001), sender=engine)
    log = event_of(receipt, venue.market.Traded)
    assert (log.account, log.oraclePrice) == (long_trader.address, wad(3_001))
    assert venue.market.positionOf(long_trader).size == wad(31)


def test_an_engines_fill_obeys_limit_and_margin(venue, engine, long_trader):
    with reverts(venue.market.AcceptablePriceExceeded, limit=wad(3_000)):
        venue.market.tradeFor(long_trader, wad(1), wad(3_000), 0, sender=engine)
    with reverts(venue.market.InsufficientMargin):
        venue.market.tradeFor(long_trader, wad(100), NO_LIMIT, 0, sender=engine)


def test_closing_at_another_price_costs_the_difference_on_what_is_closed(
    venue, engine, long_trader, liquidity_provider
):
    before = venue.house.equity(long_trader, ANY)
    pool = venue.house.counterpartyStatus(liquidity_provider, ANY)[0]
    venue.market.closeAt(long_trader, wad(10), wad(2_950), sender=engine)
    assert venue.market.positionOf(long_trader).size == wad(20)
    assert venue.house.equity(long_trader, ANY) == pytest.approx(before - wad(500), abs=wad("0.1"))
    assert venue.house.counterpartyStatus(liquidity_provider, ANY)[0] == pytest.approx(
        pool + wad(500), abs=wad("0.1")
    )
    with reverts(venue.market.NoPosition, account=long_trader.address):
        venue.market.closeAt(long_trader, wad(21), wad(2_950), sender=engine)


def test_a_transferred_share_leaves_its_worth_behind(venue, engine, long_trader, other_trader):
    venue.house.deposit(50_000 * USDC, sender=other_trader)
    venue.market.trade(-wad(4), 0, sender=other_trader)
    worth = {who: venue.house.equity(who, ANY) for who in (long_trader, other_trader)}
    venue.market.transferShare(long_trader, other_trader, wad("0.2"), sender=engine)
    assert venue.market.positionOf(long_trader).size == wad(24)
    assert venue.market.positionOf(other_trader).size == wad(2)
    for who, equity in worth.items():
        assert venue.house.equity(who, ANY) == pytest.approx(equity, abs=wad("0.1"))
    assert venue.market.totalSize() == wad(26)
    assert venue.market.skew() == wad(26)
    venue.market.transferShare(other_trader, long_trader, WAD, sender=engine)
    assert not venue.house.hasPositions(other_trader)


def test_legs_name_a_position_in_the_terms_of_every_product(venue, long_trader, stranger):
    (leg,) = venue.market.legs(long_trader)
    assert (leg.kind, leg.asset, leg.size) == (0, venue.market.asset(), wad(30))
    assert (leg.strike, leg.expiry) == (0, 0)
    assert len(venue.market.legs(stranger)) == 0


def test_a_backer_is_nobody_with_another_role(venue, deploy, owner):
    parameters = tuple(venue.profile.markets["BTC"].parameters())
    second = deploy("PerpMarket", venue.house, venue.hub, BTC, parameters)
    with reverts(venue.house.AccountInUse, account=venue.fund.address):
        venue.house.registerProduct(second, venue.fund, sender=owner)
    with reverts(venue.house.InvalidParameter):
        venue.house.setMarginModel(ZERO_ADDRESS, sender=owner)
