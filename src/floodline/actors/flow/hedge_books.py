"""What delta hedgers are exposed to: options that accounts of the campaign have, or straddles."""

from __future__ import annotations

import math
from typing import Final, Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from floodline.foundation.units import WAD
from floodline.protocols.facets import OptionsFacet

Side = Literal["writers", "buyers", "all"]
"""Whose options."""

_YEAR_S: Final = 365 * 86_400


class Exposure(NamedTuple):
    """What is to be hedged at a price and a time."""

    hedge: float
    """Position in the asset that leaves no delta, in units."""
    options: float
    """Options, or straddles, that are alive, in units of the asset."""
    gamma: float
    """Units by which the hedge grows with a dollar; negative where it shrinks."""


class HedgedBook(Protocol):
    """Options whose delta somebody hedges."""

    def exposure(self, price_usd: float, now_s: int) -> Exposure:
        """Return what is to be hedged at a price, and at a time in Unix seconds."""


class Straddles:
    """Short straddles that are nowhere on chain, struck at a price.

    Parameters
    ----------
    number : float
        How many, in units of the asset.
    strike_usd : float
        Their strike.
    expiry_s : float
        Their expiry, Unix seconds.
    vol : float
        Volatility that they are reckoned with, a year.

    """

    def __init__(self, number: float, strike_usd: float, expiry_s: float, vol: float) -> None:
        self._number = number
        self._strike = strike_usd
        self._expiry_s = expiry_s
        self._vol = vol

    def exposure(self, price_usd: float, now_s: float) -> Exposure:
        """Return ``n (2 N(d1) - 1)`` units and ``2 n phi(d1) / (S sigma sqrt(T))`` a dollar.

        With n = 1,000, a strike of 3,000, a volatility of 0.8 and a day left, one percent up to
        3,030 wants 204 units; with an hour left 757.
        """
        left_s = self._expiry_s - now_s
        if left_s <= 0:
            return Exposure(0.0, 0.0, 0.0)
        width = self._vol * math.sqrt(left_s / _YEAR_S)
        d1 = math.log(price_usd / self._strike) / width + width / 2
        density = math.exp(-(d1**2) / 2) / math.sqrt(2 * math.pi)
        return Exposure(
            self._number * math.erf(d1 / math.sqrt(2)),
            self._number,
            2 * self._number * density / (price_usd * width),
        )


class Positions:
    """The options that accounts of the campaign have written or hold, at the chain's volatility.

    What was open at the first look is taken to be hedged elsewhere by then, until it expires: only
    what changes from there on is hedged here.

    Parameters
    ----------
    options : OptionsFacet
        The campaign's options.
    market : str
        On which asset.
    side : str
        Whose: ``writers``, ``buyers`` or ``all``.
    share : float
        Share of them that is hedged.

    """

    def __init__(self, options: OptionsFacet, market: str, side: Side, share: float) -> None:
        self._options = options
        self._market = market
        self._side = side
        self._share = share
        self._elsewhere: npt.NDArray[np.float64] | None = None

    def exposure(self, price_usd: float, now_s: int) -> Exposure:
        """Return the hedge against all of them together.

        Written calls on 10 units whose delta has gone from 0.50 to 0.62 since the first look want
        10 (0.62 - 0.50) = 1.2 units; at a gamma of 0.004 each dollar more wants 0.04 units.
        """
        marks = self._options.marks(self._market, price_usd, now_s)
        alive = ~np.isnan(marks.volatility)
        sizes = self._sizes()
        deltas = sizes * marks.delta
        if self._elsewhere is None:
            self._elsewhere = deltas
        return Exposure(
            -float((deltas - self._elsewhere)[alive].sum()) * self._share,
            float(np.abs(sizes)[alive].sum()) * self._share,
            -float((sizes * marks.gamma)[alive].sum()) * self._share,
        )

    def _sizes(self) -> npt.NDArray[np.float64]:
        """Return the signed sizes of all accounts together, by series, in units of the asset."""
        found = np.zeros(len(self._options.series(self._market)))
        for account in self._options.holders():
            for series_id, size_wad in self._options.held(account, self._market).items():
                if self._side == "all" or (size_wad < 0) == (self._side == "writers"):
                    found[series_id] += size_wad / WAD
        return found
