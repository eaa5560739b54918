"""Scenario margin as a rule: monotone, never above what can be lost, kind to hedges."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floodline.foundation.units import WAD, wad
from floodline.protocols.reference.model_black_scholes import OptionInputs, prices
from floodline.protocols.reference.model_options import writer_margin_up
from floodline.protocols.reference.model_portfolio import (
    LegKind,
    PortfolioLeg,
    naked_up,
    outcomes,
    requirement,
    shocked_volatilities,
)
from floodline.protocols.reference.model_surface import SurfaceModel
from floodline.protocols.reference.profile_options import OPTIONS, SCENARIOS, SURFACE

NOW = 1_700_000_000
SPOT = wad(3_000)
P = SCENARIOS.parameters()
MARGIN = OPTIONS.parameters()

sizes = st.integers(-50, 50).filter(bool).map(lambda tenths: tenths * WAD // 10)
kinds = st.sampled_from([LegKind.CALL, LegKind.PUT])
strikes = st.integers(2_000, 4_500).map(wad)
days = st.integers(1, 90)


@st.composite
def options(draw: st.DrawFn, size: st.SearchStrategy[int] = sizes) -> PortfolioLeg:
    expiry = NOW + draw(days) * 86_400
    return PortfolioLeg(draw(kinds), "ETH", draw(size), draw(strikes), expiry)


@st.composite
def perps(draw: st.DrawFn) -> PortfolioLeg:
    return PortfolioLeg(LegKind.PERP, "ETH", draw(sizes))


books = st.lists(st.one_of(options(), perps()), min_size=1, max_size=5)
longs = options(size=st.integers(1, 50).map(lambda tenths: tenths * WAD // 10))


@pytest.fixture(scope="module")
def surface() -> SurfaceModel:
    chosen = SurfaceModel(SURFACE.parameters())
    chosen.push(SURFACE.start(), NOW - 1, NOW)
    return chosen


def margin(surface: SurfaceModel, *legs: PortfolioLeg) -> tuple[int, int]:
    return requirement([(legs, SPOT, surface)], NOW, P)


def value(surface: SurfaceModel, leg: PortfolioLeg) -> int:
    """Return what an option is worth now, WAD USD."""
    sigma = surface.volatility(SPOT, (leg.strike, leg.expiry), NOW)
    call, put, _ = prices(OptionInputs(SPOT, leg.strike, sigma, leg.expiry - NOW))
    return leg.size * (call if leg.kind is LegKind.CALL else put) // WAD


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(book=books, factor=st.integers(2, 4))
def test_margin_grows_with_size_and_maintenance_never_exceeds_initial(
    surface: SurfaceModel, book: list[PortfolioLeg], factor: int
) -> None:
    initial, maintenance = margin(surface, *book)
    assert 0 <= maintenance <= initial
    larger = [leg._replace(size=leg.size * factor) for leg in book]
    assert margin(surface, *larger)[1] >= maintenance * factor - 10 * factor


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(book=books, bought=longs)
def test_a_long_option_never_lowers_what_is_free_before_its_premium(
    surface: SurfaceModel, book: list[PortfolioLeg], bought: PortfolioLeg
) -> None:
    """Equity rises by its value; maintenance by no more. It may rise: a long can lose its value."""
    rise = margin(surface, *book, bought)[1] - margin(surface, *book)[1]
    assert rise <= value(surface, bought) + 10


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(one=books, other=books)
def test_two_accounts_need_no_more_together_than_apart(
    surface: SurfaceModel, one: list[PortfolioLeg], other: list[PortfolioLeg]
) -> None:
    together = margin(surface, *one, *other)[1]
    assert together <= margin(surface, *one)[1] + margin(surface, *other)[1] + 10


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(bought=st.lists(longs, min_size=1, max_size=4))
def test_long_options_need_no_more_than_their_value_which_is_their_isolated_margin(
    surface: SurfaceModel, bought: list[PortfolioLeg]
) -> None:
    isolated = sum(value(surface, leg) for leg in bought)
    assert margin(surface, *bought)[1] <= isolated + 10


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(strike=strikes, width=st.integers(1, 500), when=days, kind=kinds)
def test_a_covered_vertical_spread_needs_no_more_than_its_width(
    surface: SurfaceModel, strike: int, width: int, when: int, kind: LegKind
) -> None:
    """And no more than the isolated sum, which margins the short as if it were alone."""
    expiry = NOW + when * 86_400
    away = strike + wad(width) if kind is LegKind.CALL else strike - wad(width)
    short = PortfolioLeg(kind, "ETH", -WAD, strike, expiry)
    cover = PortfolioLeg(kind, "ETH", WAD, away, expiry)
    found = margin(surface, short, cover)[1]
    assert found <= wad(width) + 10
    mark = -value(surface, short)
    is_call = kind is LegKind.CALL
    alone = writer_margin_up(MARGIN, SPOT, strike, mark, is_call=is_call)[1]
    if wad(width) <= SPOT * 75 // 1_000:
        assert found <= alone + value(surface, cover) + 10


def test_the_worked_numbers_of_the_documentation(surface: SurfaceModel) -> None:
    perp = PortfolioLeg(LegKind.PERP, "ETH", WAD)
    assert margin(surface, perp) == (wad(750), wad(600))
    put = PortfolioLeg(LegKind.PUT, "ETH", WAD, SPOT, NOW + 30 * 86_400)
    assert margin(surface, perp, put)[1] < value(surface, put)
    _, raised, lowered = shocked_volatilities(wad("0.8"), 7 * 86_400, P)
    assert (round(raised / WAD, 4), round(lowered / WAD, 4)) == (1.5428, 0.4286)
    assert writer_margin_up(MARGIN, SPOT, wad(3_300), 0, is_call=True) == (wad(300), wad(225))


def test_tails_count_in_part_and_only_where_they_are_the_worst(surface: SurfaceModel) -> None:
    far = PortfolioLeg(LegKind.CALL, "ETH", -WAD, wad(4_400), NOW + 2 * 86_400)
    found = outcomes([far], SPOT, surface, NOW, P)
    assert len(found) == 18
    assert min(found) == found[17] == pytest.approx(-wad(1_600) * 3 // 10, rel=0.01)
    assert naked_up([far], SPOT, P) == wad(60)
    hedged = [far, far._replace(size=WAD)]
    assert margin(surface, *hedged) == (0, 0)


def test_assets_do_not_offset_each_other(surface: SurfaceModel) -> None:
    eth = PortfolioLeg(LegKind.PERP, "ETH", WAD)
    btc = PortfolioLeg(LegKind.PERP, "BTC", -WAD // 20)
    both = requirement([([eth], SPOT, surface), ([btc], wad(60_000), None)], NOW, P)
    assert both[1] == wad(600) + wad(900), "a short fears the upper tail most"
