"""Exact model of orders in two steps: committed by a trader, settled by any keeper.

The twin of ``AsyncOrders.sol``. It works on a `ReferenceModel`, whose ledger holds the escrow and
whose markets fill the orders.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from floodline.foundation.units import WAD
from floodline.protocols.reference.model import ReferenceModel, Tolerance
from floodline.protocols.reference.model_math import ModelRevert, fill_price, mul_wad, mul_wad_up

ESCROW = "order_escrow"
"""Name of the ledger account that holds keeper fees of waiting orders."""


class OrderParameters(NamedTuple):
    """When orders settle and what keepers get (Solidity struct of that name)."""

    settlement_delay: int
    """Least time from commitment to settlement, seconds."""
    settlement_window: int
    """How long an order can be settled after that, seconds."""
    price_delay: int
    """Time from commitment to the price that the order is meant for, seconds."""
    price_tolerance: int
    """How much older than that the observation may be, seconds."""
    cancel_delay: int
    """Age from which a trader may cancel an order, seconds."""
    min_keeper_fee: int
    """Least fee that an order must escrow, WAD USD."""
    settlement_gas: int
    """Gas budget of one settlement, gas."""
    profit_ratio: int
    """Keeper's profit over gas cost where the fee follows it, WAD ratio."""
    gas_asset: bytes
    """Asset id whose price converts gas cost to USD."""
    refund_unused: bool
    """Whether the keeper gets gas cost and profit and the trader the rest, or the keeper all."""


class ModelOrder(NamedTuple):
    """A waiting order."""

    order_id: int
    market: str
    size_delta: int
    acceptable_price: int
    keeper_fee: int
    commit_time: int


def keeper_pay(
    escrow: int, gas_price: int, gas_asset_price: int, parameters: OrderParameters
) -> int:
    """Return what a keeper is paid out of an escrow, WAD USD.

    ``min(escrow, max(min_fee, gas * gas_price * asset_price * (1 + profit)))`` where unused escrow
    goes back, else all of it. 500,000 gas at 20 gwei and 3,000 USD cost 30 USD: with 30 % profit 39
    are paid out of 60; at 100 gwei 195 would be due and 60 are paid.

    Parameters
    ----------
    escrow : int
        WAD USD.
    gas_price : int
        Wei.
    gas_asset_price : int
        WAD USD per 1e18 wei.
    parameters : OrderParameters
        The module's.

    """
    if not parameters.refund_unused:
        return escrow
    cost = mul_wad_up(parameters.settlement_gas * gas_price, gas_asset_price)
    due = max(parameters.min_keeper_fee, mul_wad(cost, WAD + parameters.profit_ratio))
    return min(escrow, due)


@dataclass
class OrdersModel:
    """Waiting orders, at most one an account.

    Parameters
    ----------
    protocol : ReferenceModel
        Ledger, markets and prices.
    parameters : OrderParameters
        The module's.

    """

    protocol: ReferenceModel
    parameters: OrderParameters
    orders: dict[str, ModelOrder] = field(default_factory=dict)
    count: int = 0
    """How many orders have been committed."""

    # ---- actions --------------------------------------------------------------------------------

    def commit(
        self, account: str, market: str, size_delta: int, acceptable_price: int, keeper_fee: int
    ) -> int:
        """Take an order and escrow its fee; return its number."""
        given, ledger = self.parameters, self.protocol.ledger
        if size_delta == 0:
            raise ModelRevert("ZeroSize")
        if keeper_fee < given.min_keeper_fee:
            raise ModelRevert("KeeperFeeTooLow", keeper_fee, given.min_keeper_fee)
        if account in (ledger.counterparty, ledger.fund):
            raise ModelRevert("Unauthorized", account)
        with self._atomic():
            old = self.orders.get(account)
            if old is not None:
                if self.protocol.now_s <= self.closes_at(old):
                    raise ModelRevert("PendingOrderExists", account)
                self._refund(account)
            ledger.move(account, ESCROW, keeper_fee)
            equity, _, maintenance = self.protocol.status(account, Tolerance.DEFAULT)
            if equity < maintenance:
                raise ModelRevert("InsufficientMargin", equity, maintenance)
        self.count += 1
        now_s = self.protocol.now_s
        order = ModelOrder(self.count, market, size_delta, acceptable_price, keeper_fee, now_s)
        self.orders[account] = order
        return self.count

    def settle(self, keeper: str, account: str, gas_price: int) -> tuple[int, int]:
        """Fill an order; return its price and the keeper's pay, WAD USD."""
        order = self._pending(account)
        self._require_open(order)
        self._require_timely(order)
        fill = self.protocol.trade(account, order.market, order.size_delta, order.acceptable_price)
        return fill, self._release(keeper, account, gas_price)

    def cancel(self, sender: str, account: str, gas_price: int) -> int:
        """Give an order up; return what a keeper is paid for it, WAD USD."""
        order, now_s = self._pending(account), self.protocol.now_s
        if sender == account:
            allowed_at = order.commit_time + self.parameters.cancel_delay
            if now_s < allowed_at:
                raise ModelRevert("CancelTooEarly", now_s, allowed_at)
            self._refund(account)
            return 0
        self._require_open(order)
        self._require_timely(order)
        market = self.protocol.markets[order.market]
        price = self.protocol.price(order.market, Tolerance.DEFAULT)
        fill = fill_price(market.skew, order.size_delta, price, market.parameters.skew_scale)
        limit = order.acceptable_price
        if not (fill > limit if order.size_delta > 0 else fill < limit):
            raise ModelRevert("LimitNotExceeded", fill, limit)
        return self._release(sender, account, gas_price)

    def expire(self, account: str) -> int:
        """Return the escrow of an order whose window has closed, WAD USD."""
        closes_at = self.closes_at(self._pending(account))
        if self.protocol.now_s <= closes_at:
            raise ModelRevert("SettlementWindowOpen", self.protocol.now_s, closes_at)
        return self._refund(account)

    # ---- reads ----------------------------------------------------------------------------------

    def opens_at(self, order: ModelOrder) -> int:
        """Return the first second in which an order can be settled."""
        return order.commit_time + self.parameters.settlement_delay

    def closes_at(self, order: ModelOrder) -> int:
        """Return the last second in which an order can be settled."""
        return self.opens_at(order) + self.parameters.settlement_window

    # ---- internal -------------------------------------------------------------------------------

    @contextmanager
    def _atomic(self) -> Iterator[None]:
        cash, orders = dict(self.protocol.ledger.cash), dict(self.orders)
        try:
            yield
        except ModelRevert:
            self.protocol.ledger.cash, self.orders = cash, orders
            raise

    def _pending(self, account: str) -> ModelOrder:
        order = self.orders.get(account)
        if order is None:
            raise ModelRevert("NoPendingOrder", account)
        return order

    def _require_open(self, order: ModelOrder) -> None:
        now_s = self.protocol.now_s
        if now_s < self.opens_at(order):
            raise ModelRevert("SettlementWindowNotOpen", now_s, self.opens_at(order))
        if now_s > self.closes_at(order):
            raise ModelRevert("SettlementWindowExpired", now_s, self.closes_at(order))

    def _require_timely(self, order: ModelOrder) -> None:
        observed_at = self.protocol.feeds[order.market].observed_at
        wanted = order.commit_time + self.parameters.price_delay
        not_before = max(wanted - self.parameters.price_tolerance, 0)
        if observed_at < not_before:
            raise ModelRevert("PriceTooEarly", observed_at, not_before)

    def _release(self, keeper: str, account: str, gas_price: int) -> int:
        escrow = self.orders.pop(account).keeper_fee
        price = self.protocol.price(self.protocol.gas_asset)
        paid = keeper_pay(escrow, gas_price, price, self.parameters)
        self.protocol.ledger.move(ESCROW, keeper, paid)
        self.protocol.ledger.move(ESCROW, account, escrow - paid)
        return paid

    def _refund(self, account: str) -> int:
        escrow = self.orders.pop(account).keeper_fee
        self.protocol.ledger.move(ESCROW, account, escrow)
        return escrow
