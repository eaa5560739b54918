"""Exact-integer model of the reference protocol: what the contracts do, in Python.

It is the oracle of the differential tests and the place to ask "what if" (health at another price)
without a chain. Every public method either does what the contract function of that name does, or
raises `ModelRevert` with the contract's error and leaves the model unchanged.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_deleveraging import (
    Deleverage,
    Rule,
    deleverage,
    nominate,
)
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
from floodline.protocols.reference.model_portfolio import LegKind, PortfolioLeg
from floodline.protocols.reference.model_prices import FEED_SCALE, ModelFeed, Tolerance
from floodline.protocols.reference.model_waterfall import NOTHING, Covered, Waterfall

__all__ = ["FEED_SCALE", "LiquidationOutcome", "ModelFeed", "ReferenceModel", "Tolerance"]


class LiquidationOutcome(NamedTuple):
    """What one liquidation did, WAD."""

    size_closed: int
    reward: int
    penalty: int
    covered: Covered
    waits: bool = False
    """Whether the account was left for deleveraging."""


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
    waterfall : Waterfall
        Who pays for what accounts cannot.

    """

    ledger: Ledger
    markets: dict[str, MarketModel]
    feeds: dict[str, ModelFeed]
    keeper: KeeperParameters
    gas_asset: str
    waterfall: Waterfall
    now_s: int = 0
    """Timestamp of the block that the next action is in, seconds."""
    block: int = 0
    """Number of that block."""
    nominees: dict[tuple[str, bool], list[str]] = field(default_factory=dict)
    """Winners pointed out, by market and whether they are long."""
    portfolio_margin: set[str] = field(default_factory=set)
    """Accounts that chose scenario margin, where there are options."""
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
        with self.atomic("deposit"):
            self.ledger.deposit(account, amount)

    def withdraw(self, account: str, amount: int) -> None:
        """Take token units (6 decimals) out, if the gate, margin and capacity allow."""
        with self.atomic("withdraw"):
            self.ledger.pay_out(account, amount, self.now_s)
            if account == self.ledger.counterparty:
                self._require_capacity(Tolerance.STRICT)
            elif self.ledger.active.get(account):
                self._require_initial_margin(account, Tolerance.STRICT)

    def trade(self, account: str, market: str, size_delta: int, acceptable_price: int) -> int:
        """Fill an order and return its price, WAD USD."""
        with self.atomic("trade"):
            return self._trade(account, market, size_delta, acceptable_price)

    def poke_funding(self, market: str) -> None:
        """Bring a market's funding up to now."""
        with self.atomic("poke"):
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
        with self.atomic("liquidate"):
            return self._liquidate(keeper, account, market, gas_price)

    def deleverage(
        self,
        account: str,
        market: str,
        candidates: Sequence[str],
        rule: Rule,
        address_of: dict[str, int],
    ) -> Deleverage:
        """Close a waiting account's position against winners at its bankruptcy price."""
        with self.atomic("deleverage"):
            return deleverage(self, account, market, candidates, rule, address_of)

    def nominate(self, account: str, market: str) -> None:
        """Point out a winner that a deleveraging must not pass over."""
        nominate(self, account, market)

    # ---- for the model's parts ------------------------------------------------------------------

    def close_at(self, account: str, name: str, size_abs: int, price: int) -> None:
        """Close part of a position at a price that an engine names."""
        market = self.markets[name]
        market.update_funding(self.now_s, self.price(name, Tolerance.STRICT))
        size = market.position(account).size
        if not 0 < size_abs <= abs(size):
            raise ModelRevert("NoPosition", account)
        self._rebase(account, name, size - size_abs if size > 0 else size + size_abs, price)

    def hand_over(self, source: str, taker: str, share: int) -> None:
        """Move a share of every position to another account at the strict mark (an engine's)."""
        for name, market in self.markets.items():
            size = market.position(source).size
            if size == 0:
                continue
            price = self.price(name, Tolerance.STRICT)
            market.update_funding(self.now_s, price)
            taken = mul_wad_up(abs(size), share)
            left = size - taken if size > 0 else size + taken
            self._rebase(source, name, left, price)
            self._rebase(taker, name, market.position(taker).size + size - left, price)

    @contextmanager
    def atomic(self, action: str) -> Iterator[None]:
        """Undo everything after a revert; count the action after a success."""
        before = copy.deepcopy((self.ledger, self.markets, self.waterfall))
        try:
            yield
        except ModelRevert:
            self.ledger, self.markets, self.waterfall = before
            raise
        self.done[action] = self.done.get(action, 0) + 1

    # ---- reads ----------------------------------------------------------------------------------

    def legs(self, account: str) -> list[PortfolioLeg]:
        """Return an account's positions in all products, in their order."""
        active = self.ledger.active.get(account, set())
        return [
            PortfolioLeg(LegKind.PERP, name, market.position(account).size)
            for name, market in self.markets.items()
            if name in active
        ]

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
        equity, _, maintenance = self.status(account, Tolerance.STRICT)
        wanted = self._wanted_chunk(account, name, equity, maintenance)
        if equity < 0 and self.waterfall.open(self.ledger, account, -equity, self.now_s):
            return LiquidationOutcome(0, 0, 0, NOTHING, waits=True)
        closed = market.take_capacity(name, wanted, self.now_s, self.block)
        price = self.price(name, Tolerance.STRICT)
        market.update_funding(self.now_s, price)
        size = market.position(account).size
        self._rebase(account, name, size - closed if size > 0 else size + closed, price)

        notional = mul_wad_up(closed, price)
        margin, limit = self._chargeable(account, market, maintenance)
        due = reward_due(
            notional,
            market.parameters.flag_reward_ratio,
            gas_price,
            self.price(self.gas_asset),
            self.keeper,
        )
        from_margin = min(due, limit)
        self.ledger.move(account, keeper, from_margin)
        from_fund = self.ledger.cover(keeper, due - from_margin)
        rules = market.liquidation
        full_penalty = mul_wad_up(
            mul_wad_up(notional, rules.penalty_ratio), rules.penalty_fund_share
        )
        penalty = min(full_penalty, margin - from_margin)
        self.ledger.collect(account, penalty, WAD)
        covered = self.waterfall.cover(self.ledger, account, self.now_s)
        return LiquidationOutcome(closed, from_margin + from_fund, penalty, covered)

    def _chargeable(
        self, account: str, market: MarketModel, maintenance_before: int
    ) -> tuple[int, int]:
        """Return what may be taken of an account, and what of it may go to the keeper, WAD USD.

        With the spiral guard no more than the maintenance margin that the chunk freed: 30,000
        closed at 3 % free 900.
        """
        equity, _, maintenance = self.status(account, Tolerance.STRICT)
        margin = max(equity, 0)
        limit = mul_wad(margin, self.keeper.margin_scaling)
        if market.liquidation.spiral_guard:
            margin = min(margin, max(maintenance_before - maintenance, 0))
            limit = min(limit, margin)
        return margin, limit

    def _wanted_chunk(self, account: str, name: str, equity: int, maintenance: int) -> int:
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
