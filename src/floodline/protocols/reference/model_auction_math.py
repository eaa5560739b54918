"""The auction's curves in exact integers: the twin of ``AuctionCurves.sol``."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_math import div_up, mul_wad, mul_wad_up


class AuctionKind(IntEnum):
    """How the price of an account falls, numbered as in Solidity."""

    PHASED = 0
    STEPWISE = 1


class AuctionParameters(NamedTuple):
    """How accounts are auctioned (Solidity struct of that name)."""

    kind: int
    """Which of the two curves."""
    fast_seconds: int
    """Phased: length of the fast phase, seconds."""
    fast_start: int
    """Phased: price at its start, WAD ratio of equity."""
    fast_end: int
    """Phased: price at its end, WAD ratio of equity."""
    slow_seconds: int
    """Phased: length of the slow phase, at whose end the price is zero, seconds."""
    insolvent_seconds: int
    """Phased: time until a bidder is paid all of the maintenance margin, seconds."""
    top: int
    """Stepwise: price of the legs at the start, WAD ratio of the feed's."""
    cut: int
    """Stepwise: factor of one step, WAD."""
    step_seconds: int
    """Stepwise: length of a step, seconds."""
    tail_seconds: int
    """Stepwise: age at which an auction must be reset, seconds."""
    cusp: int
    """Stepwise: share of its start below which an auction must be reset, WAD."""
    buffer_ratio: int
    """Margin beyond maintenance to which bids may restore an account, WAD ratio of maintenance."""
    fee_ratio: int
    """Share of the equity given to a bidder that goes from its payment to the fund, WAD."""
    tip: int
    """Paid for a start or a reset out of the fund, WAD USD."""
    chip: int
    """Paid for a start or a reset out of the fund, WAD ratio of notional."""
    dust_notional: int
    """Notional below which nothing is paid for a start and nothing may be left, WAD USD."""
    hole: int
    """Largest notional under auction at once, WAD USD."""
    perps_by_chunks: bool
    """Whether accounts that hold perpetuals only are left to liquidation by chunks."""


class Standing(NamedTuple):
    """How an account stands, WAD USD."""

    equity: int
    maintenance: int
    notional: int


def power_wad(base: int, exponent: int) -> int:
    """Return ``base ** exponent`` by squaring, products rounded to the nearest (Solady rpow)."""
    half = WAD // 2
    result = base if exponent & 1 else WAD
    while exponent > 1:
        exponent >>= 1
        base = (base * base + half) // WAD
        if exponent & 1:
            result = (result * base + half) // WAD
    return result


def solvent_factor_up(parameters: AuctionParameters, elapsed_s: int) -> int:
    """Return the price of a solvent account as a share of its equity, WAD, rounded up.

    Linear to `fast_end`, then linear to zero (Derive v2). 95 % to 70 % in 900 s, then to zero in
    43,200 s: 82.5 % after 450 s.
    """
    fast, slow = parameters.fast_seconds, parameters.slow_seconds
    if elapsed_s < fast:
        fall = parameters.fast_start - parameters.fast_end
        return parameters.fast_end + div_up(fall * (fast - elapsed_s), fast)
    return div_up(parameters.fast_end * max(fast + slow - elapsed_s, 0), slow)


def insolvent_price_up(parameters: AuctionParameters, standing: Standing, elapsed_s: int) -> int:
    """Return the price of an insolvent account, WAD USD: zero or negative, paid to the bidder.

    From its negative equity down by its maintenance margin in `insolvent_seconds`. Equity -500,
    maintenance 3,000, half of the time: -2,000.
    """
    start = min(standing.equity, 0)
    floor = min(standing.equity - standing.maintenance, start)
    length = parameters.insolvent_seconds
    return start - (start - floor) * min(elapsed_s, length) // length


def step_factor(parameters: AuctionParameters, elapsed_s: int) -> int:
    """Return the price of the legs over the feed's, WAD: ``top * cut ** floor(t / step)``.

    Maker's Clipper: with top 1.2, cut 0.99 and 90 s it is below one after 19 steps, 28.5 minutes.
    """
    return mul_wad(parameters.top, power_wad(parameters.cut, elapsed_s // parameters.step_seconds))


def step_price_up(standing: Standing, factor: int) -> int:
    """Return the price of an account whose legs sell at `factor` times the feed, WAD USD.

    ``E + (factor - 1) N``: equity 900 and notional 30,000 at 0.9914 give 642.
    """
    if factor >= WAD:
        return standing.equity + mul_wad_up(standing.notional, factor - WAD)
    return standing.equity - mul_wad(standing.notional, WAD - factor)


def max_share_up(
    parameters: AuctionParameters, standing: Standing, given: int, proceeds: int
) -> int:
    """Return the largest share that may be sold, WAD, rounded up.

    ``(B - E) / (B - G + P)`` with ``B = M (1 + buffer)`` (Derive v2). E = G = 2,000, M = 3,000,
    15 %, P = 1,700: 46.03 %.

    Parameters
    ----------
    parameters : AuctionParameters
        The auction's.
    standing : Standing
        How the account stands.
    given : int
        Equity that goes with the whole, WAD USD.
    proceeds : int
        What the account would get for the whole, WAD USD.

    """
    target = target_up(parameters, standing.maintenance)
    if standing.equity >= target:
        return 0
    divisor = target - given + proceeds
    if divisor <= target - standing.equity:
        return WAD
    share = div_up((target - standing.equity) * WAD, divisor)
    left = mul_wad(standing.notional, WAD - share)
    return WAD if left <= parameters.dust_notional else share


def target_up(parameters: AuctionParameters, maintenance: int) -> int:
    """Return maintenance margin and its buffer, WAD USD."""
    return mul_wad_up(maintenance, WAD + parameters.buffer_ratio)


def share_up(whole: int, share: int) -> int:
    """Return a share of a signed price, rounded towards plus infinity."""
    return mul_wad_up(whole, share) if whole > 0 else -mul_wad(-whole, share)
