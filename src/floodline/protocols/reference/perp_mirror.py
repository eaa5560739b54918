"""Perpetuals by their events: funding, what positions are worth, and what margin allows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

from floodline.foundation.units import WAD
from floodline.protocols.book import Book
from floodline.protocols.events import FundingUpdated, MarginsSet, ProtocolEvent
from floodline.protocols.reference.mirror import Mirror
from floodline.protocols.reference.profiles import Profile
from floodline.protocols.reference.switches import MarginRule

_DAY_S: Final = 86_400
Floats = npt.NDArray[np.float64]


@dataclass
class _Funding:
    """A market's funding state, as its last event told it."""

    rate: float = 0.0
    accumulator: float = 0.0
    time_s: int = 0


class PerpMirror(Mirror):
    """The contracts' formulas of perpetuals in floating point, for all accounts at once.

    Parameters
    ----------
    profile : Profile
        All parameters.
    markets : Sequence[str]
        Markets in the order of the book's columns.
    book : Callable
        Returns cash and positions, which a reorganisation replaces.

    """

    remembers: ClassVar[tuple[str, ...]] = ("_funding", "_min_ratio", "_scalar")

    def __init__(self, profile: Profile, markets: Sequence[str], book: Callable[[], Book]) -> None:
        self._profile = profile
        self._book = book
        self._funding = {market: _Funding() for market in markets}
        given = [profile.market_parameters(market) for market in markets]

        def column(name: str) -> Floats:
            return np.array([getattr(one, name) / WAD for one in given])

        self._skew_scale = column("skew_scale")
        self._slope = column("initial_ratio_slope") / self._skew_scale
        self._min_ratio = column("min_initial_ratio")
        self._max_ratio = column("max_initial_ratio")
        self._scalar = column("maintenance_scalar")
        self._fixed_margin = column("min_position_margin")
        self.flag_ratio = column("flag_reward_ratio")
        """Keeper's share of a closed notional, by market."""
        self._min_flag = column("min_flag_reward")
        self._velocity = column("max_funding_velocity")
        self._taker_fee = column("taker_fee")
        self._oi_start = column("oi_scale_start")
        self._oi_full = column("oi_scale_full")

    # ---- what happened --------------------------------------------------------------------------

    def begin(self, time_s: int) -> None:
        """Note when the markets were deployed, Unix seconds."""
        for state in self._funding.values():
            state.time_s = time_s

    def take(self, events: Iterable[ProtocolEvent]) -> None:
        """Follow funding and the margins that a steward sets."""
        for event in events:
            if isinstance(event, FundingUpdated):
                state = self._funding[event.market]
                state.rate = event.rate_wad / WAD
                state.accumulator = event.accumulator_wad / WAD
                state.time_s = event.time_s
            elif isinstance(event, MarginsSet):
                column = self._book().market_index[event.market]
                self._min_ratio[column] = event.initial_ratio_wad / WAD
                self._scalar[column] = event.maintenance_scalar_wad / WAD

    def initial_ratio(self, market: str) -> float:
        """Return the initial margin ratio of a small position that is in force."""
        return float(self._min_ratio[self._book().market_index[market]])

    # ---- how things stand -----------------------------------------------------------------------

    def profits(self, prices_usd: Floats, time_s: float) -> Floats:
        """Return unrealised profit with funding, accounts x markets: ``size (P + F - entry)``."""
        book = self._book()
        basis = book.entry_price + book.entry_funding
        level = prices_usd + self._accumulators(prices_usd, time_s)
        return np.asarray(book.size * (level - basis))

    def maintenance(self, prices_usd: Floats) -> Floats:
        """Return maintenance margin, accounts x markets: ``N ratio scalar + fixed + reward``."""
        absolute = np.abs(self._book().size)
        notional = absolute * prices_usd
        ratio = np.minimum(absolute * self._slope + self._min_ratio, self._max_ratio)
        fixed = self._fixed_margin + np.maximum(notional * self.flag_ratio, self._min_flag)
        return np.asarray(notional * ratio * self._scalar + np.where(absolute > 0, fixed, 0.0))

    def rates(self, time_s: float) -> Floats:
        """Return each market's funding rate at a time, ``rate + velocity days``, a day.

        A velocity of 9 a day per day at full skew and a hundredth of it for an hour add
        ``9 * 0.01 / 24`` = 0.375 % a day.
        """
        rate, velocity, days = self._course(time_s)
        return np.asarray(rate + velocity * days)

    def _accumulators(self, prices_usd: Floats, time_s: float) -> Floats:
        """Return each market's funding accumulator brought up to a time at given prices."""
        rate, velocity, days = self._course(time_s)
        paid = (rate + velocity * days / 2) * days * prices_usd
        told = np.array([self._funding[market].accumulator for market in self._book().markets])
        return np.asarray(told - paid)

    def _course(self, time_s: float) -> tuple[Floats, Floats, Floats]:
        """Return each market's last rate, its velocity by the skew, and the days since then."""
        book = self._book()
        states = [self._funding[market] for market in book.markets]
        rate = np.array([state.rate for state in states])
        days = np.array([time_s - state.time_s for state in states]) / _DAY_S
        skew = book.size.sum(axis=0)
        velocity = np.clip(skew / self._skew_scale, -1, 1) * self._velocity
        return rate, np.asarray(velocity), days

    # ---- what margin allows ---------------------------------------------------------------------

    def allowed_notional_usd(
        self, market: str, margin_usd: float, side: int, skew: float, price_usd: float
    ) -> tuple[float, float]:
        """Return the smallest position, and what margin allows after premium, fee and reward.

        The largest N solves ``margin - fixed = N (initial ratio + premium + fee + reward) +
        N^2 / (P K) (slope + 1/2)``: initial margin and the order's own premium grow with its size.
        $5,000 at a price of 3,000 without skew in the base profile allow $97,763; without the
        square it would be ``(5000 - 15 - 1) / (0.05 + 0 + 0.0005 + 0.0003)`` = $98,110. Under
        scenario margin the initial ratio is the worst scenario's, with nothing fixed and no slope:
        a long of the base profile needs 25 %, a short, for its upper tail, 37.5 %; capped, the
        rule that asks for less.
        """
        book = self._book()
        column = book.market_index[market]
        scale = float(self._skew_scale[column])
        premium = max(0.0, side * skew / scale)
        costs = premium + float(self._taker_fee[column])
        least = self._profile.markets[market].min_notional.value / WAD
        rule = self._profile.switches.margin
        ratio = self._profile.scenarios.perpetual_ratio(long=side > 0)
        by_scenarios = _largest(costs + ratio, 0.5 / scale / price_usd, max(0.0, margin_usd))
        if rule is MarginRule.PORTFOLIO:
            return least, by_scenarios
        share = costs + float(self._min_ratio[column] + self.flag_ratio[column])
        square = (float(self._slope[column]) + 0.5 / scale) / price_usd
        if self._oi_full[column]:
            rise = float(
                (self._max_ratio[column] - self._min_ratio[column])
                / (self._oi_full[column] - self._oi_start[column])
            )
            sizes = side * book.size[:, column]
            interest = float(sizes[sizes > 0].sum()) * price_usd
            share += max(0.0, interest - float(self._oi_start[column])) * rise
            square += rise
        fixed = float(self._fixed_margin[column] + self._min_flag[column])
        isolated = _largest(share, square, max(0.0, margin_usd - fixed))
        return least, max(isolated, by_scenarios) if rule is MarginRule.CAPPED else isolated


def _largest(share: float, square: float, free_usd: float) -> float:
    """Return the N with ``square N^2 + share N = free``."""
    return (math.sqrt(share**2 + 4 * square * free_usd) - share) / (2 * square)
