"""What an option is worth, and the collateral that a short one needs, as the contracts say it."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from floodline.protocols.lyra.settings import LyraSettings

Floats = npt.NDArray[np.float64]

YEAR_S: Final = 31_536_000
_NEAR_S: Final = 14 * 86_400
_FAR_S: Final = 56 * 86_400


def price(
    is_call: npt.NDArray[np.bool_],
    spot: Floats,
    strike: Floats,
    years: Floats,
    vol: Floats,
    rate: float,
) -> Floats:
    """Return Black-Scholes prices in dollars.

    A put at the money with 28 days at a volatility of 1 and no interest: 3,000 at 3,000 is worth
    $330.53.

    Examples
    --------
    >>> one = np.ones(1)
    >>> round(float(price(one < 0, 3000 * one, 3000 * one, one * 28 / 365, one, 0.0)[0]), 2)
    330.53

    """
    spread = vol * np.sqrt(years)
    above = (np.log(spot / strike) + (rate + vol**2 / 2) * years) / spread
    below = above - spread
    discounted = strike * np.exp(-rate * years)
    call = spot * ndtr(above) - discounted * ndtr(below)
    return np.asarray(np.where(is_call, call, call - spot + discounted))


def shock_vol(seconds: Floats, given: LyraSettings) -> Floats:
    """Return the volatility that collateral must suffice at."""
    near, far = given.shock_vol, given.shock_vol_far
    return np.asarray(np.interp(seconds, [_NEAR_S, _FAR_S], [near, far]))


def least_collateral(
    is_call: npt.NDArray[np.bool_],
    spot: Floats,
    strike: Floats,
    seconds: Floats,
    amount: Floats,
    given: LyraSettings,
) -> Floats:
    """Return the collateral below which a short position may be liquidated, in dollars.

    The option's price after a shock of price and volatility, at least a fixed sum; a put never more
    than its strike. ``OptionGreekCache.getMinCollateral``.
    """
    shocked = spot * np.where(is_call, given.call_shock, given.put_shock)
    years = np.maximum(seconds, 1.0) / YEAR_S
    worth = price(is_call, shocked, strike, years, shock_vol(seconds, given), given.rate) * amount
    most = np.where(is_call, np.inf, amount * strike)
    needed = np.minimum(np.maximum(worth, given.least_collateral), most)
    return np.asarray(np.where(amount > 0, needed, 0.0))
