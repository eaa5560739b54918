"""Exact model of ``PortfolioMargin.sol``: the worst of eighteen scenarios of each asset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_black_scholes import (
    OptionInputs,
    call_of,
    ln_wad,
    pow_wad,
    reduced,
)
from floodline.protocols.reference.model_math import div_truncated, mul_wad, mul_wad_up
from floodline.protocols.reference.model_surface import MONTH_S, SurfaceModel

_DAY_S = 86_400
_MIN_VOLATILITY = WAD // 100
_MAX_VOLATILITY = 100 * WAD
SPOT_STEPS = 4
"""Moves of spot either way."""


class LegKind(IntEnum):
    """What a position is, numbered as in Solidity."""

    PERP = 0
    CALL = 1
    PUT = 2


class PortfolioLeg(NamedTuple):
    """A position of any product (Solidity ``Leg``)."""

    kind: LegKind
    asset: str
    size: int
    """Signed, WAD."""
    strike: int = 0
    """WAD USD; zero for a perpetual."""
    expiry: int = 0
    """Seconds; zero for a perpetual."""


class ScenarioParameters(NamedTuple):
    """Everything that can be tuned on scenario margin (Solidity ``ScenarioParameters``)."""

    spot_step: int
    """Spot moves by one to four of these either way, WAD ratio."""
    volatility_up: int
    """Rise of volatility at 30 days, WAD ratio."""
    volatility_down: int
    """Fall of volatility at 30 days, WAD ratio."""
    short_power: int
    """Power of 30 days over the time left for options of up to 30 days, WAD."""
    long_power: int
    """The same for longer ones, WAD."""
    tail_down: int
    """Spot's fall in the lower tail, WAD ratio."""
    tail_up: int
    """Spot's rise in the upper tail, WAD ratio."""
    tail_weight: int
    """Share of a tail's loss that counts, WAD."""
    naked_ratio: int
    """Margin of net short calls and puts beside the scenarios, WAD ratio of spot."""
    initial_factor: int
    """Initial over maintenance margin, WAD."""


@dataclass(frozen=True)
class _Option:
    size: int
    is_call: bool
    strike: int
    """Discounted."""
    drift: int
    deviations: tuple[int, int, int]
    """At today's volatility, raised, lowered; WAD, zero after expiry."""

    def price(self, spot: int, move: int, kind: int) -> int:
        call = call_of(spot, self.strike, self.drift + move, self.deviations[kind])
        return call if self.is_call else call + self.strike - spot


def shocked_volatilities(
    sigma: int, seconds_left: int, p: ScenarioParameters
) -> tuple[int, int, int]:
    """Return today's volatility, the raised and the lowered one, WAD.

    ``h = (30 d / max(T, 1 d))**power``; 80 % at 7 days with +60 %, -30 % and power 0.3: h is
    1.547420, raised 154.28 %, lowered 42.86 %.
    """
    power = p.long_power if seconds_left > MONTH_S else p.short_power
    h = pow_wad(MONTH_S * WAD // max(seconds_left, _DAY_S), power)
    raised = min(mul_wad(sigma, WAD + mul_wad(p.volatility_up, h)), _MAX_VOLATILITY)
    lowered = mul_wad(sigma, max(WAD - mul_wad(p.volatility_down, h), 0))
    return sigma, raised, max(lowered, _MIN_VOLATILITY)


def outcomes(
    legs: Iterable[PortfolioLeg],
    spot: int,
    surface: SurfaceModel | None,
    now_s: int,
    p: ScenarioParameters,
) -> list[int]:
    """Return an asset's gain or loss under each of the eighteen scenarios, WAD USD, rounded down.

    Parameters
    ----------
    legs : iterable of PortfolioLeg
        The positions, all of one asset.
    spot : int
        WAD USD.
    surface : SurfaceModel or None
        Prices the options; not needed without.
    now_s : int
        Seconds.
    p : ScenarioParameters
        The model's.

    """
    perp, options = 0, []
    for leg in legs:
        if leg.kind is LegKind.PERP:
            perp += leg.size
        else:
            options.append(_prepared(leg, spot, surface, now_s, p))
    marks = [option.price(spot, 0, 0) for option in options]

    def outcome(move: int, kind: int) -> int:
        change = div_truncated(spot * move, WAD)
        drift = ln_wad(WAD + move)
        exact = perp * change
        for o, mark in zip(options, marks, strict=True):
            exact += o.size * (o.price(spot + change, drift, kind) - mark)
        return exact // WAD

    found: list[int] = []
    for step in range(1, SPOT_STEPS + 1):
        move = p.spot_step * step
        found += [outcome(move, 1), outcome(move, 2), outcome(-move, 1), outcome(-move, 2)]
    tails = outcome(-p.tail_down, 0), outcome(p.tail_up, 0)
    return found + [tail * p.tail_weight // WAD for tail in tails]


def naked_up(legs: Iterable[PortfolioLeg], spot: int, p: ScenarioParameters) -> int:
    """Return the margin of options sold beyond those bought, WAD USD, rounded up."""
    net = {LegKind.CALL: 0, LegKind.PUT: 0}
    for leg in legs:
        if leg.kind is not LegKind.PERP:
            net[leg.kind] += leg.size
    naked = sum(max(-size, 0) for size in net.values())
    return mul_wad_up(mul_wad_up(naked, spot), p.naked_ratio)


def requirement(
    by_asset: Iterable[tuple[Sequence[PortfolioLeg], int, SurfaceModel | None]],
    now_s: int,
    p: ScenarioParameters,
) -> tuple[int, int]:
    """Return initial and maintenance margin of a whole account, WAD USD.

    Parameters
    ----------
    by_asset : iterable
        Legs, spot (WAD USD) and surface of each asset.
    now_s : int
        Seconds.
    p : ScenarioParameters
        The model's.

    """
    maintenance = 0
    for legs, spot, surface in by_asset:
        worst = min(0, *outcomes(legs, spot, surface, now_s, p))
        maintenance += -worst + naked_up(legs, spot, p)
    return mul_wad_up(maintenance, p.initial_factor), maintenance


def _prepared(
    leg: PortfolioLeg, spot: int, surface: SurfaceModel | None, now_s: int, p: ScenarioParameters
) -> _Option:
    left, is_call = max(leg.expiry - now_s, 0), leg.kind is LegKind.CALL
    if left == 0 or surface is None:
        return _Option(leg.size, is_call, leg.strike, 0, (0, 0, 0))
    sigma = surface.volatility(spot, (leg.strike, leg.expiry), now_s)
    inputs = OptionInputs(spot, leg.strike, sigma, left, surface.state.rate)
    discounted, drift, root = reduced(inputs)
    today, raised, lowered = shocked_volatilities(sigma, left, p)
    deviations = mul_wad(today, root), mul_wad(raised, root), mul_wad(lowered, root)
    return _Option(leg.size, is_call, discounted, drift, deviations)
