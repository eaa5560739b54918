"""The collateral that a short option needs, as the contracts say it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from floodline.protocols.lyra.settings import LyraSettings
from floodline.protocols.porting.options import Floats, OptionColumns

_NEAR_S: Final = 14 * 86_400
_FAR_S: Final = 56 * 86_400


def shock_vol(seconds: Floats, given: LyraSettings) -> Floats:
    """Return the volatility that collateral must suffice at."""
    near, far = given.shock_vol, given.shock_vol_far
    return np.asarray(np.interp(seconds, [_NEAR_S, _FAR_S], [near, far]))


def least_collateral(options: OptionColumns, given: LyraSettings) -> Floats:
    """Return the collateral below which short positions may be liquidated, in dollars.

    The options' price after a shock of price and volatility, at least a fixed sum; a put never more
    than its strike. ``OptionGreekCache.getMinCollateral``.
    """
    shock = np.where(options.is_call, given.call_shock, given.put_shock)
    shocked = replace(options, spot=options.spot * shock)
    worth = shocked.worth(shock_vol(options.seconds, given), given.rate)
    most = np.where(options.is_call, np.inf, options.amount * options.strike)
    needed = np.minimum(np.maximum(worth, given.least_collateral), most)
    return np.asarray(np.where(options.amount > 0, needed, 0.0))
