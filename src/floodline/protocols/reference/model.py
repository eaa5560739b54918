"""Exact-integer model of the reference protocol: what the contracts do, in Python.

It is the oracle of the differential tests and the place to ask "what if" (health at another price)
without a chain. Every public method either does what the contract function of that name does, or
raises `ModelRevert` with the contract's error and leaves the model unchanged.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_ledger import Ledger
from floodline.protocols.reference.model_market import MarketModel
from floodline.protocols.reference.model_math import (
    ModelRevert,
    fill_price,
    mul_wad,
    mul_wad_up,
    order_fee_up,
    reward_due,
)
from floodline.protocols.reference.model_parameters import KeeperParameters

FEED_SCALE = 10**10
"""WAD per unit of an 8-decimal feed."""


class Tolerance(IntEnum):
    """How old a price may be, numbered as in Solidity."""

    ANY = 0
    DEFAULT = 1
    STRICT = 2


@dataclass
class ModelFeed:
    """An asset's newest price and when it is refused."""

    min_price: int
    max_price: int
    max_age_default: int
    max_age_strict: int
    price: int = 0
    """WAD USD."""
    observed_at: int = 0
    """Seconds."""

    def read(self, asset: str, tolerance: Tolerance, now_s: int) -> int:
        """Return the price, or revert as ``OracleHub.price`` does."""
        if tolerance is Tolerance.ANY:
            return self.price
        strict = tolerance is Tolerance.STRICT
        max_age = self.max_age_strict if strict else self.max_age_default
        if now_s > self.observed_at + max_age:
            raise ModelRevert("StalePrice", asset, self.observed_at, max_age)
        if not self.min_price <= self.price <= self.max_price:
            raise ModelRevert("PriceOutOfBounds", asset, self.price)
        return self.price


class LiquidationOutcome(NamedTuple):
    """What one liquidation did, WAD."""

    size_closed: int
    reward: int
    penalty: int
    shortfall: int
    by_fund: int
    by_vault: int
    haircut: int


@dataclass
class ReferenceModel:
    """The whole protocol.

    Parameters
    ----------
    ledger : Ledger
        Cash.
    markets : dict of str to MarketModel
        By name; a market's price is the feed of the same name.
    feeds : dict of str to ModelFeed
        By asset.
    keeper : KeeperParameters
        How keepers are paid.
    gas_asset : str
        The feed that prices gas.
    vault_loss_share : int
        The counterparty's share of a shortfall left by the fund, WAD.

    """

    ledger: Ledger
    markets: dict[str, MarketModel]
    feeds: dict[str, ModelFeed]
    keeper: KeeperParameters
    gas_asset: str
    vault_loss_share: int
    now_s: int = 0
    """Timestamp of the block that the next action is in, seconds."""
    block: int = 0
    """Number of that block."""
    done: dict[str, int] = field(default_factory=dict)
    """How often each action succeeded."""

    # ---- actions --------------------------------------------------------------------------------

    def transmit(self, asset: str, answer_e8: int, observed_at: int) -> None:
        """Publish a price with 8 decimals, observed at a time not later than now."""
        feed = self.feeds[asset]
        if observed_at > self.now_s:
            raise ModelRevert("ObservationInFuture", observed_at, self.now_s)
        if observed_at <= feed.observed_at:
            raise ModelRevert("ObservationNotNewer", observed_at, feed.observed_at)
        feed.price = answer_e8 * FEED_SCALE
        feed.observed_at = observed_at

    def deposit(self, account: str, amount: int) -> None:
        """Pay token units (6 decimals) in."""
        with self._atomic("deposit"):
            self.ledger.deposit(account, amount)

    def withdraw(self, account: str, amount: int) -> None:
        """Take token units (6 decimals) out, if the gate, margin and capacity allow."""
        with self._atomic("withdraw"):
            self.ledger.pay_out(account, amount, self.now_s)
            if account == self.ledger.counterparty:
                self._require_capacity(Tolerance.STRICT)
            elif self.ledger.has_positions(account):
                self._require_initial_margin(account, Tolerance.STRICT)

    def trade(self, account: str, market: str, size_delta: int, acceptable_price: int) -> int:
        """Fill an order and return its price, WAD USD."""
        with self._atomic("trade"):
            return self._trade(account, market, size_delta, acceptable_price)

    def poke_funding(self, market: str) -> None:
        """Bring a market's funding up to now."""
        with self._atomic("poke"):
            self.markets[market].update_funding(self.now_s, self.price(market, Tolerance.DEFAULT))

    def liquidate(
        self, keeper: str, account: str, market: str, gas_price: int
    ) -> LiquidationOutcome:
        """Close a chunk, pay the keeper, charge the penalty and cover a shortfall.

        Parameters
        ----------
        keeper, account, market : str
            Who calls, whose position, where.
        gas_price : int
            Price per gas that counts as cost: the base fee, plus the tip where that switch is on.

        """
        with self._atomic("liquidate"):
            return self._liquidate(keeper, account, market, gas_price)

    # ---- reads ----------------------------------------------------------------------------------

    def price(self, asset: str, tolerance: Tolerance = Tolerance.ANY) -> int:
        """Return an asset's price, WAD USD."""
        return self.feeds[asset].read(asset, tolerance, self.now_s)

    def status(
        self,
        account: str,
        tolerance: Tolerance = Tolerance.ANY,
        prices: Mapping[str, int] | None = None,
    ) -> tuple[int, int, int]:
        """Return equity, initial and maintenance margin, WAD USD.

        Parameters
        ----------
        account : str
            Whose.
        tolerance : Tolerance
            How old the chain's prices may be.
        prices : mapping of str to int, optional
            Prices to use instead of the chain's, WAD USD: health at the true price.

        """
        equity, initial, maintenance = self.ledger.cash_of(account), 0, 0
        active = self.ledger.active.get(account, set())
        for name, market in self.markets.items():
            if name not in active:
                continue
            price = prices[name] if prices else self.price(name, tolerance)
            value, im, mm = market.valuation(account, self.now_s, price)
            equity += value
            initial += im
            maintenance += mm
        return equity, initial, maintenance

    def counterparty_status(self, tolerance: Tolerance = Tolerance.ANY) -> tuple[int, int]:
        """Return the counterparty's equity and locked capital, WAD USD."""
        equity, locked = self.ledger.cash_of(self.ledger.counterparty), 0
        for name, market in self.markets.items():
            if market.total_size:
                price = self.price(name, tolerance)
                debt, market_locked = market.exposure(self.now_s, price)
                equity -= debt
                locked += market_locked
        return equity, locked

    # ---- internal -------------------------------------------------------------------------------

    @contextmanager
    def _atomic(self, action: str) -> Iterator[None]:
        ledger, markets = copy.deepcopy(self.ledger), copy.deepcopy(self.markets)
        try:
            yield
        except ModelRevert:
            self.ledger, self.markets = ledger, markets
            raise
        self.done[action] = self.done.get(action, 0) + 1

    def _trade(self, account: str, name: str, size_delta: int, acceptable_price: int) -> int:
        if size_delta == 0:
            raise ModelRevert("ZeroSize")
        if account in (self.ledger.counterparty, self.ledger.fund):
            raise ModelRevert("Unauthorized", account)
        market = self.markets[name]
        price = self.price(name, Tolerance.DEFAULT)
        market.update_funding(self.now_s, price)
        fill = fill_price(market.skew, size_delta, price, market.parameters.skew_scale)
        fee = order_fee_up(market.skew, size_delta, fill, market.parameters)
        if fill > acceptable_price if size_delta > 0 else fill < acceptable_price:
            raise ModelRevert("AcceptablePriceExceeded", fill, acceptable_price)

        old_size = market.position(account).size
        new_size = old_size + size_delta
        grows = abs(new_size) > abs(old_size) or old_size * new_size < 0
        before = 0 if grows else self._shortfall(account)

        self._rebase(account, name, new_size, fill)
        self.ledger.collect(account, fee, market.parameters.fund_fee_share)

        notional = mul_wad(abs(new_size), price)
        if new_size and notional < market.parameters.min_notional:
            raise ModelRevert("DustPosition", notional, market.parameters.min_notional)
        if grows:
            market.require_open_interest(name, price, long=new_size > 0)
            self._require_capacity(Tolerance.DEFAULT)
            self._require_initial_margin(account, Tolerance.DEFAULT)
        else:
            self._require_not_worse(account, before)
        return fill

    def _liquidate(
        self, keeper: str, account: str, name: str, gas_price: int
    ) -> LiquidationOutcome:
        market = self.markets[name]
        wanted = self._wanted_chunk(account, name)
        closed = market.take_capacity(name, wanted, self.now_s, self.block)
        price = self.price(name, Tolerance.STRICT)
        market.update_funding(self.now_s, price)
        size = market.position(account).size
        self._rebase(account, name, size - closed if size > 0 else size + closed, price)

        notional = mul_wad_up(closed, price)
        margin = max(self.status(account, Tolerance.STRICT)[0], 0)
        due = reward_due(
            notional,
            market.parameters.flag_reward_ratio,
            gas_price,
            self.price(self.gas_asset),
            self.keeper,
        )
        from_margin = min(due, mul_wad(margin, self.keeper.margin_scaling))
        self.ledger.move(account, keeper, from_margin)
        from_fund = self.ledger.cover(keeper, due - from_margin)
        rules = market.liquidation
        full_penalty = mul_wad_up(
            mul_wad_up(notional, rules.penalty_ratio), rules.penalty_fund_share
        )
        penalty = min(full_penalty, margin - from_margin)
        self.ledger.collect(account, penalty, WAD)
        reward = from_margin + from_fund
        return LiquidationOutcome(closed, reward, penalty, *self._cover_shortfall(account))

    def _wanted_chunk(self, account: str, name: str) -> int:
        equity, _, maintenance = self.status(account, Tolerance.STRICT)
        if equity >= maintenance:
            raise ModelRevert("NotLiquidatable", account, equity, maintenance)
        market = self.markets[name]
        size = abs(market.position(account).size)
        if size == 0:
            raise ModelRevert("NoPosition", account, name)
        if 2 * equity < maintenance:
            return size
        part = mul_wad_up(size, market.liquidation.close_factor)
        left = mul_wad(size - part, self.price(name, Tolerance.STRICT))
        return size if left <= market.liquidation.dust_notional else part

    def _cover_shortfall(self, account: str) -> tuple[int, int, int, int]:
        shortfall = -self.ledger.cash_of(account)
        if self.ledger.has_positions(account) or shortfall <= 0:
            return 0, 0, 0, 0
        by_fund = self.ledger.cover(account, shortfall)
        vault = max(self.ledger.cash_of(self.ledger.counterparty), 0)
        by_vault = min(mul_wad(shortfall - by_fund, self.vault_loss_share), vault)
        self.ledger.move(self.ledger.counterparty, account, by_vault)
        return shortfall, by_fund, by_vault, self.ledger.record_deficit(account, self.now_s)

    def _rebase(self, account: str, name: str, new_size: int, price: int) -> None:
        realised = self.markets[name].rebase(account, new_size, price)
        markets = self.ledger.active.setdefault(account, set())
        change: Callable[[str], None] = markets.add if new_size else markets.discard
        change(name)
        self.ledger.settle(account, realised)

    def _shortfall(self, account: str) -> int:
        equity, _, maintenance = self.status(account, Tolerance.DEFAULT)
        return maintenance - equity

    def _require_capacity(self, tolerance: Tolerance) -> None:
        equity, locked = self.counterparty_status(tolerance)
        if equity < locked:
            raise ModelRevert("CounterpartyCapacityExceeded", locked, equity)

    def _require_initial_margin(self, account: str, tolerance: Tolerance) -> None:
        equity, initial, _ = self.status(account, tolerance)
        if equity < initial:
            raise ModelRevert("InsufficientMargin", equity, initial)

    def _require_not_worse(self, account: str, before: int) -> None:
        equity, _, maintenance = self.status(account, Tolerance.DEFAULT)
        shortfall = maintenance - equity
        worse = shortfall > 0 and shortfall > before
        if worse or (equity < 0 and not self.ledger.has_positions(account)):
            raise ModelRevert("InsufficientMargin", equity, maintenance)
