"""The auction's curves: worked numbers, and that no price rises inside a run."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodline.foundation.units import WAD, wad
from floodline.protocols.reference.model_auction_math import (
    AuctionKind,
    AuctionParameters,
    Standing,
    insolvent_price_up,
    max_share_up,
    power_wad,
    share_up,
    solvent_factor_up,
    step_factor,
    step_price_up,
    target_up,
)

DERIVE = AuctionParameters(
    kind=AuctionKind.PHASED,
    fast_seconds=900,
    fast_start=wad("0.95"),
    fast_end=wad("0.7"),
    slow_seconds=43_200,
    insolvent_seconds=3_600,
    top=wad("1.2"),
    cut=wad("0.99"),
    step_seconds=90,
    tail_seconds=8_400,
    cusp=wad("0.4"),
    buffer_ratio=wad("0.15"),
    fee_ratio=wad("0.1"),
    tip=0,
    chip=wad("0.001"),
    dust_notional=wad(500),
    hole=wad(10**9),
    perps_by_chunks=False,
)
MODERATE = Standing(wad(2_000), wad(3_000), wad(100_000))
dollars = st.integers(-(10**24), 10**24)
positive = st.integers(1, 10**24)


@pytest.mark.parametrize(
    ("elapsed_s", "share"),
    [(0, "0.95"), (450, "0.825"), (900, "0.7"), (22_500, "0.35"), (44_100, "0"), (10**6, "0")],
)
def test_a_solvent_account_gets_cheaper_fast_then_slowly(elapsed_s: int, share: str) -> None:
    assert solvent_factor_up(DERIVE, elapsed_s) == wad(share)


def test_an_insolvent_account_pays_up_to_its_maintenance_margin() -> None:
    standing = Standing(-wad(500), wad(3_000), wad(100_000))
    prices = [insolvent_price_up(DERIVE, standing, t) for t in (0, 1_800, 3_600, 9_999)]
    assert prices == [-wad(500), -wad(2_000), -wad(3_500), -wad(3_500)]


def test_the_stepwise_price_passes_the_feed_after_nineteen_steps() -> None:
    assert step_factor(DERIVE, 18 * 90 + 89) > WAD > step_factor(DERIVE, 19 * 90)
    assert step_factor(DERIVE, 19 * 90) == pytest.approx(WAD * 1.2 * 0.99**19, rel=1e-15)


def test_a_stepwise_price_gives_up_its_discount_on_notional() -> None:
    standing = Standing(wad(900), wad(1_000), wad(30_000))
    assert step_price_up(standing, wad("1.2")) == wad(6_900)
    assert step_price_up(standing, WAD) == wad(900)
    assert step_price_up(standing, wad("0.96")) == -wad(300)


def test_the_largest_share_restores_maintenance_and_buffer_exactly() -> None:
    share = max_share_up(DERIVE, MODERATE, wad(2_000), wad(1_700))
    assert share / WAD == pytest.approx(1_450 / 3_150, rel=1e-15)
    left = WAD - share
    equity = MODERATE.equity - (wad(2_000) - wad(1_700)) * share // WAD
    assert equity / WAD == pytest.approx(target_up(DERIVE, MODERATE.maintenance) * left / WAD**2)


def test_what_would_leave_dust_is_sold_whole_and_a_healthy_account_not_at_all() -> None:
    small = Standing(wad(20), wad(30), wad(900))
    assert max_share_up(DERIVE, small, small.equity, wad(17)) == WAD
    healthy = Standing(wad(3_450), wad(3_000), wad(100_000))
    assert max_share_up(DERIVE, healthy, healthy.equity, wad(3_000)) == 0


@given(
    equity=dollars,
    maintenance=positive,
    notional=positive,
    times=st.tuples(*[st.integers(0, 50_000)] * 2),
)
def test_no_price_rises_inside_a_run(
    equity: int, maintenance: int, notional: int, times: tuple[int, int]
) -> None:
    """Invariant 15, for any account, at fixed prices."""
    early, late = sorted(times)
    standing = Standing(equity, maintenance, notional)
    assert solvent_factor_up(DERIVE, early) >= solvent_factor_up(DERIVE, late)
    assert insolvent_price_up(DERIVE, standing, early) >= insolvent_price_up(DERIVE, standing, late)
    before, after = (step_price_up(standing, step_factor(DERIVE, t)) for t in (early, late))
    assert before >= after


@given(equity=dollars, maintenance=positive, proceeds=st.integers(0, 10**24))
def test_a_share_is_never_above_one_and_never_below_what_is_needed(
    equity: int, maintenance: int, proceeds: int
) -> None:
    """Total taken stays at or below the lot, and what is left is worth at least its target."""
    standing = Standing(equity, maintenance, 10**24)
    share = max_share_up(DERIVE, standing, equity, proceeds)
    assert 0 <= share <= WAD
    target = target_up(DERIVE, maintenance)
    left = equity - equity * share // WAD + proceeds * share // WAD
    assert share == WAD or left >= target * (WAD - share) // WAD - 3


@given(base=st.integers(WAD // 2, WAD - 1), exponent=st.integers(0, 400))
def test_powers_are_those_of_real_numbers(base: int, exponent: int) -> None:
    assert power_wad(base, exponent) / WAD == pytest.approx((base / WAD) ** exponent, abs=1e-14)


@given(whole=dollars, share=st.integers(0, WAD))
def test_a_share_of_a_price_is_rounded_against_the_bidder(whole: int, share: int) -> None:
    assert share_up(whole, share) == math.ceil(whole * share / WAD) or (
        0 <= share_up(whole, share) * WAD - whole * share < WAD
    )
