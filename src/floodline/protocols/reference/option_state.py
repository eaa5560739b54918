"""Options as the chain's events tell them: who holds what, volatility, settlement prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from floodline.foundation.units import WAD
from floodline.protocols import events
from floodline.protocols.reference.model_surface import SurfaceState

Matrix = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]
"""Rows in the book, and sizes by row and series."""


@dataclass
class SurfaceMirror:
    """One market's volatility."""

    said: SurfaceState
    base_impact: int = 0
    """WAD."""
    factor_impact: dict[tuple[int, int], int] = field(default_factory=dict)
    """By strike (WAD USD) and expiry (seconds), WAD."""


@dataclass
class OptionState:
    """Everything about options that events change."""

    sizes: dict[str, dict[bytes, dict[int, int]]] = field(default_factory=dict)
    """Signed sizes in WAD by market, account and series; only what is not zero."""
    surfaces: dict[str, SurfaceMirror] = field(default_factory=dict)
    """By market."""
    fixings: dict[tuple[str, int], int] = field(default_factory=dict)
    """Settlement prices (WAD USD) by market and expiry."""
    scenario_margin: set[bytes] = field(default_factory=set)
    """Accounts that chose scenario margin."""
    _matrices: dict[str, Matrix] = field(default_factory=dict)
    """Sizes by market, made when they are first asked for."""

    def matrix(self, market: str, index: Mapping[bytes, int], series: int) -> Matrix:
        """Return the holders' rows and their sizes, holders x series, in units of the asset.

        Parameters
        ----------
        market : str
            Whose series.
        index : Mapping[bytes, int]
            Each account's row in the book.
        series : int
            How many are listed.

        """
        known = self._matrices.get(market)
        if known is not None:
            return known
        holders = sorted(who for who, held in self.sizes.get(market, {}).items() if held)
        held = np.zeros((len(holders), series))
        for place, account in enumerate(holders):
            for series_id, size in self.sizes[market][account].items():
                held[place, series_id] = size / WAD
        rows = np.array([index[account] for account in holders], dtype=np.int64)
        self._matrices[market] = found = (rows, held)
        return found

    def apply(self, happened: Iterable[events.ProtocolEvent]) -> None:
        """Bring the state up to date with events in their order."""
        for event in happened:
            if isinstance(event, events.OptionPositionChanged):
                held = self.sizes.setdefault(event.market, {}).setdefault(event.account, {})
                held[event.series_id] = event.size_wad
                if event.size_wad == 0:
                    del held[event.series_id]
                self._matrices.pop(event.market, None)
            elif isinstance(event, events.MarginChosen):
                chosen = self.scenario_margin
                (chosen.add if event.is_portfolio else chosen.discard)(event.account)
            elif isinstance(event, events.VolatilityUpdated):
                self.surfaces[event.market] = SurfaceMirror(
                    SurfaceState(event.base_wad, event.slope_wad, event.smile_wad, event.rate_wad)
                )
            elif isinstance(event, events.VolatilityMoved):
                surface = self.surfaces[event.market]
                surface.base_impact = event.base_impact_wad
                key = event.strike_wad, event.expiry_s
                surface.factor_impact[key] = event.factor_impact_wad
            elif isinstance(event, events.ExpiryPriceFixed):
                self.fixings[event.market, event.expiry_s] = event.price_wad
