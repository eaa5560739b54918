"""Greeks of all series at once, held against the exact model of the contracts."""

from __future__ import annotations

import numpy as np
import pytest

from floodline.foundation.units import WAD, wad
from floodline.protocols.facets import OptionSeries
from floodline.protocols.reference.model_black_scholes import OptionInputs, greeks
from floodline.protocols.reference.model_surface import SurfaceState, volatility_at
from floodline.protocols.reference.option_pricing import Shelf, reduce
from floodline.protocols.reference.option_state import SurfaceMirror
from floodline.protocols.reference.profiles import PROFILES

SPOT, NOW_S, DAY_S = 3_000, 1_000_000, 86_400
SURFACE = PROFILES["base"].surface.parameters()
SAID = SurfaceState(wad("0.8"), -wad("0.08"), wad("0.1"), wad("0.05"))


def shelf(*days: float) -> Shelf:
    strikes = (2_100, 2_850, 3_000, 3_300, 4_200)
    return Shelf.of(
        [
            OptionSeries(0, "ETH", NOW_S + round(day * DAY_S), strike * WAD, is_call)
            for day in days
            for strike in strikes
            for is_call in (True, False)
        ]
    )


def test_every_greek_is_the_exact_models() -> None:
    listed = shelf(0.02, 1, 7, 90)
    found = reduce(listed, SurfaceMirror(SAID), SURFACE, float(SPOT), NOW_S).greeks(float(SPOT))
    for place, (strike, expiry_s) in enumerate(listed.keys):
        left = expiry_s - NOW_S
        sigma = volatility_at(SAID, SURFACE, 0, 0, SPOT * WAD, strike, left)
        exact = greeks(OptionInputs(SPOT * WAD, strike, sigma, left, SAID.rate))
        is_call = bool(listed.is_call[place])
        wanted = [
            exact.call_delta - (0 if is_call else WAD),
            exact.gamma,
            exact.vega,
            exact.call_theta if is_call else exact.put_theta,
        ]
        got = [float(each[place]) for each in found]
        assert got == pytest.approx([value / WAD for value in wanted], rel=1e-6, abs=1e-12)


def test_a_week_at_the_money_is_the_worked_number() -> None:
    flat = SurfaceState(wad("0.8"), 0, 0, 0)
    seven = Shelf.of([OptionSeries(0, "ETH", NOW_S + 7 * DAY_S, SPOT * WAD, True)])
    level = SURFACE._replace(term_power=0)
    found = reduce(seven, SurfaceMirror(flat), level, float(SPOT), NOW_S).greeks(float(SPOT))
    assert [round(float(each[0]), 3) for each in found] == [0.522, 0.001, 165.488, -3451.615]


def test_after_expiry_only_the_delta_of_the_payoff_is_left() -> None:
    gone = shelf(-1)
    found = reduce(gone, SurfaceMirror(SAID), SURFACE, float(SPOT + 50), NOW_S)
    delta, *others = found.greeks(float(SPOT + 50))
    in_the_money = np.where(gone.is_call, gone.strike < SPOT + 50, gone.strike > SPOT + 50)
    assert delta.tolist() == np.where(gone.is_call, in_the_money, -1.0 * in_the_money).tolist()
    assert all(not each.any() for each in others)
