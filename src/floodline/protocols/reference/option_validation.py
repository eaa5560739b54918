"""Option prices of the contracts held against an independent reckoning, over the whole range.

``compare`` takes what a deployed ``BlackScholesHarness`` answered and returns the largest
difference to QuantLib of every quantity, in fractions of the spot price.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from floodline.chain.abi import ContractInterface
from floodline.foundation.errors import ToolchainError
from floodline.foundation.units import WAD
from floodline.protocols.reference.model_black_scholes import YEAR_S, OptionGreeks, OptionInputs

TOLERANCE: Final = 1e-9
"""Largest difference accepted, in fractions of the spot price."""

QUANTITIES: Final = OptionGreeks._fields
"""What is compared."""

_POINTS_A_CALL: Final = 400


def random_points(
    stream: np.random.Generator, count: int, *, rates: bool = True
) -> list[OptionInputs]:
    """Return options over T 60 s to a year, volatility 10 to 300 %, K/S 0.3 to 3.

    Parameters
    ----------
    stream : numpy.random.Generator
        Where the draws come from.
    count : int
        How many.
    rates : bool
        Whether half of the options have an interest rate of up to 20 % a year.

    """
    points: list[OptionInputs] = []
    for index in range(count):
        spot = math.exp(stream.uniform(math.log(0.5), math.log(100_000)))
        moneyness = math.exp(stream.uniform(math.log(0.3), math.log(3)))
        seconds = round(math.exp(stream.uniform(math.log(60), math.log(YEAR_S))))
        rate = stream.uniform(0, 0.2) if rates and index % 2 else 0.0
        volatility = stream.uniform(0.1, 3)
        spot_wad, strike, sigma, rate_wad = (
            round(value * WAD) for value in (spot, spot * moneyness, volatility, rate)
        )
        points.append(OptionInputs(spot_wad, strike, sigma, seconds, rate_wad))
    return points


def ask(
    call: Callable[[bytes], bytes], harness: ContractInterface, points: Sequence[OptionInputs]
) -> list[OptionGreeks]:
    """Return prices and sensitivities of many options as a deployed harness answers them.

    Parameters
    ----------
    call : callable
        Reads the harness: calldata to returned bytes.
    harness : ContractInterface
        Of ``BlackScholesHarness``.
    points : sequence of OptionInputs
        What to ask for.

    """
    found: list[OptionGreeks] = []
    for start in range(0, len(points), _POINTS_A_CALL):
        data = harness.encode("greeks", [tuple(p) for p in points[start : start + _POINTS_A_CALL]])
        answers = harness.decode_output("greeks", call(data))
        found += [OptionGreeks(*answer.values()) for answer in answers]
    return found


def compare(points: Sequence[OptionInputs], found: Sequence[OptionGreeks]) -> dict[str, float]:
    """Return the largest absolute difference to QuantLib of every quantity.

    Prices, vega and theta are divided by the spot price, gamma is multiplied by it, delta is taken
    as it is: all are then in fractions of the spot price.

    Raises
    ------
    ToolchainError
        If QuantLib is not installed.

    """
    worst = dict.fromkeys(QUANTITIES, 0.0)
    for inputs, greeks in zip(points, found, strict=True):
        spot = inputs.spot / WAD
        expected = _quantlib(inputs)
        for name in QUANTITIES:
            scale = {"gamma": spot, "call_delta": 1.0}.get(name, 1 / spot)
            difference = abs(getattr(greeks, name) / WAD - expected[name]) * scale
            worst[name] = max(worst[name], difference)
    return worst


def _quantlib(inputs: OptionInputs) -> Mapping[str, float]:
    ql = _library()
    spot, strike, volatility, rate = (
        inputs.spot / WAD,
        inputs.strike / WAD,
        inputs.volatility / WAD,
        inputs.rate / WAD,
    )
    years = inputs.seconds_left / YEAR_S
    discount = math.exp(-rate * years)
    deviation = volatility * math.sqrt(years)

    def reckon(kind: int) -> Any:
        payoff = ql.PlainVanillaPayoff(kind, strike)
        return ql.BlackCalculator(payoff, spot / discount, deviation, discount)

    call, put = reckon(ql.Option.Call), reckon(ql.Option.Put)
    return {
        "call": call.value(),
        "put": put.value(),
        "call_delta": call.delta(spot),
        "gamma": call.gamma(spot),
        "vega": call.vega(years),
        "call_theta": call.theta(spot, years),
        "put_theta": put.theta(spot, years),
    }


def _library() -> Any:
    try:
        import QuantLib  # noqa: PLC0415 - tens of megabytes, for this comparison only
    except ImportError as error:
        raise ToolchainError(
            "QuantLib, which option prices are held against, is not installed",
            "run `pip install quantlib` in Floodline's environment",
        ) from error
    return QuantLib
