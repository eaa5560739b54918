"""The option contracts' formulas in floating point, for all series of a market at once.

The exact integer models (``model_black_scholes.py``, ``model_surface.py``, ``model_portfolio.py``)
are the reference; this is what they say to about twelve digits, fast enough for every tick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, sqrt
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from floodline.foundation.units import WAD
from floodline.protocols.facets import OptionSeries
from floodline.protocols.reference.model_black_scholes import YEAR_S
from floodline.protocols.reference.model_options import OptionParameters
from floodline.protocols.reference.model_portfolio import SPOT_STEPS, ScenarioParameters
from floodline.protocols.reference.model_surface import MONTH_S, SurfaceParameters
from floodline.protocols.reference.option_state import SurfaceMirror

Floats = npt.NDArray[np.float64]
_DAY_S: Final = 86_400
_VOLATILITY_BOUNDS: Final = (0.01, 100.0)
"""Of shocked volatilities."""


@dataclass(frozen=True)
class Shelf:
    """The series of one market as columns."""

    strike: Floats
    """Dollars."""
    expiry_s: Floats
    is_call: npt.NDArray[np.bool_]
    keys: tuple[tuple[int, int], ...]
    """Each one's point on the surface."""

    @classmethod
    def of(cls, series: Sequence[OptionSeries]) -> Shelf:
        """Return the columns of a list of series."""
        return cls(
            np.array([one.strike_wad / WAD for one in series]),
            np.array([float(one.expiry_s) for one in series]),
            np.array([one.is_call for one in series], dtype=bool),
            tuple((one.strike_wad, one.expiry_s) for one in series),
        )


class Sensitivities(NamedTuple):
    """Greeks of one long option of each series of a shelf."""

    delta: Floats
    """Units of the asset."""
    gamma: Floats
    """Units of the asset per dollar."""
    vega: Floats
    """Dollars per 1.00 of volatility."""
    theta: Floats
    """Dollars a year that passes."""


@dataclass(frozen=True)
class Reduced:
    """What determines the prices of a shelf at one spot and time."""

    strike: Floats
    """Discounted, dollars."""
    drift: Floats
    """``ln(S / K) + rT``."""
    root: Floats
    """Square root of the years left."""
    left_s: Floats
    sigma: Floats
    is_call: npt.NDArray[np.bool_]
    rate: float
    """Interest, a year."""

    def price(self, spot: float, move: float, sigma: Floats) -> Floats:
        """Return prices after spot has moved by a ratio, at given volatilities."""
        shifted, deviation = spot * (1 + move), sigma * self.root
        alive = deviation > 0
        safe = np.where(alive, deviation, 1.0)
        first = (self.drift + np.log1p(move)) / safe + safe / 2
        model = shifted * ndtr(first) - self.strike * ndtr(first - safe)
        intrinsic = np.maximum(shifted - self.strike, 0.0)
        call = np.where(alive, np.clip(np.maximum(model, intrinsic), 0.0, shifted), intrinsic)
        return np.asarray(np.where(self.is_call, call, call + self.strike - shifted))

    @property
    def call_delta(self) -> Floats:
        """Return the calls' deltas; a put's is one less."""
        deviation = self.sigma * self.root
        alive = deviation > 0
        safe = np.where(alive, deviation, 1.0)
        ahead = ndtr(self.drift / safe + safe / 2)
        return np.asarray(np.where(alive, ahead, (self.drift > 0).astype(float)))

    def greeks(self, spot: float) -> Sensitivities:
        """Return sensitivities, as ``model_black_scholes.greeks``; after expiry delta alone.

        A call on 3,000 at the money, 7 days, 80 %, no interest: delta 0.522, gamma 0.0012, vega
        165.5 per 1.00 of volatility, theta -3,452 a year.
        """
        deviation = self.sigma * self.root
        alive = deviation > 0
        safe, root = np.where(alive, deviation, 1.0), np.where(alive, self.root, 1.0)
        first = self.drift / safe + safe / 2
        density = np.where(alive, np.exp(-(first**2) / 2) / sqrt(2 * pi), 0.0)
        carried = np.where(alive, self.rate * self.strike, 0.0)
        received = np.where(self.is_call, -ndtr(first - safe), ndtr(safe - first))
        decay = spot * density * self.sigma / (2 * root)
        return Sensitivities(
            np.asarray(np.where(self.is_call, self.call_delta, self.call_delta - 1)),
            np.asarray(density / (spot * safe)),
            np.asarray(spot * density * root),
            np.asarray(carried * received - decay),
        )


def reduce(
    shelf: Shelf, surface: SurfaceMirror, p: SurfaceParameters, spot: float, time_s: int
) -> Reduced:
    """Return what a shelf's prices follow from, as ``BlackScholes.reduced`` and ``VolSurface``."""
    left = np.maximum(shelf.expiry_s - time_s, 0.0)
    years = left / YEAR_S
    rate = surface.said.rate / WAD
    log = np.log(spot / shelf.strike)
    sigma = _volatilities(shelf, surface, p, -log, np.maximum(left, 1.0))
    alive = left > 0
    return Reduced(
        strike=shelf.strike * np.exp(-rate * years),
        drift=np.where(alive, log + rate * years, log),
        root=np.sqrt(years),
        left_s=left,
        sigma=sigma,
        is_call=shelf.is_call,
        rate=rate,
    )


def _volatilities(
    shelf: Shelf, surface: SurfaceMirror, p: SurfaceParameters, log: Floats, left: Floats
) -> Floats:
    """Return volatilities as ``model_surface.volatility_at``; `log` is ``ln(K / S)``."""
    said = surface.said
    impact = np.array([surface.factor_impact.get(key, 0) / WAD for key in shelf.keys])
    base = min(max(said.base + surface.base_impact, p.min_base), p.max_base) / WAD
    years = left / YEAR_S
    moneyness = (log - said.rate / WAD * years) / np.sqrt(years)
    parabola = 1 + said.slope / WAD * moneyness + said.smile / WAD * moneyness**2 + impact
    factor = np.clip(parabola, p.min_factor / WAD, p.max_factor / WAD)
    term = (MONTH_S / left) ** (p.term_power / WAD)
    sigma = base * factor * term
    return np.asarray(np.clip(sigma, p.min_volatility / WAD, p.max_volatility / WAD))


def writer_margins(
    p: OptionParameters, shelf: Shelf, spot: float, mark: Floats
) -> tuple[Floats, Floats]:
    """Return writers' initial and maintenance margin per option, as ``writer_margin_up``."""
    out = np.maximum(np.where(shelf.is_call, shelf.strike - spot, spot - shelf.strike), 0.0)
    initial = np.maximum(spot * p.initial_ratio / WAD - out, spot * p.initial_floor / WAD)
    basis = np.where(shelf.is_call, spot, np.maximum(spot, mark))
    maintenance = basis * p.maintenance_ratio / WAD
    return np.maximum(initial, maintenance), maintenance


def moves(p: ScenarioParameters) -> list[tuple[float, int, float]]:
    """Return the eighteen scenarios: spot's move, kind of volatility (0 today's), weight."""
    found: list[tuple[float, int, float]] = []
    for step in range(1, SPOT_STEPS + 1):
        move = p.spot_step * step / WAD
        found += [(move, 1, 1.0), (move, 2, 1.0), (-move, 1, 1.0), (-move, 2, 1.0)]
    weight = p.tail_weight / WAD
    return [*found, (-p.tail_down / WAD, 0, weight), (p.tail_up / WAD, 0, weight)]


def scenario_changes(reduced: Reduced, spot: float, p: ScenarioParameters) -> Floats:
    """Return each option's weighted gain in each scenario, scenarios x series, in dollars."""
    power = np.where(reduced.left_s > MONTH_S, p.long_power, p.short_power) / WAD
    h = (MONTH_S / np.maximum(reduced.left_s, _DAY_S)) ** power
    low, high = _VOLATILITY_BOUNDS
    raised = np.minimum(reduced.sigma * (1 + p.volatility_up / WAD * h), high)
    lowered = np.maximum(reduced.sigma * np.maximum(1 - p.volatility_down / WAD * h, 0.0), low)
    kinds = (reduced.sigma, raised, lowered)
    mark = reduced.price(spot, 0.0, reduced.sigma)
    return np.array(
        [
            weight * (reduced.price(spot, move, kinds[kind]) - mark)
            for move, kind, weight in moves(p)
        ]
    )
