"""Hedgers: what they are exposed to, which way they trade, and how gamma moves them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from fake_desk import FakeDesk, made

from floodline.foundation.units import SECOND_US, WAD
from floodline.protocols.facets import OptionMarks, OptionSeries
from floodline.protocols.interface import Call

GENESIS_S = FakeDesk.genesis_s
YEAR_S = 365 * 86_400
WRITER, BUYER = b"w" * 20, b"b" * 20


class FakeOptions:
    """Two calls at 3,000, of an hour and of thirty days; WRITER is short of ten, BUYER has four."""

    volatility = 0.8

    def __init__(self):
        self.listed = [
            OptionSeries(0, "ETH", GENESIS_S + 3_600, 3_000 * WAD, True),
            OptionSeries(1, "ETH", GENESIS_S + 30 * 86_400, 3_000 * WAD, True),
        ]
        self.sizes = {WRITER: {0: -10 * WAD}, BUYER: {0: 4 * WAD}}

    def series(self, market):
        assert market == "ETH"
        return self.listed

    def holders(self):
        return sorted(self.sizes)

    def held(self, account, market):
        assert market == "ETH"
        return self.sizes[account]

    def greeks(self, price, left_s):
        if left_s <= 0:
            return math.nan, float(price > 3_000), 0.0
        width = self.volatility * math.sqrt(left_s / YEAR_S)
        d1 = math.log(price / 3_000) / width + width / 2
        density = math.exp(-(d1**2) / 2) / math.sqrt(2 * math.pi)
        return self.volatility, (1 + math.erf(d1 / math.sqrt(2))) / 2, density / (price * width)

    def marks(self, market, price_usd, now_s):
        rows = [self.greeks(price_usd, one.expiry_s - now_s) for one in self.listed]
        volatility, delta, gamma = (np.array(column) for column in zip(*rows, strict=True))
        nothing = np.zeros(len(rows))
        return OptionMarks(volatility, nothing, delta, gamma, nothing, nothing)


def hedgers(options=None, **parameters):
    """A started group, its desk, and the sizes of the orders that it sends from now on."""
    desk = FakeDesk(accounts=parameters.get("accounts", 1), end_s=10_000)
    desk.protocol.options = options
    for sender in desk.senders():
        row = desk.protocol.book._row(sender.address)
        desk.protocol.book._cash[row] = 10_000_000.0
    sizes = []

    def order(market, size_delta_wad, _limit_wad):
        sizes.append(size_delta_wad / WAD)
        return Call(b"m" * 20, b"", 600_000, "open", market=market)

    desk.protocol.open = order
    actor = made("hedgers", desk, **parameters)
    actor.start()
    return actor, desk, sizes


# ---- straddles -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("left_s", "units"), [(86_400, 204), (3_600, 757)])
def test_a_hedge_is_the_straddles_delta(left_s, units):
    actor, _, _ = hedgers(straddles=1_000, expiry_s=left_s, vol=0.8)
    assert actor.exposure(3_030.0, 0).hedge == pytest.approx(units, abs=0.5)


def test_gamma_is_what_demand_grows_by():
    actor, _, _ = hedgers(straddles=1_000, expiry_s=3_600, vol=0.8)
    slope = actor.exposure(3_000.5, 0).hedge - actor.exposure(2_999.5, 0).hedge
    assert slope == pytest.approx(actor.exposure(3_000.0, 0).gamma, rel=1e-3)


def test_nothing_is_hedged_after_expiry():
    actor, _, _ = hedgers(expiry_s=10)
    assert actor.exposure(3_030.0, 11 * SECOND_US).hedge == 0


# ---- positions -----------------------------------------------------------------------------------


def test_where_there_are_options_the_accounts_positions_are_hedged_unless_told_otherwise():
    real, _, _ = hedgers(FakeOptions())
    assert real.exposure(3_000.0, 0).options == 10
    synthetic, _, _ = hedgers(FakeOptions(), book="straddles", straddles=77)
    assert synthetic.exposure(3_000.0, 0).options == 77


def test_what_was_open_at_genesis_is_hedged_elsewhere_and_its_growth_here():
    options = FakeOptions()
    actor, _, _ = hedgers(options)
    assert actor.exposure(3_000.0, 0).hedge == 0
    grown = options.greeks(3_030.0, 3_600)[1] - options.greeks(3_000.0, 3_600)[1]
    assert actor.exposure(3_030.0, 0).hedge == pytest.approx(10 * grown)
    options.sizes[WRITER][1] = -2 * WAD
    new = 2 * options.greeks(3_000.0, 30 * 86_400)[1]
    assert actor.exposure(3_000.0, 0).hedge == pytest.approx(new), "written since: all of it"


@pytest.mark.parametrize(
    ("side", "units", "sign"), [("writers", 10, 1), ("buyers", 4, -1), ("all", 6, 1)]
)
def test_who_is_short_of_gamma_buys_what_rises_and_who_is_long_sells_it(side, units, sign):
    actor, desk, sizes = hedgers(FakeOptions(), side=side)
    seen = actor.exposure(3_030.0, 0)
    assert seen.options == units
    assert math.copysign(1, seen.gamma) == sign
    desk.price["ETH"] = 3_030.0
    desk.seal(actor)
    assert [math.copysign(1, size) for size in sizes] == [sign]


def test_gamma_of_positions_is_what_their_demand_grows_by():
    actor, _, _ = hedgers(FakeOptions())
    slope = actor.exposure(3_000.5, 0).hedge - actor.exposure(2_999.5, 0).hedge
    assert slope == pytest.approx(actor.exposure(3_000.0, 0).gamma, rel=1e-3)


def test_demand_is_the_larger_the_nearer_expiry_and_strike_are():
    near, far = FakeOptions(), FakeOptions()
    far.sizes = {WRITER: {1: -10 * WAD}}
    away = FakeOptions()
    away.listed[0] = OptionSeries(0, "ETH", GENESIS_S + 3_600, 3_600 * WAD, True)
    away.greeks = lambda price, left_s: FakeOptions.greeks(away, price * 3_000 / 3_600, left_s)
    demand = {
        name: abs(hedgers(options)[0].exposure(3_030.0, 0).hedge)
        for name, options in {"near": near, "far": far, "away": away}.items()
    }
    assert demand["near"] > 10 * demand["far"] > 0
    assert demand["away"] < 1e-6


def test_several_share_what_they_hedge():
    actor, desk, sizes = hedgers(FakeOptions(), accounts=2, share=0.5)
    whole = hedgers(FakeOptions())[0].exposure(3_030.0, 0).hedge
    desk.price["ETH"] = 3_030.0
    desk.seal(actor)
    assert sizes == pytest.approx([whole / 4, whole / 4], rel=1e-5)


def test_the_hedge_is_closed_once_everything_has_expired():
    actor, _, _ = hedgers(FakeOptions())
    assert actor.exposure(3_030.0, 3_600 * SECOND_US).hedge == 0


def test_positions_of_a_venue_without_options_are_nothing_to_hedge():
    actor, desk, sizes = hedgers(None, book="positions")
    desk.price["ETH"] = 3_300.0
    desk.seal(actor)
    assert sizes == []
