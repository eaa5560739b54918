"""Option prices in the EVM: QuantLib, the exact model, arbitrage bounds, shape and gas."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest

from floodline.foundation.seeds import Streams
from floodline.foundation.units import WAD, wad
from floodline.protocols.reference.model_black_scholes import (
    YEAR_S,
    OptionGreeks,
    OptionInputs,
    greeks,
    normal,
)
from floodline.protocols.reference.option_validation import (
    QUANTITIES,
    TOLERANCE,
    ask,
    compare,
    random_points,
)

pytestmark = pytest.mark.anvil

EDGES = [
    OptionInputs(wad(spot), wad(spot) * ratio // 100, volatility * WAD // 100, seconds, rate)
    for spot in ("0.5", 3_000, 100_000)
    for ratio in (30, 99, 100, 101, 300)
    for volatility in (10, 80, 300)
    for seconds in (0, 1, 60, 86_400, 30 * 86_400, YEAR_S)
    for rate in (0, WAD // 20)
]


@pytest.fixture(scope="module")
def points() -> list[OptionInputs]:
    return random_points(Streams(7).stream("options"), 800)


@pytest.fixture(scope="module")
def found(library: SimpleNamespace, points: list[OptionInputs]) -> list[OptionGreeks]:
    return ask(library.call, library.interface, points)


def ladder(
    library: SimpleNamespace, seconds: int, volatility: int
) -> tuple[list[int], list[OptionGreeks]]:
    strikes = [wad(900) + step * wad(30) for step in range(270)]
    row = [OptionInputs(wad(3_000), k, volatility * WAD // 100, seconds) for k in strikes]
    return strikes, ask(library.call, library.interface, row)


def test_prices_and_greeks_are_quantlibs_within_a_billionth_of_spot(
    points: list[OptionInputs], found: list[OptionGreeks]
) -> None:
    worst = compare(points, found)
    assert worst.keys() == set(QUANTITIES)
    assert all(difference <= TOLERANCE for difference in worst.values()), worst
    assert worst["call"] <= 1e-13, "the contract is far better than asked; keep it so"


def test_the_corners_of_the_promised_domain_are_quantlibs_too(library: SimpleNamespace) -> None:
    """T from a minute to a year, volatility from 10 to 300 %, K/S from 0.3 to 3."""
    corners = [
        OptionInputs(wad(3_000), wad(3_000) * ratio // 100, volatility * WAD // 100, seconds, rate)
        for ratio in (30, 100, 300)
        for volatility in (10, 300)
        for seconds in (60, YEAR_S)
        for rate in (0, WAD // 5)
    ]
    worst = compare(corners, ask(library.call, library.interface, corners))
    assert worst.keys() == set(QUANTITIES)
    assert all(difference <= TOLERANCE for difference in worst.values()), worst


def test_the_random_points_fill_the_promised_domain(points: list[OptionInputs]) -> None:
    for low, high, values in (
        (60, YEAR_S, [point.seconds_left for point in points]),
        (0.1, 3, [point.volatility / WAD for point in points]),
        (0.3, 3, [point.strike / point.spot for point in points]),
    ):
        assert low <= min(values) < 1.2 * low
        assert 0.98 * high < max(values) <= high


def test_a_wrong_price_is_noticed(points: list[OptionInputs], found: list[OptionGreeks]) -> None:
    spoiled = [*found[:-1], found[-1]._replace(put=found[-1].put + points[-1].spot // 10**8)]
    assert compare(points, spoiled)["put"] > TOLERANCE


def test_the_model_agrees_to_the_last_digit(
    library: SimpleNamespace, points: list[OptionInputs], found: list[OptionGreeks]
) -> None:
    assert found == [greeks(inputs) for inputs in points]
    assert ask(library.call, library.interface, EDGES) == [greeks(inputs) for inputs in EDGES]


def test_the_normal_distribution_agrees_to_the_last_digit_into_both_tails(
    library: SimpleNamespace,
) -> None:
    numbers = [step * WAD // 17 for step in range(-170, 171)] + [
        7_071067811865475243 + k for k in (0, 1)
    ]
    assert library.read("normal", numbers) == [normal(x) for x in numbers]


def test_parity_holds_to_the_wei_and_prices_stay_inside_their_bounds(
    points: list[OptionInputs], found: list[OptionGreeks]
) -> None:
    for inputs, price in zip(points, found, strict=True):
        discounted = price.put - price.call + inputs.spot
        assert discounted == inputs.strike if not inputs.rate else discounted < inputs.strike
        assert max(0, inputs.spot - discounted) <= price.call <= inputs.spot
        assert max(0, discounted - inputs.spot) <= price.put <= discounted
        assert 0 <= price.call_delta <= WAD
        assert price.vega >= 0
        assert price.gamma >= 0


@pytest.mark.parametrize(("seconds", "volatility"), [(60, 10), (86_400, 80), (YEAR_S, 300)])
def test_prices_are_monotone_and_convex_in_the_strike(
    library: SimpleNamespace, seconds: int, volatility: int
) -> None:
    noise = wad(3_000) // 10**14
    strikes, row = ladder(library, seconds, volatility)
    calls, puts = [price.call for price in row], [price.put for price in row]
    for prices, sign in ((calls, -1), (puts, 1)):
        steps = [after - before for before, after in itertools.pairwise(prices)]
        assert all(sign * step >= -noise for step in steps)
        assert all(abs(step) <= strikes[1] - strikes[0] + noise for step in steps)
        bends = [after - before for before, after in itertools.pairwise(steps)]
        assert all(bend >= -noise for bend in bends)
        assert max(bends) > noise, "a straight line would pass too"


def test_put_call_and_delta_together_cost_less_than_nine_thousand_gas(
    library: SimpleNamespace, points: list[OptionInputs]
) -> None:
    used = library.read("gasOfPrices", [tuple(p) for p in points[:300] + EDGES])
    assert 1_000 < max(used) < 9_000
