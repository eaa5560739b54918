"""Who keeps options going: a publisher of volatility, and bots that settle expiries."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Final

from pydantic import Field

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sent
from floodline.actors.fees import FeeChoice
from floodline.foundation.units import SECOND_US, to_us
from floodline.market.surface import VolatilityLevel
from floodline.protocols.interface import Call

_Job = tuple[str, str, bytes]
"""Kind, market and subject of a call: one of each waits at a time."""

_ATTEMPT_BLOCKS: Final = 5
"""Blocks that a bot lets pass before it tries again what reverted."""


class VolatilityParameters(ActorParameters):
    """Parameters of a publisher of volatility."""

    interval_s: float = Field(
        default=300.0, gt=0, description="From one update to the next, in seconds."
    )
    delay_s: float = Field(
        default=2.0, ge=0, description="From observing volatility to creating the transaction."
    )
    start: float = Field(
        default=0.8,
        gt=0,
        le=5,
        description="Volatility at genesis and in the long run (0.8 = 80 %).",
    )
    reversion: float = Field(default=12.0, ge=0, description="Speed of the return to it, per year.")
    vol_of_vol: float = Field(
        default=1.5, ge=0, description="Volatility of its logarithm, per square root of a year."
    )
    fee: FeeChoice = Field(
        default="percentile", validate_default=True, description="How the publisher bids."
    )


@ACTORS.register(
    "volatility",
    VolatilityParameters,
    description="Publishes each option market's volatility at an interval, after a delay.",
)
class VolatilityPublisher(Actor):
    """Observes the true level and pushes it, from one account a market.

    Options whose volatility is older than the surface's heartbeat can be neither traded nor closed:
    an update that is shut out of blocks stops them.
    """

    role: ClassVar[str] = "volatility"

    def __init__(self, parameters: VolatilityParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._interval_us = to_us(parameters.interval_s)
        self._delay_us = to_us(parameters.delay_s)
        self._bidder = Bidder(desk, parameters.fee.build())
        self._markets = desk.protocol.markets
        self._levels = {
            market: VolatilityLevel(
                desk.stream(f"level.{market}"),
                parameters.start,
                parameters.reversion,
                parameters.vol_of_vol,
            )
            for market in self._markets
        }

    @property
    def sender_count(self) -> int:
        """One account a market."""
        return len(self._markets)

    @property
    def publishes(self) -> bool:
        """Its accounts push volatility."""
        return True

    def start(self) -> None:
        """Observe at once and then at the interval."""
        if self.desk.protocol.options is not None:
            self._observe(self.desk.now_us)

    def _observe(self, now_us: int) -> None:
        for place, market in enumerate(self._markets):
            level = self._levels[market].at(now_us)
            self.desk.at(
                now_us + self._delay_us, partial(self._publish, place, market, level, now_us)
            )
        if now_us + self._interval_us <= self.desk.end_us:
            self.desk.at(now_us + self._interval_us, self._observe)

    def _publish(
        self, place: int, market: str, level: float, observed_us: int, _now_us: int
    ) -> None:
        options = self.desk.protocol.options
        if options is not None:
            observed_s = self.desk.genesis_s + observed_us // SECOND_US
            call = options.push_volatility(market, level, observed_s)
            self._bidder.send(self.accounts[place].index, call)
            self.count("published")

    def on_block(self, block: BlockSeen) -> None:
        """Bid again for what waits."""
        self.count("bumped", self._bidder.bump(block))

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Count what became of an update."""
        if self._bidder.settle(sent, outcome) is not None:
            self.count(outcome.state)


class OptionKeepersParameters(ActorParameters):
    """Parameters of the bots that settle options."""

    fee: FeeChoice = Field(
        default="percentile", validate_default=True, description="How the bot bids."
    )


@ACTORS.register(
    "option_keepers",
    OptionKeepersParameters,
    description="A bot that fixes expiries' prices and pays accounts out; closing options of "
    "accounts below maintenance is the keepers' part.",
)
class OptionKeepers(Actor):
    """Makes each call that is due, one of a kind, market and account at a time."""

    role: ClassVar[str] = "option_keeper"

    def __init__(self, parameters: OptionKeepersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._bidder = Bidder(desk, parameters.fee.build())
        self._waiting: set[_Job] = set()
        self._again: dict[_Job, int] = {}

    def on_block(self, block: BlockSeen) -> None:
        """Bid again for what waits, and send what has come due."""
        self.count("bumped", self._bidder.bump(block))
        for call in self._due():
            job = _job(call)
            if job in self._waiting or self._again.get(job, 0) > block.number:
                continue
            self._waiting.add(job)
            self._bidder.send(self.accounts[0].index, call)
            self.count("sent")

    def _due(self) -> list[Call]:
        options = self.desk.protocol.options
        now_s = self.desk.genesis_s + self.desk.now_us // SECOND_US
        return [] if options is None else list(options.upkeep(now_s))

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Free the job; what reverted is tried again some blocks later."""
        ended = self._bidder.settle(sent, outcome)
        if ended is None:
            return
        job = _job(ended.call)
        self._waiting.discard(job)
        self.count(outcome.state)
        if outcome.state == "reverted":
            self._again[job] = outcome.block + _ATTEMPT_BLOCKS


def _job(call: Call) -> _Job:
    return call.kind, call.market, call.subject
