"""What a trade in options would cost and what margin allows, by the mirrored state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from floodline.foundation.units import WAD, wad
from floodline.protocols.facets import OptionMarks, OptionQuote, OptionSeries
from floodline.protocols.reference.model_expiry import ExpiryModel, ExpirySource
from floodline.protocols.reference.model_options import OptionMarketModel, SeriesModel
from floodline.protocols.reference.model_surface import SurfaceModel
from floodline.protocols.reference.option_mirror import OptionMirror
from floodline.protocols.reference.option_state import OptionState
from floodline.protocols.reference.profiles import Profile
from floodline.protocols.reference.switches import MarginRule

_DELTA_ROOM: Final = 0.03
"""How far inside the bounds a series' delta must be to be shown as tradable."""

Capital = Callable[[Sequence[float], int], float]
"""The option vault's capital in dollars at prices and a time."""


class OptionQuotes:
    """Prices before anybody asks the chain.

    Parameters
    ----------
    profile : Profile
        All parameters.
    series : Mapping[str, Sequence[OptionSeries]]
        What is listed, by market.
    mirror : OptionMirror
        What options are worth.
    state : Callable
        Returns the mirrored state.
    capital : Capital
        What the vault has beyond what it owes.

    """

    def __init__(
        self,
        profile: Profile,
        series: Mapping[str, Sequence[OptionSeries]],
        mirror: OptionMirror,
        state: Callable[[], OptionState],
        capital: Capital,
    ) -> None:
        self._profile = profile
        self._series = series
        self._mirror = mirror
        self._state = state
        self._capital = capital
        self._rules = profile.options.parameters()

    def trades_until(self, series: OptionSeries) -> int:
        """Return the first second in which a series can no longer be traded."""
        return series.expiry_s - min(self._rules.cutoff, series.expiry_s)

    def tradable(self, market: str, price_usd: float, now_s: int) -> list[OptionSeries]:
        """Return the series in which a position may grow."""
        delta = self._mirror.worth(market, price_usd, now_s).reduced.call_delta
        least = self._rules.min_delta / WAD + _DELTA_ROOM
        return [
            series
            for series in self._series[market]
            if now_s < self.trades_until(series) and least <= delta[series.series_id] <= 1 - least
        ]

    def offer(
        self, market: str, series_id: int, size_wad: int, prices_usd: Sequence[float], now_s: int
    ) -> OptionQuote:
        """Return what the contract would charge, by its exact model."""
        place = list(self._series).index(market)
        spot = wad(f"{prices_usd[place]:.8f}")
        capital = max(round(self._capital(prices_usd, now_s) * WAD), 1)
        model = self._model(market, now_s)
        ticket = model.ticket(series_id, size_wad, now_s, lambda: spot, lambda: capital)
        premium = size_wad * ticket.price // WAD
        return OptionQuote(premium, ticket.fee, ticket.volatility / WAD)

    def allowed(
        self,
        market: str,
        series_id: int,
        margin_usd: float,
        side: int,
        price_usd: float,
        now_s: int,
    ) -> tuple[float, float]:
        """Return the least and the most options that an account with this margin may have.

        Bought options are paid for; written ones need Deribit's initial margin: a call on 3,000 at
        the money 450 dollars each, so that 5,000 dollars allow about eleven. Under scenario margin
        either side needs the worst scenario's loss times the initial factor; capped, the lesser.
        """
        rules = self._rules
        worth = self._mirror.worth(market, price_usd, now_s)
        mark = float(worth.mark[series_id])
        costs = mark * rules.spread / WAD + price_usd * rules.fee_ratio / WAD
        rule = self._profile.switches.margin
        needed = mark if side > 0 else float(worth.initial[series_id])
        if rule.by_scenarios:
            scenarios = self._mirror.lone_margin(market, series_id, side, price_usd, now_s)
            needed = min(needed, scenarios) if rule is MarginRule.CAPPED else scenarios
        return rules.min_size / WAD, max(margin_usd, 0.0) / (needed + costs)

    def marks(self, market: str, price_usd: float, now_s: int) -> OptionMarks:
        """Return what one option of each series is worth at a spot price."""
        return self._mirror.marks(market, price_usd, now_s)

    def base_volatility(self, market: str) -> float:
        """Return the volatility that publishers said last."""
        return self._state().surfaces[market].said.base / WAD

    def _model(self, market: str, now_s: int) -> OptionMarketModel:
        """Return the market's exact model in its present state."""
        state, mirrored = self._state(), self._state().surfaces[market]
        surface = SurfaceModel(
            self._profile.surface.parameters(),
            mirrored.said,
            now_s,
            base_impact=mirrored.base_impact,
            factor_impact=dict(mirrored.factor_impact),
        )
        expiries = ExpiryModel(0, 0)
        for (name, expiry_s), price in state.fixings.items():
            if name == market:
                expiries.fixings[expiry_s] = price, ExpirySource.TWAP
        listed = [SeriesModel(s.strike_wad, s.expiry_s, s.is_call) for s in self._series[market]]
        for held in state.sizes.get(market, {}).values():
            for series_id, size in held.items():
                listed[series_id].long += max(size, 0)
                listed[series_id].short += max(-size, 0)
        return OptionMarketModel(self._rules, surface, expiries, listed)
