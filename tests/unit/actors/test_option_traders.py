"""Option traders: what they buy, write, close, roll, and leave alone."""

from __future__ import annotations

import pytest
from fake_desk import FakeDesk, included, lost, made

from floodline.foundation.units import WAD
from floodline.protocols.facets import OptionQuote, OptionSeries
from floodline.protocols.interface import Call

NEAR_S, FAR_S = 1_000_600, 1_005_000
"""Cut-offs, with a genesis at 1,000,000."""


class FakeOptions:
    """Two calls of one strike; quotes at 80 % and a point more for each unit."""

    def __init__(self):
        self.listed = [
            OptionSeries(0, "ETH", NEAR_S, 3_000 * WAD, True),
            OptionSeries(1, "ETH", FAR_S, 3_000 * WAD, True),
        ]
        self.sizes = {}
        self.most = 10.0
        self.traded = []

    def series(self, market):
        return self.listed

    def tradable(self, market, price_usd, now_s):
        return [one for one in self.listed if now_s < one.expiry_s]

    def trades_until(self, series):
        return series.expiry_s

    def allowed(self, market, series_id, margin_usd, side, price_usd, now_s):
        return 0.01, self.most

    def offer(self, market, series_id, size_delta_wad, prices_usd, now_s):
        volatility = 0.8 + 0.01 * size_delta_wad / WAD
        return OptionQuote(size_delta_wad * 100, 0, volatility)

    def held(self, account, market):
        return self.sizes.get(account, {})

    def trade(self, market, series_id, size_delta_wad, limit_wad):
        self.traded.append((series_id, size_delta_wad / WAD, limit_wad / WAD))
        return Call(b"p" * 20, bytes([series_id]), 3_000_000, "trade_option", market=market)


def population(**parameters):
    desk = FakeDesk(accounts=parameters.pop("accounts", 4), end_s=2_000)
    desk.protocol.options = FakeOptions()
    given = {"rate_per_s": 1.0, "margin_usd": {"constant": 6_000}, "notional": {"constant": 1.0}}
    actor = made("option_traders", desk, accounts=len(desk.senders()), **(given | parameters))
    actor.start()
    return actor, desk, desk.protocol.options


def test_who_thinks_an_option_cheap_buys_and_who_thinks_it_dear_writes():
    actor, desk, options = population(accounts=40, view_sd=0.3)
    desk.seconds(40)
    sizes = [size for _, size, _ in options.traded]
    assert actor.tally["buy"] == sum(size > 0 for size in sizes) > 3
    assert actor.tally["write"] == sum(size < 0 for size in sizes) > 3
    assert {abs(size) for size in sizes} == {2.0}, "6,000 dollars of notional at 3,000"


def test_nobody_trades_whose_view_is_the_surfaces():
    actor, desk, options = population(view_sd=0.0)
    desk.seconds(60)
    assert options.traded == []
    assert actor.tally["stood_aside"] > 10


def test_the_limit_is_the_quote_and_the_slippage_against_the_trader():
    _, desk, options = population(accounts=40, view_sd=0.3, slippage=0.1)
    desk.seconds(40)
    for _, size, limit in options.traded:
        assert limit == pytest.approx(110 if size > 0 else 90)


def test_what_margin_allows_bounds_a_trade():
    _, desk, options = population(accounts=40, view_sd=0.3)
    options.most = 1.0
    desk.seconds(40)
    assert {abs(size) for _, size, _ in options.traded} == {0.7}


def test_nothing_is_sent_that_could_land_after_the_cut_off():
    _, desk, options = population(view_sd=0.3, margin_of_time_s=100, roll_before_s=0, accounts=40)
    options.listed = options.listed[:1]
    desk.seconds(1_990)
    assert options.traded
    assert max(sent.created_us for sent in desk.sent) < 500 * 10**6


@pytest.mark.parametrize(("roll_before_s", "rolled"), [(700, True), (500, False)])
def test_a_position_is_rolled_only_when_its_cut_off_is_near(roll_before_s, rolled):
    actor, desk, options = population(rate_per_s=0.001, roll_before_s=roll_before_s)
    options.sizes = {desk.senders()[0].address: {0: -3 * WAD}}
    desk.seal(actor)
    assert bool(options.traded) is rolled


@pytest.mark.parametrize(("outcome", "rolled"), [(included(), True), (lost(), False)])
def test_a_roll_opens_again_only_once_the_old_position_is_closed(outcome, rolled):
    actor, desk, options = population(rate_per_s=0.001, roll_before_s=700)
    trader = desk.senders()[0]
    options.sizes = {trader.address: {0: -3 * WAD}}
    desk.seal(actor)
    assert [(series, size) for series, size, _ in options.traded] == [(0, 3.0)]
    options.sizes = {}
    actor.on_outcome(desk.sent[0], outcome)
    later = [(series, size) for series, size, _ in options.traded[1:]]
    assert later == ([(1, -3.0)] if rolled else [])
