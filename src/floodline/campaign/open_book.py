"""Opening the book before genesis: tokens, perpetuals and options, through the real contracts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from floodline.campaign.book_section import (
    BookSection,
    CollateralBookSection,
    OptionBookSection,
)
from floodline.chain.accounts import Account
from floodline.foundation.errors import CampaignError
from floodline.foundation.seeds import Streams
from floodline.foundation.units import FEED, WAD, wad
from floodline.protocols.facets import OptionSeries, OptionsFacet
from floodline.protocols.interface import ProtocolAdapter, SetupChain

_SPARE: Final = 0.95
"""Share of what the protocol allows that is used at most."""
_OPTION_SPARE: Final = 0.9
"""The same of options, whose own trade moves their price."""
_NO_LIMIT_WAD: Final = 10**30
_BATCH: Final = 6
"""Option trades between two publications of volatility, which undo their impact on it."""


@dataclass(frozen=True)
class Opening:
    """Where, for whom and at which prices the book is opened."""

    driver: SetupChain
    protocol: ProtocolAdapter
    section: BookSection
    holders: Sequence[Account]
    margins_usd: Sequence[float]
    streams: Streams
    start_e8: Mapping[str, int]

    def market_of(self, number: int) -> str:
        """Return the market of an account: they take turns."""
        return self.protocol.markets[number % len(self.protocol.markets)]

    def price_usd(self, market: str) -> float:
        """Return a start price."""
        return self.start_e8[market] / FEED


def open_book(opening: Opening) -> None:
    """Open what each account of the book has, at the start prices."""
    part = _perpetual_parts(opening)
    _open_perpetuals(opening, part)
    if opening.section.options is not None:
        opening.driver.flush()
        _open_options(opening, opening.section.options, part)


def setup_blocks(section: BookSection, gas_limit: int) -> int:
    """Return how many blocks more than perpetuals the options of a book may take."""
    if section.options is None:
        return 0
    trades = section.accounts * section.options.legs
    return trades * max(1, 6_000_000 // gas_limit + 1)


# ---- margin -------------------------------------------------------------------------------------


def tokens_usd(
    section: BookSection,
    markets: Sequence[str],
    holders: Sequence[Account],
    margins_usd: Sequence[float],
    streams: Streams,
) -> dict[bytes, dict[str, float]]:
    """Return the part of each account's collateral that it has in tokens, in dollars by market.

    Raises
    ------
    CampaignError
        If the mix names a market that the campaign does not have.

    """
    chosen = section.collateral
    if chosen is None:
        return {}
    weights = _weights(chosen, markets)
    draws = streams.stream("book.collateral").random((len(holders), 2))
    steps = np.cumsum(weights)
    found: dict[bytes, dict[str, float]] = {}
    for holder, margin, (first, second) in zip(holders, margins_usd, draws.tolist(), strict=True):
        if first < chosen.share:
            place = min(int(np.searchsorted(steps, second, side="right")), len(markets) - 1)
            found[holder.address] = {markets[place]: margin * chosen.part}
    return found


def _weights(chosen: CollateralBookSection, markets: Sequence[str]) -> list[float]:
    strange = sorted(set(chosen.mix) - set(markets))
    if strange:
        raise CampaignError(
            f"book.collateral.mix names {strange[0]}, which is no market of the campaign",
            f"use markets among: {', '.join(markets)}",
        )
    given = chosen.mix or dict.fromkeys(markets, 1.0)
    total = sum(given.values())
    return [given.get(market, 0.0) / total for market in markets]


def _perpetual_parts(opening: Opening) -> list[float]:
    """Return the part of each account's collateral that its perpetual may use."""
    options = opening.section.options
    if options is None:
        return [1.0] * len(opening.holders)
    draws = opening.streams.stream("book.options").random((len(opening.holders), 2)).tolist()
    return [
        1.0 if first >= options.share else 0.5 if second < options.perpetual_share else 0.0
        for first, second in draws
    ]


# ---- perpetuals ---------------------------------------------------------------------------------


def _open_perpetuals(opening: Opening, part: Sequence[float]) -> None:
    """Open one position for each account of the book, at the start price.

    Leverage is drawn from its distribution and cut at 95 % of what the protocol allows the
    account's margin; an account too poor for any position has none. Markets are taken in turn.
    """
    section, protocol, streams = opening.section, opening.protocol, opening.streams
    count = len(opening.holders)
    leverages = section.leverage.build().sample(streams.stream("book.leverage"), count)
    sides = streams.stream("book.sides").random(count)
    skews = dict.fromkeys(protocol.markets, 0.0)
    for number, holder in enumerate(opening.holders):
        market = opening.market_of(number)
        sign = 1 if float(sides[number]) < section.long_share else -1
        margin = opening.margins_usd[number] * part[number]
        price = opening.price_usd(market)
        least, most = protocol.allowed_notional_usd(market, margin, sign, skews[market], price)
        notional = min(margin * float(leverages[number]), _SPARE * most)
        size = sign * wad(f"{notional / price:.6f}")
        if notional > least:
            skews[market] += size / WAD
            limit = wad(f"{price * (1 + 0.2 * sign):.8f}")
            opening.driver.send(holder.address, protocol.open(market, size, limit))


# ---- options ------------------------------------------------------------------------------------


def _open_options(opening: Opening, section: OptionBookSection, part: Sequence[float]) -> None:
    """Let the accounts that have options buy or write them from the vault.

    Volatility is published again before each few trades, and once at the end: the book's own
    trades leave no impact on it.
    """
    options = opening.protocol.options
    if options is None:
        raise CampaignError(
            "book.options: the protocol has no options", "set protocol.switches.options: true"
        )
    count, legs = len(opening.holders), section.legs
    stream = opening.streams.stream("book.option_legs")
    draws = stream.random((count, 1 + 2 * legs)).tolist()
    moneyness = section.moneyness.build().sample(stream, count * legs)
    notional = section.notional.build().sample(stream, count)
    waiting = 0
    for number, holder in enumerate(opening.holders):
        if part[number] == 1.0:
            continue
        market = opening.market_of(number)
        side = -1 if draws[number][0] < section.writer_share else 1
        margin = opening.margins_usd[number] * (1 - part[number])
        taken: set[int] = set()
        for leg in range(legs):
            is_call = draws[number][1 + 2 * leg] < section.call_share
            far = draws[number][2 + 2 * leg] < section.far_share
            strike = float(moneyness[number * legs + leg]) * opening.price_usd(market)
            series = _nearest(opening, options, market, strike, taken, is_call=is_call, far=far)
            if series is None:
                continue
            wanted = margin * float(notional[number]) / legs
            size = _size(opening, options, series, side, margin / legs, wanted)
            if size == 0:
                continue
            taken.add(series.series_id)
            if waiting % _BATCH == 0:
                _publish(opening, options)
            limit = _NO_LIMIT_WAD if side > 0 else 0
            call = options.trade(market, series.series_id, side * size, limit)
            opening.driver.send(holder.address, call)
            waiting += 1
    _publish(opening, options)


def _publish(opening: Opening, options: OptionsFacet) -> None:
    """Say volatility again as it was, in a block of its own time."""
    opening.driver.flush()
    for market in opening.protocol.markets:
        base = options.base_volatility(market)
        call = options.push_volatility(market, base, opening.driver.now_s)
        opening.driver.send(opening.driver.deployer, call)


def _nearest(
    opening: Opening,
    options: OptionsFacet,
    market: str,
    strike_usd: float,
    taken: set[int],
    *,
    is_call: bool,
    far: bool,
) -> OptionSeries | None:
    """Return the tradable series nearest to a strike, of the wanted kind where there is one."""
    open_now = options.tradable(market, opening.price_usd(market), opening.driver.now_s)
    free = [one for one in open_now if one.series_id not in taken and one.is_call is is_call]
    if not free:
        return None
    expiries = sorted({one.expiry_s for one in options.series(market)})
    wanted = expiries[-1] if far else expiries[0]
    of_expiry = [one for one in free if one.expiry_s == wanted] or free
    return min(of_expiry, key=lambda one: (abs(one.strike_wad / WAD - strike_usd), one.series_id))


def _size(
    opening: Opening,
    options: OptionsFacet,
    series: OptionSeries,
    side: int,
    margin_usd: float,
    wanted_usd: float,
) -> int:
    """Return how many options an account trades, WAD; zero where it can have none."""
    market, now_s = series.market, opening.driver.now_s
    price = opening.price_usd(market)
    place = (market, series.series_id)
    least, most = options.allowed(*place, margin_usd, side, price, now_s)
    units = min(wanted_usd / price, _OPTION_SPARE * most)
    prices = [opening.price_usd(name) for name in opening.protocol.markets]
    while side > 0 and units >= least:
        quote = options.offer(*place, wad(f"{units:.6f}"), prices, now_s)
        if (quote.premium_wad + quote.fee_wad) / WAD <= _OPTION_SPARE * margin_usd:
            break
        units *= 0.8
    return wad(f"{units:.6f}") if units >= least else 0
