"""V9: what arbitrageurs keep of an AMM's loss-versus-rebalancing, by block time and fee."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from floodline.chain.block_times import (
    ExponentialGaps,
    ExponentialParameters,
    FixedParameters,
    FixedSlots,
)
from floodline.foundation.seeds import Streams
from floodline.foundation.units import SECOND_US, WAD
from floodline.market.process import GbmParameters, GeometricBrownianMotion
from floodline.protocols.reference.model_amm import AmmModel, arbitrage_amount
from floodline.validation import closed_forms
from floodline.validation.intervals import ratio_interval
from floodline.validation.lateness import VOLATILITY, YEAR_S, deviation
from floodline.validation.law import LAW_LEVEL, Effort, Finding
from floodline.validation.workbench import open_workbench

SLOT_S: Final = 12
START_USD: Final = 3_000.0
BASE: Final = 1_000_000 * WAD
QUOTE: Final = 3_000_000_000 * WAD
"""Reserves at the start, both with 18 decimals, so that rounding is no matter."""


def arbitrage(effort: Effort) -> list[Finding]:
    """V9: the arbitrageurs' share of loss-versus-rebalancing."""
    blocks = effort.pick(200_000, 1_000_000)
    ratios = [1.0] if effort.quick else [0.5, 1.0, 3.0]
    found = []
    for fixed in (False, True):
        for ratio in ratios:
            fee = ratio * deviation(SLOT_S)
            name = f"V9.{'fixed' if fixed else 'poisson'}.{ratio}"
            gains, losses = _trade(effort, name, blocks, fee, fixed=fixed)
            cases = 2 * len(ratios)
            share = ratio_interval(gains, losses, cases=cases, level=LAW_LEVEL)
            found.append(
                Finding(
                    f"{'fixed' if fixed else 'Poisson'} blocks, fee {ratio:g} deviations a block",
                    closed_forms.arbitrage_share(fee, deviation(SLOT_S), fixed_blocks=fixed),
                    share.mean,
                    0.05,
                    share.low,
                    share.high,
                    "of LVR",
                    f"{blocks:,} blocks",
                )
            )
    return [*found, _contract_agrees(effort)]


def _times_us(effort: Effort, name: str, blocks: int, *, fixed: bool) -> npt.NDArray[np.int64]:
    stream = Streams(effort.seed).stream(f"{name}.blocks")
    if fixed:
        return FixedSlots(FixedParameters()).times_us(stream, SLOT_S * SECOND_US, blocks)
    process = ExponentialGaps(ExponentialParameters())
    return process.times_us(stream, SLOT_S * SECOND_US, blocks)


def _trade(
    effort: Effort, name: str, blocks: int, fee: float, *, fixed: bool
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Let an arbitrageur act in every block; return its gains and the LVR, block by block.

    LVR is ``sigma^2 / 8`` of the pool's value a year (Milionis, Moallemi, Roughgarden and Zhang,
    "Automated market making and loss-versus-rebalancing", 2022).
    """
    times_s = np.concatenate(([0.0], _times_us(effort, name, blocks, fixed=fixed) / SECOND_US))
    process = GeometricBrownianMotion(GbmParameters(start_usd=START_USD, vol=VOLATILITY))
    prices = process.path_usd(Streams(effort.seed).stream(f"{name}.price"), times_s)
    pool = AmmModel(18, 18, round(fee * WAD))
    pool.add("lp", BASE, QUOTE, 0, 0)
    gains = np.zeros(len(prices) - 1)
    losses = np.zeros(len(prices) - 1)
    years = np.diff(times_s) / YEAR_S
    for place, price in enumerate(prices[1:].tolist()):
        value = pool.base * price + pool.quote
        losses[place] = VOLATILITY**2 / 8 * value * years[place]
        gains[place] = _take(pool, price)
    return gains, losses


def _take(pool: AmmModel, price: float) -> float:
    """Trade to the edge of the band, if the price left it; return the gain at the true price."""
    mid = pool.quote / pool.base
    if price < mid:
        amount = arbitrage_amount(pool.base, pool.quote, pool.fee, price)
        return pool.swap(amount, 0, 0, sells_base=True) - amount * price if amount else 0.0
    amount = arbitrage_amount(pool.quote, pool.base, pool.fee, 1 / price)
    return pool.swap(amount, 0, 0, sells_base=False) * price - amount if amount else 0.0


def _contract_agrees(effort: Effort) -> Finding:
    """Send the same arbitrage to the pool's contract; count the reserves that differ."""
    blocks = effort.pick(40, 200)
    fee = round(0.5 * deviation(SLOT_S) * WAD)
    process = GeometricBrownianMotion(GbmParameters(start_usd=START_USD, vol=VOLATILITY))
    prices = process.path_usd(
        Streams(effort.seed).stream("V9.node.price"), np.arange(1, blocks + 1) * float(SLOT_S)
    )
    wrong = trades = 0
    with open_workbench() as bench:
        base, quote = bench.deploy("MockWETH"), bench.deploy("MockUSDC")
        pool = bench.deploy("SpotAmm", base, quote, fee)
        model = AmmModel(18, 6, fee)
        eth, usdc = 1_000 * WAD, 3_000_000 * 10**6
        for token, amount in ((base, eth), (quote, usdc)):
            bench.act(token, "mint", bench.driver.deployer, 1_000 * amount)
            bench.act(token, "approve", pool, 1_000 * amount)
        bench.act(pool, "addLiquidity", eth, usdc, 0, bench.driver.deployer)
        model.add("lp", eth, usdc, 0, 0)
        for price in prices.tolist():
            unit = price * 10**6 / WAD
            sells_base = unit < model.quote / model.base
            reserves = (model.base, model.quote) if sells_base else (model.quote, model.base)
            amount = arbitrage_amount(*reserves, fee, unit if sells_base else 1 / unit)
            if amount and model.quote_out(amount, sells_base=sells_base):
                model.swap(amount, 0, 0, sells_base=sells_base)
                token = base if sells_base else quote
                bench.act(pool, "swapExactIn", token, amount, 0, bench.driver.deployer)
                trades += 1
                held = bench.read(pool, "reserves")
                wrong += held != (model.base, model.quote)
    return Finding(
        f"on the node, {trades} arbitrages: reserves that differ from the model's",
        *(0.0, float(wrong), 0.0),
        unit="trades",
    )
