"""Exact model of one option market: series, positions, marks, margin and the price of a trade.

It holds no cash: ``model_option_trading.py`` joins it with the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_black_scholes import OptionInputs, greeks, prices
from floodline.protocols.reference.model_expiry import ExpiryModel
from floodline.protocols.reference.model_math import (
    ModelRevert,
    div_truncated,
    div_up,
    mul_wad,
    mul_wad_up,
)
from floodline.protocols.reference.model_surface import SurfaceModel

MAX_LEGS = 12
"""Options that one account may hold."""


class OptionParameters(NamedTuple):
    """Everything that can be tuned on an option market (Solidity ``OptionParameters``)."""

    spread: int
    """What a trade pays on top of the model price on either side, WAD ratio of that price."""
    fee_ratio: int
    """Fee, WAD ratio of notional (size times spot)."""
    fee_cap: int
    """Upper bound of that fee, WAD ratio of the premium."""
    vega_fee: int
    """Fee per option, WAD USD, at a vega utilisation of 1."""
    min_delta: int
    """A position grows only while the call's delta is between this and its complement, WAD."""
    max_series_size: int
    """Largest open interest of one side of a series, WAD."""
    max_net_vega: int
    """Largest net vega of the vault, WAD USD per 1.00 of volatility."""
    cutoff: int
    """Trading ends this long before expiry, seconds."""
    min_size: int
    """Smallest size of a position, WAD."""
    initial_ratio: int
    """Initial margin of a writer at the money, WAD ratio of spot."""
    initial_floor: int
    """Least initial margin of a writer, WAD ratio of spot."""
    maintenance_ratio: int
    """Maintenance margin of a writer, WAD ratio of spot."""
    locked_ratio: int
    """Capital the vault locks per option that it is short, WAD ratio of spot."""
    fund_fee_share: int
    """Share of fees that goes to the insurance fund, WAD."""
    close_shock: int
    """Volatility's factor in a liquidation, WAD."""


@dataclass
class SeriesModel:
    """One listed option with the open interest of its traders."""

    strike: int
    """WAD USD."""
    expiry: int
    """Seconds."""
    is_call: bool
    long: int = 0
    """WAD."""
    short: int = 0
    """WAD."""

    @property
    def key(self) -> tuple[int, int]:
        """Its point on the surface."""
        return self.strike, self.expiry

    @property
    def net(self) -> int:
        """What traders hold, net, WAD."""
        return self.long - self.short

    def payoff(self, price: int) -> int:
        """Return what one option pays at a settlement price, WAD USD."""
        return max(price - self.strike if self.is_call else self.strike - price, 0)


class Mark(NamedTuple):
    """What one option is worth now (Solidity ``OptionMark``)."""

    id: int
    price: int
    """WAD USD."""
    delta: int
    """WAD."""
    vega: int
    """WAD USD per 1.00 of volatility."""
    volatility: int
    """WAD; zero after expiry."""
    settled: bool


class Ticket(NamedTuple):
    """What a trade is charged and does to the vault."""

    price: int
    """WAD USD an option."""
    fee: int
    """WAD USD."""
    volatility: int
    """WAD."""
    call_delta: int
    """WAD."""
    vega_before: int
    """The vault's net vega, WAD USD."""
    vega_after: int
    """WAD USD."""


def writer_margin_up(
    p: OptionParameters, spot: int, strike: int, mark: int, *, is_call: bool
) -> tuple[int, int]:
    """Return initial and maintenance margin of a writer per option, WAD USD, rounded up.

    Deribit's standard rule less the mark, which equity carries already. A call on 3,000 struck at
    3,300 with 15, 10 and 7.5 %: 300 and 225.
    """
    out = max(strike - spot if is_call else spot - strike, 0)
    initial = max(mul_wad_up(spot, p.initial_ratio) - out, mul_wad_up(spot, p.initial_floor), 0)
    maintenance = mul_wad_up(spot if is_call else max(spot, mark), p.maintenance_ratio)
    return max(initial, maintenance), maintenance


@dataclass
class OptionMarketModel:
    """One option market.

    Parameters
    ----------
    parameters : OptionParameters
        The market's.
    surface : SurfaceModel
        Where volatility comes from.
    expiries : ExpiryModel
        Where settlement prices come from.

    """

    parameters: OptionParameters
    surface: SurfaceModel
    expiries: ExpiryModel
    series: list[SeriesModel] = field(default_factory=list)
    sizes: dict[str, dict[int, int]] = field(default_factory=dict)
    """Signed size (WAD) by series and account; only what is not zero."""

    def held(self, account: str) -> dict[int, int]:
        """Return an account's positions, in the order of the series."""
        return dict(sorted(self.sizes.get(account, {}).items()))

    @property
    def open_series(self) -> list[int]:
        """The series with open interest."""
        return [i for i, s in enumerate(self.series) if s.long or s.short]

    def settlement(self, series: SeriesModel, now_s: int) -> int | None:
        """Return the payoff of a series, WAD USD; None while the settlement price is unknown."""
        if series.expiry > now_s:
            return None
        price = self.expiries.price_of(series.expiry)
        return None if price is None else series.payoff(price)

    def marks(
        self, ids: Iterable[int], now_s: int, read_spot: Callable[[], int], *, fresh: bool
    ) -> tuple[list[Mark], int]:
        """Return what series are worth and spot, WAD USD (zero where it is not needed).

        Parameters
        ----------
        ids : iterable of int
            The series.
        now_s : int
            Seconds.
        read_spot : callable
            Reads the price, or reverts; called only where it is needed.
        fresh : bool
            Whether volatility is refused for age.

        """
        chosen = sorted(ids)
        payoffs = {i: self.settlement(self.series[i], now_s) for i in chosen}
        if all(payoff is not None for payoff in payoffs.values()):
            return [Mark(i, payoffs[i] or 0, 0, 0, 0, settled=True) for i in chosen], 0
        spot = read_spot()
        if fresh and any(self.series[i].expiry > now_s for i in chosen):
            self.surface.require_fresh(now_s)
        found: list[Mark] = []
        for i in chosen:
            payoff = payoffs[i]
            if payoff is not None:
                found.append(Mark(i, payoff, 0, 0, 0, settled=True))
            else:
                found.append(self._mark(i, now_s, spot))
        return found, spot

    def valuation(
        self, account: str, now_s: int, read_spot: Callable[[], int], *, fresh: bool
    ) -> tuple[int, int, int]:
        """Return an account's value (rounded down), initial and maintenance margin, WAD USD."""
        held = self.held(account)
        found, spot = self.marks(held, now_s, read_spot, fresh=fresh)
        exact = initial = maintenance = 0
        for mark in found:
            size = held[mark.id]
            exact += size * mark.price
            if mark.settled:
                continue
            if size > 0:
                initial += mul_wad(size, mark.price)
                maintenance += mul_wad(size, mark.price)
                continue
            series = self.series[mark.id]
            im, mm = writer_margin_up(
                self.parameters, spot, series.strike, mark.price, is_call=series.is_call
            )
            initial += mul_wad_up(-size, im)
            maintenance += mul_wad_up(-size, mm)
        return exact // WAD, initial, maintenance

    def exposure(self, now_s: int, read_spot: Callable[[], int], *, fresh: bool) -> tuple[int, int]:
        """Return the vault's debt to traders and its locked capital, WAD USD, rounded up."""
        found, spot = self.marks(self.open_series, now_s, read_spot, fresh=fresh)
        nets = {mark.id: self.series[mark.id].net for mark in found}
        exact = sum(nets[mark.id] * mark.price for mark in found)
        short = sum(max(nets[mark.id], 0) for mark in found if not mark.settled)
        locked = mul_wad_up(mul_wad_up(short, spot), self.parameters.locked_ratio)
        return div_up(exact, WAD), locked

    def net_vega_exact(self, found: Iterable[Mark]) -> int:
        """Return the vault's net vega, WAD * WAD."""
        return -sum(self.series[mark.id].net * mark.vega for mark in found)

    def ticket(
        self,
        index: int,
        size_delta: int,
        now_s: int,
        read_spot: Callable[[], int],
        capital: Callable[[], int],
    ) -> Ticket:
        """Return what a trade would be charged; the surface is not moved yet.

        Parameters
        ----------
        index, size_delta : int
            The series and the signed options, WAD.
        now_s : int
            Seconds.
        read_spot, capital : callable
            Read the price and the vault's capital (WAD USD), or revert.

        """
        if size_delta == 0:
            raise ModelRevert("ZeroSize")
        if index >= len(self.series):
            raise ModelRevert("UnknownSeries", index)
        p, series = self.parameters, self.series[index]
        closed_at = series.expiry - min(p.cutoff, series.expiry)
        if now_s >= closed_at:
            raise ModelRevert("TradingClosed", index, closed_at)
        chosen = {*self.open_series, index}
        found, spot = self.marks(chosen, now_s, read_spot, fresh=True)
        exact = self.net_vega_exact(found)
        own = next(mark.vega for mark in found if mark.id == index)
        before = div_truncated(exact, WAD)
        after = div_truncated(exact - size_delta * own, WAD)
        behind = capital() if abs(after) > abs(before) else 0

        sigma = self.surface.preview(spot, series.key, size_delta, now_s)
        rate = self.surface.state.rate
        left = series.expiry - now_s
        call, put, delta = prices(OptionInputs(spot, series.strike, sigma, left, rate))
        model = call if series.is_call else put
        spread = mul_wad_up(model, p.spread)
        price = model + spread if size_delta > 0 else model - spread
        size = abs(size_delta)
        fee = min(
            mul_wad_up(mul_wad_up(size, spot), p.fee_ratio),
            mul_wad_up(mul_wad(size, price), p.fee_cap),
        )
        if behind:
            used = div_up(mul_wad_up(sigma, abs(after)) * p.vega_fee, behind)
            fee += mul_wad_up(size, used)
        return Ticket(price, fee, sigma, delta, before, after)

    def closing_price(
        self, index: int, now_s: int, read_spot: Callable[[], int], *, is_short: bool
    ) -> int:
        """Return the price at which an engine closes a position, WAD USD an option."""
        series = self.series[index]
        if series.expiry <= now_s:
            raise ModelRevert("SeriesExpired", index)
        spot = read_spot()
        self.surface.require_fresh(now_s)
        sigma = self.surface.volatility(spot, series.key, now_s)
        shock = self.parameters.close_shock
        shocked = mul_wad_up(sigma, shock) if is_short else sigma * WAD // shock
        left, rate = series.expiry - now_s, self.surface.state.rate
        call, put, _ = prices(OptionInputs(spot, series.strike, shocked, left, rate))
        return call if series.is_call else put

    def set_size(self, account: str, index: int, new_size: int) -> None:
        """Change what an account holds."""
        held = self.sizes.setdefault(account, {})
        old, series = held.get(index, 0), self.series[index]
        series.long += max(new_size, 0) - max(old, 0)
        series.short += max(-new_size, 0) - max(-old, 0)
        held[index] = new_size
        if new_size == 0:
            del held[index]

    def require_room(self, index: int, ticket: Ticket, *, long: bool) -> None:
        """Revert as the contract does where a position may not grow."""
        p, series = self.parameters, self.series[index]
        if ticket.call_delta < p.min_delta or ticket.call_delta + p.min_delta > WAD:
            raise ModelRevert("DeltaOutOfBounds", ticket.call_delta, p.min_delta)
        if (series.long if long else series.short) > p.max_series_size:
            raise ModelRevert("OpenInterestCapExceeded", index, long, p.max_series_size)
        vega = abs(ticket.vega_after)
        if vega > p.max_net_vega and vega > abs(ticket.vega_before):
            raise ModelRevert("NetVegaCapExceeded", vega, p.max_net_vega)

    def _mark(self, index: int, now_s: int, spot: int) -> Mark:
        series = self.series[index]
        left = max(series.expiry - now_s, 0)
        sigma = self.surface.volatility(spot, series.key, now_s) if left else 0
        rate = self.surface.state.rate
        g = greeks(OptionInputs(spot, series.strike, sigma or WAD, left, rate))
        price = g.call if series.is_call else g.put
        delta = g.call_delta - (0 if series.is_call else WAD)
        return Mark(index, price, delta, g.vega, sigma, settled=False)
