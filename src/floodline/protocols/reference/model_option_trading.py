"""Exact model of a house that trades perpetuals and options: trades, margin, settlement, closing.

`OptionModel` adds one option market, its vault and scenario margin to `ReferenceModel`; each method
does what the contract function of that name does, or raises `ModelRevert` and changes nothing.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from floodline.foundation.units import WAD
from floodline.protocols.reference.model import (
    LiquidationOutcome,
    ReferenceModel,
    Tolerance,
)
from floodline.protocols.reference.model_expiry import Round
from floodline.protocols.reference.model_math import (
    ModelRevert,
    mul_wad,
    mul_wad_up,
    reward_due,
)
from floodline.protocols.reference.model_options import (
    MAX_LEGS,
    Mark,
    OptionMarketModel,
    SeriesModel,
    Ticket,
)
from floodline.protocols.reference.model_portfolio import (
    LegKind,
    PortfolioLeg,
    ScenarioParameters,
    requirement,
)
from floodline.protocols.reference.model_surface import SurfaceState
from floodline.protocols.reference.model_waterfall import Covered

MAX_ACCOUNTS = 32
"""Most accounts that one settlement call may name."""
PRODUCT = "options"
"""The option market's name among the products an account is active in."""


class OptionLiquidationParameters(NamedTuple):
    """How options are closed (Solidity ``OptionLiquidationParameters``)."""

    close_factor: int
    """Share closed while equity is at least half of maintenance, WAD."""
    penalty_ratio: int
    """Penalty to the insurance fund, WAD ratio of the closed options' notional."""
    flag_reward_ratio: int
    """Keeper's share of the closed options' notional, WAD."""


@dataclass(kw_only=True)
class OptionModel(ReferenceModel):
    """The whole protocol with options on one asset.

    Parameters
    ----------
    options : OptionMarketModel
        The market.
    option_asset : str
        The feed that prices the asset.
    vault : str
        Ledger account on the other side of option traders.
    option_liquidation : OptionLiquidationParameters
        How options are closed.
    scenarios : ScenarioParameters
        Of portfolio margin.

    """

    options: OptionMarketModel
    option_asset: str
    vault: str
    option_liquidation: OptionLiquidationParameters
    scenarios: ScenarioParameters
    capped: bool = False
    """Whether scenario margin is at most the sum of isolated margins."""
    rounds: dict[str, list[Round]] = field(default_factory=dict)
    """Rounds of each feed, oldest first."""

    # ---- actions --------------------------------------------------------------------------------

    def transmit(self, asset: str, answer_e8: int, observed_at: int) -> None:
        """Publish a price and keep its round."""
        super().transmit(asset, answer_e8, observed_at)
        kept = self.rounds.setdefault(asset, [])
        kept.append(Round(self.feeds[asset].price, observed_at))

    def push_surface(self, state: SurfaceState, observed_at: int) -> None:
        """Say what volatility and interest are."""
        self.options.surface.push(state, observed_at, self.now_s)

    def list_series(self, strike: int, expiry: int, *, is_call: bool) -> int:
        """List an option and return its number."""
        self.options.series.append(SeriesModel(strike, expiry, is_call))
        return len(self.options.series) - 1

    def trade_option(self, account: str, index: int, size_delta: int, limit: int) -> Ticket:
        """Buy from or sell to the vault; return what was charged."""
        with self.atomic("option trade"):
            return self._trade_option(account, index, size_delta, limit)

    def fix_price(self, expiry: int, max_rounds: int) -> bool:
        """Fix a settlement price, or read part of the way; return whether it is known."""
        landing = 0
        if self.options.expiries.window == 0 and self.now_s >= expiry:
            landing = self.price(self.option_asset, Tolerance.DEFAULT)
        rounds = self.rounds.get(self.option_asset, [])
        return self.options.expiries.fix(expiry, max_rounds, self.now_s, rounds, landing)

    def settle_accounts(self, accounts: Sequence[str]) -> int:
        """Turn expired positions into cash; return how many."""
        if len(accounts) > MAX_ACCOUNTS:
            raise ModelRevert("TooManyAccounts", len(accounts), MAX_ACCOUNTS)
        settled = 0
        for account in accounts:
            for index, size in self.options.held(account).items():
                payoff = self.options.settlement(self.options.series[index], self.now_s)
                if payoff is None:
                    continue
                self._set_size(account, index, 0)
                self.ledger.settle(account, size * payoff // WAD, self.vault)
                settled += 1
        return settled

    def cover_shortfall(self, account: str) -> Covered:
        """Cover the debt of an account without positions."""
        backers = (self.ledger.counterparty, *self.ledger.vaults)
        if self.ledger.has_positions(account) or account in backers:
            raise ModelRevert("ShortfallNotDue", account)
        return self.waterfall.cover(self.ledger, account, self.now_s)

    def liquidate_option(
        self, keeper: str, account: str, index: int, gas_price: int
    ) -> LiquidationOutcome:
        """Close part of an option position, pay the keeper, charge the penalty, cover a debt."""
        with self.atomic("option liquidation"):
            return self._liquidate_option(keeper, account, index, gas_price)

    def transfer_options(self, source: str, taker: str, share: int) -> None:
        """Move a share of every option at the strict mark (an engine's call)."""
        with self.atomic("option transfer"):
            self._transfer_options(source, taker, share)

    def hand_over(self, source: str, taker: str, share: int) -> None:
        """Move a share of every position, options included, to another account."""
        super().hand_over(source, taker, share)
        if self.options.held(source):
            self._transfer_options(source, taker, share)

    def set_portfolio_margin(self, account: str, *, on: bool) -> None:
        """Choose between summed margins and scenario margin."""
        before = set(self.portfolio_margin)
        (self.portfolio_margin.add if on else self.portfolio_margin.discard)(account)
        try:
            self._require_initial_margin(account, Tolerance.DEFAULT)
        except ModelRevert:
            self.portfolio_margin = before
            raise

    # ---- reads ----------------------------------------------------------------------------------

    def status(
        self,
        account: str,
        tolerance: Tolerance = Tolerance.ANY,
        prices: Mapping[str, int] | None = None,
    ) -> tuple[int, int, int]:
        """Return equity, initial and maintenance margin, options included, WAD USD."""
        equity, initial, maintenance = super().status(account, tolerance, prices)

        def spot() -> int:
            if prices is not None:
                return prices[self.option_asset]
            return self.price(self.option_asset, tolerance)

        if PRODUCT in self.ledger.active.get(account, set()):
            fresh = tolerance is not Tolerance.ANY
            value, im, mm = self.options.valuation(account, self.now_s, spot, fresh=fresh)
            equity, initial, maintenance = equity + value, initial + im, maintenance + mm
        if account in self.portfolio_margin:
            asked, least = self.portfolio_requirement(account, tolerance, prices)
            initial = min(initial, asked) if self.capped else asked
            maintenance = min(maintenance, least) if self.capped else least
        return equity, initial, maintenance

    def portfolio_requirement(
        self,
        account: str,
        tolerance: Tolerance = Tolerance.ANY,
        prices: Mapping[str, int] | None = None,
    ) -> tuple[int, int]:
        """Return initial and maintenance margin by scenarios, WAD USD."""
        legs = self.legs(account)
        if len(legs) > MAX_LEGS:
            raise ModelRevert("TooManyLegs", account, len(legs), MAX_LEGS)
        return self.requirement_of(legs, tolerance, prices)

    def requirement_of(
        self,
        legs: Sequence[PortfolioLeg],
        tolerance: Tolerance = Tolerance.ANY,
        prices: Mapping[str, int] | None = None,
    ) -> tuple[int, int]:
        """Return initial and maintenance margin by scenarios of any legs, WAD USD."""
        assets = dict.fromkeys(leg.asset for leg in legs)
        by_asset = [
            (
                [leg for leg in legs if leg.asset == asset],
                prices[asset] if prices is not None else self.price(asset, tolerance),
                self.options.surface if asset == self.option_asset else None,
            )
            for asset in assets
        ]
        return requirement(by_asset, self.now_s, self.scenarios)

    def legs(self, account: str) -> list[PortfolioLeg]:
        """Return an account's positions in all products, in their order."""
        found = super().legs(account)
        for index, size in self.options.held(account).items():
            series = self.options.series[index]
            if self.options.settlement(series, self.now_s) is None:
                kind = LegKind.CALL if series.is_call else LegKind.PUT
                leg = PortfolioLeg(kind, self.option_asset, size, series.strike, series.expiry)
                found.append(leg)
        return found

    def vault_status(self, tolerance: Tolerance = Tolerance.ANY) -> tuple[int, int]:
        """Return the option vault's equity and locked capital, WAD USD."""
        equity, _, _ = self.status(self.vault, tolerance)
        debt, locked = self.options.exposure(
            self.now_s,
            lambda: self.price(self.option_asset, tolerance),
            fresh=tolerance is not Tolerance.ANY,
        )
        return equity - debt, locked

    # ---- internal -------------------------------------------------------------------------------

    @contextmanager
    def atomic(self, action: str) -> Iterator[None]:
        """Undo everything after a revert, options included."""
        options = copy.deepcopy(self.options)
        try:
            with super().atomic(action):
                yield
        except ModelRevert:
            self.options = options
            raise

    def _trade_option(self, account: str, index: int, size_delta: int, limit: int) -> Ticket:
        if account in (self.vault, self.ledger.fund):
            raise ModelRevert("Unauthorized", account)
        market = self.options

        def spot() -> int:
            return self.price(self.option_asset, Tolerance.DEFAULT)

        ticket = market.ticket(index, size_delta, self.now_s, spot, self._capital)
        market.surface.move(spot(), market.series[index].key, size_delta, self.now_s)
        price = ticket.price
        if price > limit if size_delta > 0 else price < limit:
            raise ModelRevert("AcceptablePriceExceeded", price, limit)
        old = market.held(account).get(index, 0)
        new = old + size_delta
        grows = abs(new) > abs(old) or old * new < 0
        before = 0 if grows else self._shortfall(account)

        self._set_size(account, index, new)
        self.ledger.settle(account, -size_delta * price // WAD, self.vault)
        self.ledger.collect(account, ticket.fee, market.parameters.fund_fee_share, self.vault)
        if 0 < abs(new) < market.parameters.min_size:
            raise ModelRevert("DustPosition", abs(new), market.parameters.min_size)
        if grows:
            market.require_room(index, ticket, long=new > 0)
            self._require_few_legs(account)
            equity, locked = self.vault_status(Tolerance.DEFAULT)
            if equity < locked:
                raise ModelRevert("CounterpartyCapacityExceeded", locked, equity)
            self._require_initial_margin(account, Tolerance.DEFAULT)
        else:
            self._require_not_worse(account, before)
        return ticket

    def _transfer_options(self, source: str, taker: str, share: int) -> None:
        held = self.options.held(source)
        found, _ = self._marks(held, Tolerance.STRICT)
        for mark in found:
            size = held[mark.id]
            part = mul_wad_up(abs(size), share) * (1 if size > 0 else -1)
            worth = part * mark.price // WAD
            self._set_size(source, mark.id, size - part)
            taken = self.options.held(taker).get(mark.id, 0)
            self._set_size(taker, mark.id, taken + part)
            self.ledger.settle(source, worth, self.vault)
            self.ledger.settle(taker, -worth, self.vault)
        self._require_few_legs(taker)

    def _liquidate_option(
        self, keeper: str, account: str, index: int, gas_price: int
    ) -> LiquidationOutcome:
        closed = self._wanted_options(account, index)
        size = self.options.held(account)[index]
        delta = closed if size < 0 else -closed

        def spot() -> int:
            return self.price(self.option_asset, Tolerance.STRICT)

        price = self.options.closing_price(index, self.now_s, spot, is_short=size < 0)
        self._set_size(account, index, size + delta)
        self.ledger.settle(account, -delta * price // WAD, self.vault)

        notional, rules = mul_wad_up(closed, spot()), self.option_liquidation
        margin = max(self.status(account, Tolerance.STRICT)[0], 0)
        gas_asset_price = self.price(self.gas_asset)
        due = reward_due(notional, rules.flag_reward_ratio, gas_price, gas_asset_price, self.keeper)
        from_margin = min(due, mul_wad(margin, self.keeper.margin_scaling))
        self.ledger.move(account, keeper, from_margin)
        reward = from_margin + self.ledger.cover(keeper, due - from_margin)
        penalty = min(mul_wad_up(notional, rules.penalty_ratio), margin - from_margin)
        self.ledger.collect(account, penalty, WAD)
        covered = self.waterfall.cover(self.ledger, account, self.now_s)
        return LiquidationOutcome(closed, reward, penalty, covered)

    def _wanted_options(self, account: str, index: int) -> int:
        equity, _, maintenance = self.status(account, Tolerance.STRICT)
        if equity >= maintenance:
            raise ModelRevert("NotLiquidatable", account, equity, maintenance)
        held = self.options.held(account)
        size = held.get(index, 0)
        if size == 0:
            raise ModelRevert("NoPosition", account, index)
        options = [leg for leg in self.legs(account) if leg.kind is not LegKind.PERP]
        if size > 0 and any(leg.size < 0 for leg in options):
            raise ModelRevert("ShortsFirst", account)
        if 2 * equity < maintenance:
            return abs(size)
        part = mul_wad_up(abs(size), self.option_liquidation.close_factor)
        left = abs(size) - part
        return abs(size) if left < self.options.parameters.min_size else part

    def _set_size(self, account: str, index: int, new_size: int) -> None:
        self.options.set_size(account, index, new_size)
        active = self.ledger.active.setdefault(account, set())
        (active.add if self.options.held(account) else active.discard)(PRODUCT)

    def _marks(self, ids: Mapping[int, int], tolerance: Tolerance) -> tuple[list[Mark], int]:
        return self.options.marks(
            ids,
            self.now_s,
            lambda: self.price(self.option_asset, tolerance),
            fresh=tolerance is not Tolerance.ANY,
        )

    def _capital(self) -> int:
        equity, locked = self.vault_status(Tolerance.DEFAULT)
        if equity <= 0:
            raise ModelRevert("CounterpartyCapacityExceeded", locked, equity)
        return equity

    def _require_few_legs(self, account: str) -> None:
        if len(self.options.held(account)) > MAX_LEGS:
            raise ModelRevert("TooManyLegs", account, MAX_LEGS)
