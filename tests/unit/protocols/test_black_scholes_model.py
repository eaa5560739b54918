"""The option model in plain numbers: known values, limits and refusals."""

from __future__ import annotations

import math

import pytest

from floodline.foundation.units import WAD, wad
from floodline.protocols.reference.model_black_scholes import (
    OptionInputs,
    exp_wad,
    greeks,
    ln_wad,
    normal,
    pow_wad,
    prices,
)
from floodline.protocols.reference.model_math import ModelRevert

AT_THE_MONEY = OptionInputs(wad(3_000), wad(3_000), wad("0.8"), 30 * 86_400)


def test_an_option_at_the_money_costs_what_the_documentation_says() -> None:
    g = greeks(AT_THE_MONEY)
    assert round(g.call / WAD, 2) == round(g.put / WAD, 2) == 273.9
    assert round(g.call_delta / WAD, 6) == 0.545649
    assert round(g.gamma / WAD, 6) == 0.000576
    assert round(g.vega / WAD, 2) == 340.87
    assert round(g.call_theta / WAD / 365, 2) == -4.54
    assert prices(AT_THE_MONEY) == (g.call, g.put, g.call_delta)


@pytest.mark.parametrize("x", [WAD // 1000, WAD // 2, WAD, 3 * WAD + 7, 10**24, 10**30])
def test_logarithm_and_exponential_are_right_to_the_last_digits(x: int) -> None:
    assert ln_wad(x) / WAD == pytest.approx(math.log(x / WAD), rel=1e-15, abs=1e-17)
    if x < 40 * WAD:
        assert exp_wad(-x) / WAD == pytest.approx(math.exp(-x / WAD), abs=2e-18)


def test_powers_are_those_of_the_logarithm() -> None:
    assert pow_wad(2 * WAD, WAD // 2) / WAD == pytest.approx(math.sqrt(2), rel=1e-15)


@pytest.mark.parametrize("x", [-9.5, -8.2, -7.1, -7.0, -3.3, -1.96, 0.0, 0.4, 2.5, 7.08, 8.9])
def test_the_normal_distribution_is_that_of_the_error_function(x: float) -> None:
    expected = math.erfc(-round(x * WAD) / WAD / math.sqrt(2)) / 2
    assert normal(round(x * WAD)) / WAD == pytest.approx(expected, abs=2e-16)


@pytest.mark.parametrize(("spot", "payoff"), [(2_500, (0, 500, 0)), (3_400, (400, 0, 1))])
def test_at_expiry_an_option_is_its_payoff(spot: int, payoff: tuple[int, int, int]) -> None:
    inputs = AT_THE_MONEY._replace(spot=wad(spot), seconds_left=0)
    assert prices(inputs) == tuple(wad(part) for part in payoff)


def test_interest_makes_calls_dearer_and_puts_cheaper() -> None:
    call, put, _ = prices(AT_THE_MONEY._replace(rate=wad("0.05")))
    plain_call, plain_put, _ = prices(AT_THE_MONEY)
    assert call > plain_call
    assert put < plain_put


@pytest.mark.parametrize(
    "change",
    [
        {"spot": 0},
        {"strike": 10**31},
        {"volatility": 0},
        {"volatility": 10**21},
        {"rate": 2 * WAD},
        {"seconds_left": 11 * 365 * 86_400},
    ],
)
def test_inputs_outside_the_range_are_refused_not_mispriced(change: dict[str, int]) -> None:
    with pytest.raises(ModelRevert) as caught:
        prices(AT_THE_MONEY._replace(**change))
    assert caught.value.name == "OptionInputOutOfRange"
