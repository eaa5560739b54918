"""What every account's options are worth and need, at any price, from the mirrored state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from floodline.foundation.units import WAD
from floodline.protocols.book import Book
from floodline.protocols.facets import OptionMarks, OptionSeries
from floodline.protocols.reference.option_pricing import (
    Floats,
    Reduced,
    Shelf,
    moves,
    reduce,
    scenario_changes,
    writer_margins,
)
from floodline.protocols.reference.option_state import OptionState
from floodline.protocols.reference.profiles import Profile

_DAYS: Final = 365


class Worth(NamedTuple):
    """What one option of each series of a market is worth and needs, in dollars."""

    mark: Floats
    initial: Floats
    """Of a writer; zero once settled."""
    maintenance: Floats
    """Of a writer; zero once settled."""
    is_open: npt.NDArray[np.bool_]
    """Whether the settlement price is still unknown."""
    reduced: Reduced


class OptionStanding(NamedTuple):
    """What options add to each account of the book, in dollars."""

    value: Floats
    maintenance: Floats
    """By the isolated rules."""
    notional: Floats


class OptionMirror:
    """Values and margins of options for all accounts at once.

    Parameters
    ----------
    profile : Profile
        All parameters.
    series : Mapping[str, Sequence[OptionSeries]]
        What is listed, by market.
    state : Callable
        Returns the mirrored state.
    book : Callable
        Returns cash and perpetuals.

    """

    def __init__(
        self,
        profile: Profile,
        series: Mapping[str, Sequence[OptionSeries]],
        state: Callable[[], OptionState],
        book: Callable[[], Book],
    ) -> None:
        self._profile = profile
        self._shelves = {market: Shelf.of(listed) for market, listed in series.items()}
        self._state = state
        self._book = book
        self._surface = profile.surface.parameters()
        self._options = profile.options.parameters()
        self._scenarios = profile.scenarios.parameters()

    def worth(self, market: str, spot: float, time_s: int) -> Worth:
        """Return what one option of each series is worth and needs."""
        state, shelf = self._state(), self._shelves[market]
        reduced = reduce(shelf, state.surfaces[market], self._surface, spot, time_s)
        mark = reduced.price(spot, 0.0, reduced.sigma)
        initial, maintenance = writer_margins(self._options, shelf, spot, mark)
        is_open = np.ones(len(mark), dtype=bool)
        for place, (strike, expiry_s) in enumerate(shelf.keys):
            fixed = state.fixings.get((market, expiry_s))
            if fixed is not None:
                gain = (fixed - strike) / WAD
                mark[place] = max(gain if shelf.is_call[place] else -gain, 0.0)
                is_open[place] = False
        initial, maintenance = (np.where(is_open, each, 0.0) for each in (initial, maintenance))
        return Worth(mark, initial, maintenance, is_open, reduced)

    def marks(self, market: str, spot: float, time_s: int) -> OptionMarks:
        """Return what actors and measures ask of one option of each series."""
        worth = self.worth(market, spot, time_s)
        moves_with = worth.reduced.greeks(spot)
        living = worth.reduced.left_s > 0
        delta, gamma, vega, theta = (np.where(worth.is_open, each, 0.0) for each in moves_with)
        return OptionMarks(
            np.where(living, worth.reduced.sigma, np.nan),
            worth.mark,
            delta,
            gamma,
            vega,
            theta / _DAYS,
        )

    def standing(self, prices_usd: Mapping[str, float], time_s: float) -> OptionStanding:
        """Return what options add to each account at given prices and the chain's volatility."""
        value, maintenance, notional = (np.zeros(len(self._book())) for _ in range(3))
        for market in self._shelves:
            rows, held = self._held(market)
            if not len(rows):
                continue
            spot = prices_usd[market]
            worth = self.worth(market, spot, int(time_s))
            value[rows] += held @ worth.mark
            long, short = np.maximum(held, 0.0), np.maximum(-held, 0.0)
            maintenance[rows] += long @ (worth.mark * worth.is_open) + short @ worth.maintenance
            notional[rows] += np.abs(held).sum(axis=1) * spot
        return OptionStanding(value, maintenance, notional)

    def scenario_maintenance(self, prices_usd: Mapping[str, float], time_s: float) -> Floats:
        """Return maintenance by scenarios of each account, perpetuals and options together."""
        book, rules = self._book(), self._scenarios
        total = np.zeros(len(book))
        steps = np.array([move * weight for move, _, weight in moves(rules)])
        for market, shelf in self._shelves.items():
            spot = prices_usd[market]
            gains = book.size[:, book.market_index[market]][:, None] * (spot * steps)
            rows, held = self._held(market)
            if len(rows):
                worth = self.worth(market, spot, int(time_s))
                legs = held * worth.is_open
                gains[rows] += legs @ scenario_changes(worth.reduced, spot, rules).T
                naked = np.maximum(-legs @ shelf.is_call, 0) + np.maximum(-legs @ ~shelf.is_call, 0)
                total[rows] += naked * spot * rules.naked_ratio / WAD
            total -= np.minimum(gains.min(axis=1), 0.0)
        return total

    def lone_margin(self, market: str, place: int, side: int, spot: float, time_s: int) -> float:
        """Return initial margin by scenarios of one option alone, in dollars."""
        rules = self._scenarios
        worth = self.worth(market, spot, time_s)
        change = scenario_changes(worth.reduced, spot, rules)[:, place] * side
        naked = spot * rules.naked_ratio / WAD if side < 0 else 0.0
        return (max(0.0, -float(change.min())) + naked) * rules.initial_factor / WAD

    def is_portfolio(self) -> npt.NDArray[np.bool_]:
        """Return which accounts of the book chose scenario margin."""
        book = self._book()
        chosen = np.zeros(len(book), dtype=bool)
        chosen[[book.index[account] for account in self._state().scenario_margin]] = True
        return chosen

    def notional_at_strikes(self, accounts: Sequence[bytes]) -> Floats:
        """Return accounts' option positions at their strikes, in dollars."""
        found = np.zeros(len(accounts))
        for market, shelf in sorted(self._shelves.items()):
            by_account = self._state().sizes.get(market, {})
            for place, account in enumerate(accounts):
                for series_id, size in by_account.get(account, {}).items():
                    found[place] += abs(size) / WAD * float(shelf.strike[series_id])
        return found

    def _held(self, market: str) -> tuple[npt.NDArray[np.int64], Floats]:
        """Return the holders' rows in the book, and their sizes, holders x series."""
        state, index = self._state(), self._book().index
        return state.matrix(market, index, len(self._shelves[market].keys))
