"""AsyncOrders: the window, the price's time, the limit, the escrow, and who may call."""

import pytest
from ape.utils import ZERO_ADDRESS
from conftest import ETH, NO_LIMIT, USDC, event_of, reverts

from floodline.foundation.units import GWEI, WAD, wad
from floodline.protocols.reference.model_orders import OrderParameters, keeper_pay

FEE = wad(60)
RULES = OrderParameters(
    settlement_delay=12,
    settlement_window=120,
    price_delay=12,
    price_tolerance=3_660,
    cancel_delay=60,
    min_keeper_fee=wad(1),
    settlement_gas=500_000,
    profit_ratio=wad("0.3"),
    gas_asset=ETH,
    refund_unused=True,
)


@pytest.fixture
def orders(venue, deploy, owner, trader):
    module = deploy("AsyncOrders", venue.house, venue.hub, tuple(RULES))
    venue.house.setEngine(module, True, sender=owner)
    venue.house.deposit(10_000 * USDC, sender=trader)
    return module


@pytest.fixture
def committed(orders, venue, trader):
    """A waiting order for one ETH; returns when it was committed."""
    receipt = orders.commit(venue.market, wad(1), wad(3_100), FEE, sender=trader)
    return event_of(receipt, orders.OrderCommitted).commitTime


def test_a_commitment_escrows_its_fee_and_opens_nothing(orders, venue, trader):
    receipt = orders.commit(venue.market, wad(1), wad(3_100), FEE, sender=trader)
    log = event_of(receipt, orders.OrderCommitted)
    assert (log.orderId, log.account, log.market) == (1, trader.address, venue.market.address)
    assert (log.sizeDelta, log.acceptablePrice, log.keeperFee) == (wad(1), wad(3_100), FEE)
    assert venue.house.cashOf(trader) == wad(10_000) - FEE
    assert venue.house.cashOf(orders) == FEE
    assert venue.market.positionOf(trader).size == 0
    assert tuple(orders.orderOf(trader)) == (
        1,
        venue.market.address,
        wad(1),
        wad(3_100),
        FEE,
        log.commitTime,
    )
    assert orders.orderCount() == 1


def test_a_settlement_fills_pays_the_keeper_and_returns_the_rest(
    orders, venue, trader, keeper, committed, chain
):
    chain.mine(timestamp=committed + 20)
    receipt = orders.settle(trader, sender=keeper)
    log = event_of(receipt, orders.OrderSettled)
    fill = event_of(receipt, venue.market.Traded)
    assert (log.account, log.keeper, log.fillPrice) == (
        trader.address,
        keeper.address,
        fill.fillPrice,
    )
    assert log.delay == receipt.timestamp - committed
    assert venue.market.positionOf(trader).size == wad(1)
    paid = keeper_pay(FEE, receipt.gas_price, wad(3_000), RULES)
    assert venue.house.cashOf(keeper) == log.keeperFee == paid < FEE
    assert venue.house.cashOf(orders) == 0
    assert venue.house.cashOf(trader) == wad(10_000) - paid - fill.fee
    assert orders.orderOf(trader).id == 0


def test_before_the_window_nobody_can_settle(orders, venue, trader, keeper, committed, chain):
    chain.pending_timestamp = committed + 11
    with reverts(orders.SettlementWindowNotOpen, opensAt=committed + 12):
        orders.settle(trader, sender=keeper)


def test_after_the_window_the_order_can_only_be_returned(
    orders, venue, trader, keeper, stranger, committed, chain
):
    with reverts(orders.SettlementWindowOpen, closesAt=committed + 132):
        orders.expire(trader, sender=stranger)
    chain.mine(timestamp=committed + 140)
    with reverts(orders.SettlementWindowExpired, closedAt=committed + 132):
        orders.settle(trader, sender=keeper)
    log = event_of(orders.expire(trader, sender=stranger), orders.OrderExpired)
    assert (log.orderId, log.account, log.refund) == (1, trader.address, FEE)
    assert venue.house.cashOf(trader) == wad(10_000)


def test_a_price_from_before_the_commitment_is_refused_where_prices_are_pulled(
    orders, venue, owner, trader, keeper, push_price, chain
):
    strict = RULES._replace(price_tolerance=0)
    orders.setParameters(tuple(strict), sender=owner)
    observed = push_price(3_010)
    receipt = orders.commit(venue.market, wad(1), wad(3_100), FEE, sender=trader)
    not_before = event_of(receipt, orders.OrderCommitted).commitTime + 12
    chain.mine(timestamp=not_before)
    with reverts(orders.PriceTooEarly, observedAt=observed, notBefore=not_before):
        orders.settle(trader, sender=keeper)
    fresh = push_price(3_020)
    log = event_of(orders.settle(trader, sender=keeper), orders.OrderSettled)
    assert log.observedAt == fresh
    assert log.fillPrice > wad(3_020)


def test_beyond_the_limit_a_keeper_may_cancel_and_is_paid(
    orders, venue, trader, keeper, committed, push_price, chain
):
    chain.mine(timestamp=committed + 12)
    with reverts(orders.LimitNotExceeded, acceptablePrice=wad(3_100)):
        orders.cancel(trader, sender=keeper)
    push_price(3_200)
    with reverts(venue.market.AcceptablePriceExceeded, limit=wad(3_100)):
        orders.settle(trader, sender=keeper)
    log = event_of(orders.cancel(trader, sender=keeper), orders.OrderCancelled)
    assert (log.account, log.by) == (trader.address, keeper.address)
    assert venue.house.cashOf(keeper) == log.keeperFee > 0
    assert venue.house.cashOf(trader) == wad(10_000) - log.keeperFee


def test_a_trader_may_cancel_after_a_while_for_nothing(
    orders, venue, trader, stranger, committed, chain
):
    with reverts(orders.CancelTooEarly, allowedAt=committed + 60):
        orders.cancel(trader, sender=trader)
    chain.mine(timestamp=committed + 60)
    log = event_of(orders.cancel(trader, sender=trader), orders.OrderCancelled)
    assert (log.by, log.keeperFee) == (trader.address, 0)
    assert venue.house.cashOf(trader) == wad(10_000)
    with reverts(orders.NoPendingOrder, account=trader.address):
        orders.cancel(trader, sender=trader)


def test_one_order_an_account_and_an_expired_one_makes_room(
    orders, venue, trader, committed, chain
):
    with reverts(orders.PendingOrderExists, account=trader.address):
        orders.commit(venue.btc_market, wad("0.1"), NO_LIMIT, FEE, sender=trader)
    chain.mine(timestamp=committed + 133)
    receipt = orders.commit(venue.btc_market, wad("0.1"), NO_LIMIT, FEE, sender=trader)
    assert event_of(receipt, orders.OrderExpired).orderId == 1
    assert event_of(receipt, orders.OrderCommitted).orderId == 2
    assert venue.house.cashOf(orders) == FEE


def test_an_order_that_margin_does_not_allow_stays_until_it_expires(
    orders, venue, trader, keeper, chain
):
    receipt = orders.commit(venue.market, wad(100), NO_LIMIT, FEE, sender=trader)
    chain.mine(timestamp=event_of(receipt, orders.OrderCommitted).commitTime + 12)
    with reverts(orders.InsufficientMargin):
        orders.settle(trader, sender=keeper)
    assert orders.orderOf(trader).id == 1


def test_an_escrow_must_come_out_of_free_margin(orders, venue, trader):
    with reverts(orders.KeeperFeeTooLow, keeperFee=wad(1) - 1, minKeeperFee=wad(1)):
        orders.commit(venue.market, wad(1), NO_LIMIT, wad(1) - 1, sender=trader)
    with reverts(orders.InsufficientMargin, equity=-wad(1)):
        orders.commit(venue.market, wad(1), NO_LIMIT, wad(10_001), sender=trader)
    venue.market.trade(wad(60), NO_LIMIT, sender=trader)
    equity, _, maintenance = venue.house.status(trader, 1)
    with reverts(orders.InsufficientMargin):
        orders.commit(venue.market, -wad(1), 0, equity - maintenance + WAD, sender=trader)


def test_orders_name_a_market_a_size_and_a_trader(orders, venue, trader, liquidity_provider):
    with reverts(orders.ZeroSize):
        orders.commit(venue.market, 0, NO_LIMIT, FEE, sender=trader)
    with reverts(orders.UnknownMarket, market=venue.usdc.address):
        orders.commit(venue.usdc, wad(1), NO_LIMIT, FEE, sender=trader)
    with reverts(orders.Unauthorized, caller=liquidity_provider.address):
        orders.commit(venue.market, wad(1), NO_LIMIT, FEE, sender=liquidity_provider)


def test_a_market_can_take_orders_in_two_steps_only(
    orders, venue, owner, trader, keeper, committed, chain
):
    venue.market.setDelayedOnly(True, sender=owner)
    with reverts(venue.market.OrdersAreDelayed):
        venue.market.trade(wad(1), NO_LIMIT, sender=trader)
    chain.mine(timestamp=committed + 12)
    orders.settle(trader, sender=keeper)
    assert venue.market.positionOf(trader).size == wad(1)


@pytest.mark.parametrize("gwei", [0, 1, 20, 100])
def test_keeper_pay_follows_gas_up_to_the_escrow(orders, gwei):
    for refund in (True, False):
        rules = RULES._replace(refund_unused=refund)
        orders.setParameters(tuple(rules), sender=orders.owner())
        due = keeper_pay(FEE, gwei * GWEI, wad(3_000), rules)
        assert orders.keeperPay(FEE, gwei * GWEI) == due
        assert due == FEE if not refund else due == min(FEE, max(wad(1), wad(gwei * 39) // 20))


def test_parameters_have_bounds_and_an_owner(orders, owner, stranger):
    with reverts(orders.OwnableUnauthorizedAccount):
        orders.setParameters(tuple(RULES), sender=stranger)
    for change in (
        {"settlement_delay": 86_401},
        {"settlement_window": 0},
        {"price_delay": 13},
        {"price_tolerance": 604_801},
        {"cancel_delay": 604_801},
        {"min_keeper_fee": wad(1_000_001)},
        {"settlement_gas": 30_000_001},
        {"profit_ratio": wad(11)},
    ):
        with reverts(orders.OutOfBounds):
            orders.setParameters(tuple(RULES._replace(**change)), sender=owner)
    receipt = orders.setParameters(tuple(RULES._replace(settlement_window=90)), sender=owner)
    event_of(receipt, orders.OrderParametersSet)
    assert orders.parameters().settlementWindow == 90
    assert orders.orderOf(ZERO_ADDRESS).id == 0
