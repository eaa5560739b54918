"""Option traders: people who buy what they think cheap, write what they think dear, and roll."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field, model_validator

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder, Intent
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sender, Sent
from floodline.actors.fees import FeeChoice
from floodline.foundation.registry import Parameters
from floodline.foundation.units import SECOND_US, WAD, wad
from floodline.market.amounts import AmountChoice
from floodline.protocols.facets import OptionSeries, OptionsFacet


class OptionMix(Parameters):
    """Shares of the actions; they need not add up to one."""

    open: float = Field(default=0.7, ge=0, description="Share of purchases and sales.")
    close: float = Field(default=0.3, ge=0, description="Share of closing trades.")

    @model_validator(mode="after")
    def _not_both_zero(self) -> OptionMix:
        if self.open + self.close <= 0:
            raise ValueError("at least one share must be above 0")
        return self


class OptionTradersParameters(ActorParameters):
    """Parameters of a population of option traders."""

    accounts: int = Field(default=20, ge=1, le=5_000, description="Number of traders.")
    rate_per_s: float = Field(
        default=0.2, gt=0, le=100, description="Mean number of actions a second, of all together."
    )
    mix: OptionMix = Field(default=OptionMix(), description="Shares of opening and closing.")
    margin_usd: AmountChoice = Field(
        default={"lognormal": {"median": 20_000, "sigma": 0.8}},
        validate_default=True,
        description="Collateral of each trader, in dollars.",
    )
    notional: AmountChoice = Field(
        default={"lognormal": {"median": 1.0, "sigma": 0.5}},
        validate_default=True,
        description="Notional of a trade over the trader's collateral; cut at what margin allows.",
    )
    view_sd: float = Field(
        default=0.1,
        ge=0,
        le=2,
        description="Standard deviation of the logarithm of a trader's own volatility over the "
        "surface's.",
    )
    edge: float = Field(
        default=0.02,
        ge=0,
        le=1,
        description="Least distance between the trader's volatility and the quote's, as a share.",
    )
    slippage: float = Field(
        default=0.1, gt=0, lt=1, description="Accepted distance from the quoted price of an option."
    )
    roll_before_s: float = Field(
        default=3_600.0,
        ge=0,
        description="A position is moved to the later expiry this long before its cut-off.",
    )
    margin_of_time_s: float = Field(
        default=24.0,
        ge=0,
        description="Nothing is sent that could land later than this before the cut-off.",
    )
    fee: FeeChoice = Field(
        default="multiple", validate_default=True, description="How the traders' wallets bid."
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """One option that a trader has."""

    series: OptionSeries
    size_wad: int


@ACTORS.register(
    "option_traders",
    OptionTradersParameters,
    description="A population that buys options it thinks cheap, writes those it thinks dear, "
    "closes at random times and rolls before the cut-off.",
)
class OptionTraders(Actor):
    """Poisson traders with views on volatility, each with one option at a time.

    A trader asks for a quote, compares its volatility with its own, and sends a trade with a limit
    if the difference is worth it. Where the vault or the surface refuses, the trade reverts.
    """

    role: ClassVar[str] = "option_trader"

    def __init__(self, parameters: OptionTradersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._parameters = parameters
        self._bidder = Bidder(desk, parameters.fee.build())
        self._waiting: dict[int, Intent] = {}
        self._rolling: dict[int, _Held] = {}
        self._times = desk.stream("arrivals")
        self._choices = desk.stream("choices")
        self._notional = parameters.notional.build()
        self._margins = parameters.margin_usd.build().sample(
            desk.stream("margins"), parameters.accounts
        )

    @property
    def sender_count(self) -> int:
        """One account a trader."""
        return self._parameters.accounts

    def deposits_usd(self) -> list[float]:
        """Each trader's collateral."""
        return [float(margin) for margin in self._margins]

    # ---- when -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Schedule the first action, where there are options."""
        if self.desk.protocol.options is not None:
            self._schedule_next(self.desk.now_us)

    def _schedule_next(self, now_us: int) -> None:
        gap_s = self._times.exponential(1 / self._parameters.rate_per_s)
        self.desk.at(now_us + max(1, round(gap_s * SECOND_US)), self._act)

    def _act(self, now_us: int) -> None:
        options = self.desk.protocol.options
        if options is None or now_us >= self.desk.end_us:
            return
        mix = self._parameters.mix
        draws: list[float] = self._choices.random(4).tolist()
        opinion = float(self._choices.standard_normal())
        notional = float(self._notional.sample(self._choices, 1)[0])
        if draws[0] * (mix.open + mix.close) < mix.open:
            self._open(options, draws, opinion, notional)
        else:
            self._close(options, draws)
        self._schedule_next(now_us)

    def on_block(self, block: BlockSeen) -> None:
        """Bid again for what waits, and roll what nears its cut-off."""
        self.count("bumped", self._bidder.bump(block))
        options = self.desk.protocol.options
        if options is None:
            return
        for sender in self.accounts:
            held = self._position(options, sender)
            if sender.index in self._waiting or held is None:
                continue
            left = options.trades_until(held.series) - self._now_s()
            if self._parameters.margin_of_time_s < left <= self._parameters.roll_before_s:
                self._rolling[sender.index] = held
                self._trade(options, sender, held.series, -held.size_wad, "roll_out")

    # ---- what -----------------------------------------------------------------------------------

    def _open(
        self, options: OptionsFacet, draws: list[float], opinion: float, notional: float
    ) -> None:
        """Buy or write one option, if its quote is far enough from the trader's own view."""
        idle = [
            place
            for place, sender in enumerate(self.accounts)
            if sender.index not in self._waiting and self._position(options, sender) is None
        ]
        markets = self.desk.protocol.markets
        market = markets[int(draws[1] * len(markets))]
        listed = self._tradable(options, market)
        if not idle or not listed:
            self.count("open_not_possible")
            return
        place = idle[int(draws[2] * len(idle))]
        series = listed[int(draws[3] * len(listed))]
        side = 1 if opinion > 0 else -1
        size = self._size(options, series, side, float(self._margins[place]), notional)
        if size == 0:
            self.count("open_not_possible")
            return
        if not self._is_worth_it(options, series, size, opinion):
            self.count("stood_aside")
            return
        self._trade(options, self.accounts[place], series, size, "buy" if side > 0 else "write")

    def _is_worth_it(
        self, options: OptionsFacet, series: OptionSeries, size_wad: int, opinion: float
    ) -> bool:
        """Whether the quoted volatility is on the right side of the trader's own."""
        small = WAD if size_wad > 0 else -WAD
        prices, now_s = self._prices(), self._now_s()
        at_surface = options.offer(series.market, series.series_id, small, prices, now_s)
        quoted = options.offer(series.market, series.series_id, size_wad, prices, now_s)
        own = at_surface.volatility * math.exp(self._parameters.view_sd * opinion)
        gap = (own / quoted.volatility - 1) * (1 if size_wad > 0 else -1)
        return gap > self._parameters.edge

    def _size(
        self,
        options: OptionsFacet,
        series: OptionSeries,
        side: int,
        margin_usd: float,
        notional: float,
    ) -> int:
        price = self.desk.chain_price_usd(series.market)
        place = (series.market, series.series_id)
        least, most = options.allowed(*place, margin_usd, side, price, self._now_s())
        units = min(margin_usd * notional / price, 0.7 * most)
        return side * wad(f"{units:.6f}") if units >= least else 0

    def _close(self, options: OptionsFacet, draws: list[float]) -> None:
        """Close the option of a trader that has one which still trades."""
        able = [
            (sender, held)
            for sender in self.accounts
            if sender.index not in self._waiting
            and (held := self._position(options, sender)) is not None
            and self._in_time(options, held.series)
        ]
        if not able:
            self.count("close_not_possible")
            return
        sender, held = able[int(draws[2] * len(able))]
        self._trade(options, sender, held.series, -held.size_wad, "close")

    def _trade(
        self, options: OptionsFacet, sender: Sender, series: OptionSeries, size: int, what: str
    ) -> None:
        place = (series.market, series.series_id)
        quote = options.offer(*place, size, self._prices(), self._now_s())
        price = quote.premium_wad / size
        worst = price * (1 + self._parameters.slippage * (1 if size > 0 else -1))
        call = options.trade(*place, size, wad(f"{worst:.8f}"))
        self._waiting[sender.index] = self._bidder.send(sender.index, call)
        self.count(what)

    def _roll_into(self, options: OptionsFacet, sender: Sender, old: _Held) -> None:
        """Open again what was closed, at the nearest strike of the latest expiry."""
        listed = [
            series
            for series in self._tradable(options, old.series.market)
            if series.is_call is old.series.is_call and series.expiry_s > old.series.expiry_s
        ]
        if not listed:
            self.count("roll_not_possible")
            return
        strike = old.series.strike_wad
        latest = max(series.expiry_s for series in listed)
        series = min(
            (one for one in listed if one.expiry_s == latest),
            key=lambda one: (abs(one.strike_wad - strike), one.series_id),
        )
        self._trade(options, sender, series, old.size_wad, "roll_in")

    # ---- what it sees ---------------------------------------------------------------------------

    def _position(self, options: OptionsFacet, sender: Sender) -> _Held | None:
        for market in self.desk.protocol.markets:
            for series_id, size in options.held(sender.address, market).items():
                return _Held(options.series(market)[series_id], size)
        return None

    def _tradable(self, options: OptionsFacet, market: str) -> list[OptionSeries]:
        listed = options.tradable(market, self.desk.chain_price_usd(market), self._now_s())
        return [series for series in listed if self._in_time(options, series)]

    def _in_time(self, options: OptionsFacet, series: OptionSeries) -> bool:
        left = options.trades_until(series) - self._now_s()
        return left > self._parameters.margin_of_time_s

    def _prices(self) -> list[float]:
        return [self.desk.chain_price_usd(market) for market in self.desk.protocol.markets]

    def _now_s(self) -> int:
        return self.desk.genesis_s + self.desk.now_us // SECOND_US

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Free the trader; one that rolls opens again once its old position is closed."""
        if self._bidder.settle(sent, outcome) is None:
            return
        self._waiting.pop(sent.sender, None)
        self.count(f"trade_{outcome.state}")
        old = self._rolling.pop(sent.sender, None)
        options = self.desk.protocol.options
        if old is None or options is None or outcome.state != "included":
            return
        sender = next(one for one in self.accounts if one.index == sent.sender)
        self._roll_into(options, sender, old)
