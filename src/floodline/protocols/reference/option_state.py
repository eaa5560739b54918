"""Options as the chain's events tell them: who holds what, volatility, settlement prices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from floodline.protocols import events
from floodline.protocols.reference.model_surface import SurfaceState


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

    def apply(self, happened: Iterable[events.ProtocolEvent]) -> None:
        """Bring the state up to date with events in their order."""
        for event in happened:
            if isinstance(event, events.OptionPositionChanged):
                held = self.sizes.setdefault(event.market, {}).setdefault(event.account, {})
                held[event.series_id] = event.size_wad
                if event.size_wad == 0:
                    del held[event.series_id]
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
