"""How every account stands at any price, by the mirrored state of all products together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from floodline.foundation.units import WAD
from floodline.protocols.book import Book
from floodline.protocols.interface import Exposure, Health
from floodline.protocols.reference.deleveraging import Standing
from floodline.protocols.reference.facets_offered import Facets
from floodline.protocols.reference.option_state import OptionState
from floodline.protocols.reference.perp_mirror import PerpMirror

Floats = npt.NDArray[np.float64]


class AccountMirror:
    """Cash, perpetuals, options and tokens of all accounts, valued together.

    Parameters
    ----------
    perps : PerpMirror
        Perpetuals.
    facets : Facets
        Options and tokens, where there are any.
    book : Callable
        Cash and positions as events tell them.
    options : Callable
        Options as events tell them.
    capped : bool
        Whether scenario margin is at most the sum of isolated margins.

    """

    def __init__(
        self,
        perps: PerpMirror,
        facets: Facets,
        book: Callable[[], Book],
        options: Callable[[], OptionState],
        *,
        capped: bool,
    ) -> None:
        self._perps = perps
        self._facets = facets
        self._book = book
        self._options = options
        self._capped = capped

    def health_at(self, prices_usd: Floats, time_s: float) -> Health:
        """Return equity, maintenance margin and notional of every account at given prices.

        The contracts' formulas in floating point: cash, perpetuals, options and the haircut value
        of tokens; requirements summed, or by scenarios for those who chose them.
        """
        book = self._book()
        equity = book.cash + self._perps.profits(prices_usd, time_s).sum(axis=1)
        margin = self._perps.maintenance(prices_usd).sum(axis=1)
        notional = (np.abs(book.size) * prices_usd).sum(axis=1)
        by_market = dict(zip(book.markets, prices_usd.tolist(), strict=True))
        if self._facets.collateral is not None:
            equity = equity + self._facets.collateral.value(by_market)
        mirror = self._facets.option_mirror
        if mirror is not None:
            options = mirror.standing(by_market, time_s)
            equity, notional = equity + options.value, notional + options.notional
            margin = margin + options.maintenance
            if self._options().scenario_margin:
                by_scenarios = mirror.scenario_maintenance(by_market, time_s)
                if self._capped:
                    by_scenarios = np.minimum(by_scenarios, margin)
                margin = np.where(mirror.is_portfolio(), by_scenarios, margin)
        return Health(equity, margin, notional)

    def standing(self, prices_usd: Floats, time_s: float) -> Standing:
        """Return unrealised profits and equity at given prices."""
        equity = self.health_at(prices_usd, time_s).equity_usd
        return Standing(self._perps.profits(prices_usd, time_s), equity)

    def exposed_rows(self) -> list[int]:
        """Return the book's rows of the accounts with any position."""
        book = self._book()
        rows = set(np.flatnonzero(np.abs(book.size).sum(axis=1) > 0).tolist())
        if self._facets.options is not None:
            rows |= {book.index[account] for account in self._facets.options.holders()}
        return sorted(rows)

    def exposures(self, row: int, prices_usd: Sequence[float]) -> list[Exposure]:
        """Return what an account has at risk by market: its perpetual and its options."""
        book, options = self._book(), self._facets.options
        found: list[Exposure] = []
        for column, market in enumerate(book.markets):
            size = abs(book.size_wad[row][column])
            if options is not None:
                held = options.held(book.addresses[row], market)
                size += sum(abs(other) for other in held.values())
            if size:
                found.append(Exposure(market, size / WAD * prices_usd[column]))
        return found
