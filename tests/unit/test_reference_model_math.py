"""The model's formulas: worked numbers, rounding and the properties that the protocol promises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodline.foundation.units import GWEI, WAD, wad
from floodline.protocols.reference.model_math import (
    DAY_S,
    ModelRevert,
    accrue_funding,
    div_truncated,
    div_up,
    fill_price,
    funding_velocity,
    order_fee_up,
    requirement_up,
    reward_due,
    scaled_ratio_up,
)
from floodline.protocols.reference.profiles import AGGRESSIVE, BASE, PROFILES, asset_id

SYNTHETIX = AGGRESSIVE.markets["ETH"].parameters()
K = SYNTHETIX.skew_scale
prices = st.integers(wad(1), wad(100_000))
sizes = st.integers(1, wad(30_000))
skews = st.integers(-wad(30_000), wad(30_000))


def test_a_hundred_ether_from_zero_skew_fill_a_sixth_of_a_tenth_of_a_percent_above() -> None:
    assert fill_price(0, wad(100), wad(3_000), K) == wad("3000.5")
    assert fill_price(0, -wad(100), wad(3_000), K) == wad("2999.5")


def test_a_premium_of_minus_one_hundred_percent_has_no_price() -> None:
    with pytest.raises(ModelRevert) as caught:
        fill_price(-K, 0, wad(3_000), K)
    assert (caught.value.name, caught.value.arguments) == ("FillPriceNotPositive", (-K, 0))


@given(skew=skews, size=sizes, price=prices)
def test_a_fill_is_rounded_against_the_trader(skew: int, size: int, price: int) -> None:
    exact_buy = price * (2 * K + 2 * skew + size)
    exact_sale = price * (2 * K + 2 * skew - size)
    assert 0 <= fill_price(skew, size, price, K) * 2 * K - exact_buy < 2 * K
    assert 0 <= exact_sale - fill_price(skew, -size, price, K) * 2 * K < 2 * K


@given(skew=skews, first=sizes, second=sizes, price=prices)
def test_two_orders_cost_what_one_does(skew: int, first: int, second: int, price: int) -> None:
    apart = first * fill_price(skew, first, price, K)
    apart += second * fill_price(skew + first, second, price, K)
    together = (first + second) * fill_price(skew, first + second, price, K)
    assert abs(apart - together) <= first + second


@given(skew=skews, size=sizes, price=prices)
def test_a_round_trip_never_earns(skew: int, size: int, price: int) -> None:
    bought = fill_price(skew, size, price, K)
    assert fill_price(skew + size, -size, price, K) <= bought


def test_a_crossing_order_makes_forty_and_takes_sixty() -> None:
    parameters = SYNTHETIX._replace(maker_fee=wad("0.0001"), taker_fee=wad("0.0005"))
    assert order_fee_up(-wad(40), wad(100), wad(3_000), parameters) == wad(102)
    assert order_fee_up(wad(40), -wad(100), wad(3_000), parameters) == wad(102)
    assert order_fee_up(wad(40), wad(100), wad(3_000), parameters) == wad(150)
    assert order_fee_up(-wad(100), wad(40), wad(3_000), parameters) == wad(12)


def test_one_percent_skew_accelerates_funding_by_nine_points_a_day_per_day() -> None:
    velocity = funding_velocity(wad(3_000), SYNTHETIX)
    assert velocity == wad("0.09")
    assert funding_velocity(-wad(3_000), SYNTHETIX) == -velocity
    assert funding_velocity(2 * K, SYNTHETIX) == SYNTHETIX.max_funding_velocity
    assert accrue_funding(0, 0, velocity, DAY_S, wad(3_000)) == (wad("0.09"), -wad(135))


@given(
    skew=skews,
    price=prices,
    times=st.lists(st.integers(1, 5_000), min_size=1, max_size=20),
)
def test_funding_does_not_depend_on_the_number_of_pokes(
    skew: int, price: int, times: list[int]
) -> None:
    velocity = funding_velocity(skew, SYNTHETIX)
    whole = accrue_funding(0, 0, velocity, sum(times), price)
    rate = accumulator = 0
    for elapsed in times:
        rate, accumulator = accrue_funding(rate, accumulator, velocity, elapsed, price)
    pokes = len(times)
    assert abs(rate - whole[0]) <= pokes
    assert abs(accumulator - whole[1]) <= pokes * (1 + pokes * sum(times) * price // (DAY_S * WAD))


def test_margin_of_a_hundred_ether_is_that_of_synthetix() -> None:
    initial, maintenance = requirement_up(wad(100), wad(3_000), SYNTHETIX)
    assert initial == pytest.approx(wad(6_221), rel=1e-4)
    assert maintenance == pytest.approx(wad("1817.48"), rel=1e-4)


def test_initial_margin_rises_with_the_sides_open_interest_and_maintenance_does_not() -> None:
    scaled = SYNTHETIX._replace(oi_scale_start=wad(20_000_000), oi_scale_full=wad(50_000_000))
    alone = requirement_up(wad(100), wad(3_000), SYNTHETIX)

    def at(interest_usd: int) -> tuple[int, int]:
        return requirement_up(wad(100), wad(3_000), scaled, wad(interest_usd) // 3_000)

    assert at(20_000_000) == alone
    ratio = wad("0.02") + wad("1.16") * 100 // 300_000
    assert scaled_ratio_up(wad("0.05"), wad(35_000_000), wad(1), scaled) == wad("0.525")
    half = ratio + (wad(1) - ratio) // 2
    assert at(35_000_000)[0] - alone[0] == pytest.approx(300_000 * (half - ratio), rel=1e-12)
    assert at(90_000_000)[0] - alone[0] == pytest.approx(300_000 * (wad(1) - ratio), rel=1e-12)
    assert {at(interest)[1] for interest in (0, 35_000_000, 90_000_000)} == {alone[1]}


@pytest.mark.parametrize("profile", sorted(PROFILES))
@given(size=sizes, more=sizes, price=prices)
def test_margin_grows_with_size_and_maintenance_is_below_initial(
    profile: str, size: int, more: int, price: int
) -> None:
    parameters = PROFILES[profile].markets["ETH"].parameters()
    small, large = (requirement_up(s, price, parameters) for s in (size, size + more))
    assert small[1] <= small[0] <= large[0]
    assert small[1] <= large[1]


def test_a_keeper_gets_cost_and_the_best_of_three_profits() -> None:
    keeper = BASE.keeper.parameters(asset_id("ETH"))._replace(gas_units=400_000)
    dear = 50 * GWEI
    assert reward_due(wad(30_000), wad("0.0003"), dear, wad(3_000), keeper) == wad(78)
    assert reward_due(wad(300_000), wad("0.0003"), dear, wad(3_000), keeper) == wad(150)
    assert reward_due(wad(100), wad("0.0003"), 0, wad(3_000), keeper) == wad(1)
    capped = keeper._replace(cap_enabled=True)
    assert reward_due(wad(30_000), wad("0.0003"), dear, wad(3_000), capped) == wad(30)


def test_division_rounds_where_its_name_says() -> None:
    assert [div_up(x, 2) for x in (-3, -2, 3)] == [-1, -1, 2]
    assert [div_truncated(x, 2) for x in (-3, -2, 3)] == [-1, -1, 1]
    assert div_truncated(3, -2) == -1
