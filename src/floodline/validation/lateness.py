"""V8 and V10: what a late price costs, to a pool that trades on it and to a position's lender.

The law is about the price, so it is put to the machine's own price process, with many draws. That
the contracts pay exactly what the law reckons with, price by price, is shown on a node.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from floodline.foundation.seeds import Streams
from floodline.foundation.units import FEED, WAD, to_us
from floodline.market.process import GbmParameters, GeometricBrownianMotion, draw_path_e8
from floodline.measure.statistics import mean_interval
from floodline.validation import closed_forms
from floodline.validation.law import LAW_LEVEL, Effort, Finding, envelope
from floodline.validation.venue import Venue, open_venue

Floats = npt.NDArray[np.float64]

VOLATILITY: Final = 0.9
START_USD: Final = 3_000.0
YEAR_S: Final = 365 * 86_400
TAKER_FEE: Final = 0.0005
"""Of the base profile: charged when a position opens, nothing when it closes."""


def stale_quotes(effort: Effort) -> list[Finding]:
    """V8: expected loss to whoever trades against a quote of age d."""
    ages = [12, 60] if effort.quick else [12, 60, 300]
    draws = effort.pick(100_000, 400_000)
    found = []
    for age in ages:
        moves = price_moves(effort, f"V8.{age}", age, draws)
        gains = np.maximum(np.abs(moves) - TAKER_FEE, 0.0)
        mean = mean_interval(gains, 1 - (1 - LAW_LEVEL) / len(ages))
        expected = closed_forms.stale_quote_loss(deviation(age), TAKER_FEE)
        found.append(
            Finding(
                f"age {age} s, fee {TAKER_FEE * 1e4:g} bp",
                expected * 1e4,
                mean.estimate * 1e4,
                0.03,
                mean.low * 1e4,
                mean.high * 1e4,
                "bp of notional",
                f"{draws:,} quotes",
            )
        )
    return [*found, _contract_pays_the_move(effort)]


def late_liquidations(effort: Effort) -> list[Finding]:
    """V10: probability and size of bad debt after a delay, and the diffusion floor of leverage."""
    draws = effort.pick(200_000, 1_000_000)
    delay = 120
    level = 1 - (1 - LAW_LEVEL) / 6
    spread = deviation(delay)
    found = []
    for ratio in (0.5, 1.0, 2.0):
        margin = ratio * spread
        losses = -price_moves(effort, f"V10.{ratio}", delay, draws)
        share, size = closed_forms.late_liquidation(margin, spread)
        hits = mean_interval((losses > margin).astype(np.float64), level)
        debts = mean_interval(np.maximum(losses - margin, 0.0), level)
        case = f"margin {ratio:g} deviations, {delay} s"
        note = f"{draws:,} positions"
        found += [
            Finding(
                f"{case}: probability",
                *(100 * share, 100 * hits.estimate, 0.05, 100 * hits.low, 100 * hits.high),
                *("%", note),
            ),
            Finding(
                f"{case}: mean",
                *(1e4 * size, 1e4 * debts.estimate, 0.05, 1e4 * debts.low, 1e4 * debts.high),
                *("bp of notional", note),
            ),
        ]
    return [*found, _contract_owes_the_overshoot(effort)]


def price_moves(effort: Effort, name: str, seconds: int, draws: int) -> Floats:
    """Return relative moves of the machine's geometric Brownian motion over a span."""
    process = GeometricBrownianMotion(GbmParameters(start_usd=START_USD, vol=VOLATILITY))
    stream = Streams(effort.seed).stream(f"{name}.price")
    moves: list[Floats] = []
    for first in range(0, draws, 10_000):
        ticks = min(10_000, draws - first)
        path = draw_path_e8(process, stream, tick_us=to_us(seconds), ticks=ticks)
        prices: Floats = np.array(path, dtype=np.float64)
        moves.append(prices[1:] / prices[:-1] - 1.0)
    return np.concatenate(moves)


def deviation(seconds: float) -> float:
    """Return ``sigma sqrt(t)``; 90 % a year over 12 s is 5.55 basis points."""
    return VOLATILITY * sqrt(seconds / YEAR_S)


def _contract_pays_the_move(effort: Effort) -> Finding:
    """Trade on stale prices on the node; compare what was paid with the law's payoff."""
    count = effort.pick(12, 60)
    moves = price_moves(effort, "V8.node", 60, count)
    worst = 0.0
    with open_venue(traders=1, margin_usd=100_000, price_usd=START_USD) as venue:
        (trader,) = venue.traders
        price = round(START_USD * FEED)
        for move in moves.tolist():
            true = round(price * (1 + move))
            if abs(true / price - 1) > TAKER_FEE:
                gain = _round_trip(venue, price, true)
                exact = abs(true / price - 1) - TAKER_FEE
                worst = max(worst, abs(gain - exact))
            else:
                venue.set_price(true)
            price = true
        del trader
    return envelope(
        f"on the node, {count} quotes: largest difference",
        worst * 1e4,
        0.0,
        0.05,
        unit="bp of notional",
        note="what the order's own premium leaves",
    )


def _round_trip(venue: Venue, stale_e8: int, true_e8: int) -> float:
    """Open one unit at the stale price, close it at the true one; return profit per notional."""
    (trader,) = venue.traders
    before, _, _ = venue.position(trader)
    side = 1 if true_e8 > stale_e8 else -1
    venue.trade(trader, side * WAD)
    venue.set_price(true_e8)
    venue.trade(trader, -side * WAD)
    after, _, _ = venue.position(trader)
    return (after - before) / WAD / (stale_e8 / FEED)


def _contract_owes_the_overshoot(effort: Effort) -> Finding:
    """Liquidate late on the node; compare the shortfall with what the law reckons with."""
    count = effort.pick(10, 40)
    falls = -price_moves(effort, "V10.node", 3_600, 4 * count)
    falls = falls[falls > 0][:count]
    margin = 0.5 * deviation(3_600)
    worst = 0.0
    with open_venue(traders=len(falls), margin_usd=10_000, price_usd=START_USD) as venue:
        for trader, fall in zip(venue.traders, falls.tolist(), strict=True):
            venue.set_price(round(START_USD * FEED))
            venue.trade(trader, 20 * WAD)
            cash, size, entry = venue.position(trader)
            # The price at which `margin` of the notional is left, and the late one below it.
            left = (size * entry // WAD - cash) / (size * (1 - margin))
            late_e8 = round(left * (1 - fall) * FEED)
            venue.set_price(late_e8)
            shortfall = venue.liquidate(trader) / WAD
            notional = size / WAD * left
            exact = max(1 - late_e8 / FEED / left - margin, 0.0)
            worst = max(worst, abs(shortfall / notional - exact))
    return envelope(
        f"on the node, {len(falls)} liquidations: largest difference",
        worst * 1e4,
        0.0,
        0.05,
        unit="bp of notional",
        note="what funding adds in a block",
    )
