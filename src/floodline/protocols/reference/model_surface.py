"""Exact model of ``VolSurface.sol``: volatility by strike and expiry, moved by trades."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isqrt
from typing import NamedTuple

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_black_scholes import YEAR_S, exp_wad, ln_wad
from floodline.protocols.reference.model_math import ModelRevert, div_truncated

MONTH_S = 30 * 86_400
"""The time for which the base volatility is stated, seconds."""


class SurfaceState(NamedTuple):
    """What publishers say of volatility and interest (Solidity ``SurfaceState``)."""

    base: int
    """Volatility at the forward with 30 days to go, WAD."""
    slope: int
    """Change of the factor per unit of moneyness ln(K / F) / sqrt(T), WAD."""
    smile: int
    """Change of the factor per squared unit of moneyness, WAD."""
    rate: int
    """Interest rate, WAD per year."""


class SurfaceParameters(NamedTuple):
    """Everything that can be tuned on a surface (Solidity ``SurfaceParameters``)."""

    min_base: int
    """Smallest base volatility, WAD."""
    max_base: int
    """Largest base volatility, WAD."""
    min_factor: int
    """Smallest factor of moneyness, WAD."""
    max_factor: int
    """Largest factor of moneyness, WAD."""
    min_volatility: int
    """Smallest volatility, WAD."""
    max_volatility: int
    """Largest volatility, WAD."""
    term_power: int
    """Power of 30 days over the time left, WAD."""
    standard_size: int
    """Options whose trade moves the base by `impact`, WAD."""
    impact: int
    """How far `standard_size` moves the base, WAD."""
    factor_impact: int
    """How far the traded strike's factor moves per unit that the base moves, WAD."""
    heartbeat: int
    """Largest age of what publishers said, seconds."""
    max_move: int
    """Move of the base inside a window beyond which trading halts, WAD ratio; zero: no breaker."""
    move_seconds: int
    """Length of that window, seconds."""
    halt_seconds: int
    """How long trading halts, seconds."""


class Breaker(NamedTuple):
    """Where the base stood when the present window began, and until when trading rests."""

    base: int = 0
    since: int = 0
    halted_until: int = 0


Key = tuple[int, int]
"""Strike (WAD USD) and expiry (seconds)."""


@dataclass
class SurfaceModel:
    """One surface.

    Parameters
    ----------
    parameters : SurfaceParameters
        The surface's.

    """

    parameters: SurfaceParameters
    state: SurfaceState = field(default_factory=lambda: SurfaceState(0, 0, 0, 0))
    observed_at: int = 0
    """When publishers observed it, seconds."""
    round: int = 0
    base_impact: int = 0
    """Sum of the base's moves since the last update, WAD."""
    factor_impact: dict[Key, int] = field(default_factory=dict)
    """Sum of each point's moves since the last update, WAD."""
    breaker: Breaker = field(default_factory=Breaker)

    def push(self, state: SurfaceState, observed_at: int, now_s: int) -> None:
        """Say what volatility and interest are; the impact of trades until now is forgotten."""
        if observed_at > now_s:
            raise ModelRevert("SurfaceInFuture", observed_at, now_s)
        if observed_at <= self.observed_at:
            raise ModelRevert("SurfaceNotNewer", observed_at, self.observed_at)
        p = self.parameters
        for name, value, lower, upper in (
            ("base", state.base, p.min_base, p.max_base),
            ("slope", abs(state.slope), 0, 10 * WAD),
            ("smile", state.smile, 0, 10 * WAD),
            ("rate", state.rate, 0, WAD),
        ):
            if not lower <= value <= upper:
                raise ModelRevert("OutOfBounds", name, value, lower, upper)
        before = self._base(self.base_impact) if self.round else state.base
        self._watch(before, state.base, now_s)
        self.state, self.observed_at = state, observed_at
        self.base_impact, self.factor_impact = 0, {}
        self.round += 1

    def move(self, spot: int, key: Key, size_delta: int, now_s: int) -> int:
        """Move base and point by a trade; return the point's volatility after it, WAD."""
        self.require_fresh(now_s)
        self._require_no_halt(now_s)
        of_base, of_point = self._moved(key, size_delta)
        self._watch(self._base(self.base_impact), self._base(of_base), now_s)
        self.base_impact, self.factor_impact[key] = of_base, of_point
        return self.volatility(spot, key, now_s)

    def preview(self, spot: int, key: Key, size_delta: int, now_s: int) -> int:
        """Return the volatility that a trade would be priced at, WAD."""
        self.require_fresh(now_s)
        self._require_no_halt(now_s)
        return self._at(spot, key, now_s, *self._moved(key, size_delta))

    def volatility(self, spot: int, key: Key, now_s: int) -> int:
        """Return a point's volatility whatever its age, WAD."""
        return self._at(spot, key, now_s, self.base_impact, self.factor_impact.get(key, 0))

    def require_fresh(self, now_s: int) -> None:
        """Revert where what publishers said is older than the heartbeat."""
        max_age = self.parameters.heartbeat
        if now_s > self.observed_at + max_age:
            raise ModelRevert("StaleVolatility", self.observed_at, max_age)

    def _watch(self, before: int, base: int, now_s: int) -> None:
        """Halt trading where the base has moved too far: from 80 % to more than 88 % at 10 %."""
        p = self.parameters
        if p.max_move == 0:
            return
        if now_s >= self.breaker.since + p.move_seconds:
            self.breaker = self.breaker._replace(base=before, since=now_s)
        if abs(base - self.breaker.base) * WAD > p.max_move * self.breaker.base:
            self.breaker = Breaker(base, now_s, now_s + p.halt_seconds)

    def _base(self, impact: int) -> int:
        p = self.parameters
        return min(max(self.state.base + impact, p.min_base), p.max_base)

    def _require_no_halt(self, now_s: int) -> None:
        if now_s < self.breaker.halted_until:
            raise ModelRevert("VolatilityHalted", self.breaker.halted_until)

    def _moved(self, key: Key, size_delta: int) -> tuple[int, int]:
        p = self.parameters
        shift = div_truncated(size_delta * p.impact, p.standard_size)
        on_point = self.factor_impact.get(key, 0) + div_truncated(shift * p.factor_impact, WAD)
        return self.base_impact + shift, on_point

    def _at(self, spot: int, key: Key, now_s: int, on_base: int, on_point: int) -> int:
        strike, expiry = key
        left = max(expiry - now_s, 1)
        return volatility_at(self.state, self.parameters, on_base, on_point, spot, strike, left)


def volatility_at(
    state: SurfaceState,
    p: SurfaceParameters,
    base_impact: int,
    factor_impact: int,
    spot: int,
    strike: int,
    seconds_left: int,
) -> int:
    """Return base times a parabola in moneyness times a power of time, WAD.

    ``sigma = (base + impact) (1 + slope m + smile m**2 + factor impact) (30 d / T)**p`` with
    ``m = ln(K / F) / sqrt(T)``. Base 80 %, slope -0.08, smile 0.1, power 0.1, strike 2,700 at
    3,000, 7 days: factor 1.118747, term 1.156636, volatility 103.52 %.
    """
    base = min(max(state.base + base_impact, p.min_base), p.max_base)
    root = isqrt(seconds_left * 10**36 // YEAR_S)
    carry = state.rate * seconds_left // YEAR_S
    m = div_truncated((ln_wad(strike * WAD // spot) - carry) * WAD, root)
    parabola = (
        WAD
        + div_truncated(state.slope * m, WAD)
        + div_truncated(state.smile * (m * m // WAD), WAD)
        + factor_impact
    )
    sigma = base * min(max(parabola, p.min_factor), p.max_factor) // WAD
    if p.term_power:
        term = ln_wad(MONTH_S * WAD // seconds_left)
        sigma = sigma * exp_wad(div_truncated(term * p.term_power, WAD)) // WAD
    return min(max(sigma, p.min_volatility), p.max_volatility)
