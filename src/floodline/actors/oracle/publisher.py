"""The oracle publisher: its update is a transaction that has to get in like any other."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Literal

from pydantic import Field

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder, Intent
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sender, Sent
from floodline.actors.fees import FeeChoice
from floodline.actors.oracle.fault import FaultChoice, Update
from floodline.foundation.units import FEED, SECOND_US, to_us


class OracleParameters(ActorParameters):
    """Parameters of an oracle publisher."""

    heartbeat_s: float = Field(
        default=3600.0, gt=0, description="An update is due this long after the last, in seconds."
    )
    deviation: float = Field(
        default=0.005,
        gt=0,
        lt=1,
        description="An update is due when the price has moved by this share since the last.",
    )
    delay_s: float = Field(
        default=6.0,
        ge=0,
        description="From observing a price to creating its transaction (rounds of agreement).",
    )
    fee: FeeChoice = Field(
        default="percentile",
        validate_default=True,
        description="How the publisher bids for its updates.",
    )
    on_pending: Literal["queue", "replace"] = Field(
        default="queue",
        description="While an update waits: queue the next behind it, or replace it by the next.",
    )
    only_if_needed: bool = Field(
        default=False,
        description="Leave out an update if the chain, as seen when it would be sent, is within "
        "the deviation already: a backup behind other publishers.",
    )
    faults: tuple[FaultChoice, ...] = Field(
        default=(), description="What is wrong with the publisher, applied in this order."
    )


@ACTORS.register(
    "oracle",
    OracleParameters,
    description="Publishes each market's price on deviation or heartbeat, after a delay.",
)
class OraclePublisher(Actor):
    """Watches the true price and pushes it on chain from one account a market.

    An update carries the price that was observed when it became due; it is created `delay_s`
    later, and what happens to it then is up to the network. Several publishers, each with a name,
    a region and faults of its own, serve one feed together: of two updates the older is refused.
    """

    role: ClassVar[str] = "oracle"

    def __init__(self, parameters: OracleParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._heartbeat_us = to_us(parameters.heartbeat_s)
        self._deviation = parameters.deviation
        self._delay_us = to_us(parameters.delay_s)
        self._replace = parameters.on_pending == "replace"
        self._bidder = Bidder(desk, parameters.fee.build())
        self._markets = desk.protocol.markets
        self._only_if_needed = parameters.only_if_needed
        self._faults = [
            chosen.build(rng=desk.stream(f"fault.{number}.{chosen.name}"))
            for number, chosen in enumerate(parameters.faults)
        ]
        self._last_usd: dict[str, float] = {}
        self._last_us: dict[str, int] = {}
        self._last_observed_s: dict[str, int] = {}

    @property
    def sender_count(self) -> int:
        """One account a market."""
        return len(self._markets)

    @property
    def publishes(self) -> bool:
        """Its accounts push prices."""
        return True

    def start(self) -> None:
        """Take the start price as published at genesis."""
        for market in self._markets:
            self._last_usd[market] = self.desk.chain_price_usd(market)
            self._last_us[market] = self.desk.now_us
            self._last_observed_s[market] = self.desk.genesis_s

    def on_price(self, now_us: int) -> None:
        """Decide for each market whether an update is due."""
        asleep = [fault for fault in self._faults if not fault.awake(now_us)]
        for fault in asleep:
            self.count(f"ticks_{fault.name}")
        if asleep:
            return
        self._keep_up(now_us)
        for market, sender in zip(self._markets, self.accounts, strict=True):
            price = self._seen_usd(market, now_us)
            self._sign(market, price, now_us)
            moved = abs(price / self._last_usd[market] - 1)
            if moved < self._deviation and now_us - self._last_us[market] < self._heartbeat_us:
                continue
            observed_s = self.desk.genesis_s + now_us // SECOND_US
            if observed_s <= self._last_observed_s[market]:
                continue
            self._last_usd[market] = price
            self._last_us[market] = now_us
            self._last_observed_s[market] = observed_s
            self.count("due")
            update = self._after_faults(Update(market, price, now_us, now_us + self._delay_us))
            if update is not None:
                self.desk.at(update.publish_us, partial(self._publish, sender, update))

    def _keep_up(self, now_us: int) -> None:
        """Poke the feeds that need it, from the account that publishes to them, one at a time."""
        now_s = self.desk.genesis_s + now_us // SECOND_US
        for market, sender in zip(self._markets, self.accounts, strict=True):
            call = self.desk.protocol.oracle_upkeep(market, now_s)
            if call is not None and self._waiting_for(sender) is None:
                self._bidder.send(sender.index, call)
                self.count("poked")

    def _sign(self, market: str, price_usd: float, now_us: int) -> None:
        """Where prices are pulled, sign each one off chain: it can be carried after the delay."""
        updates = self.desk.protocol.oracle_updates
        if updates is None:
            return
        observed_s = self.desk.genesis_s + now_us // SECOND_US
        price_e8 = round(price_usd * FEED)

        def publish(_now_us: int) -> None:
            updates.publish(market, price_e8, observed_s)

        self.desk.at(now_us + self._delay_us, publish)

    def _seen_usd(self, market: str, now_us: int) -> float:
        price = self.desk.true_price_usd(market)
        for fault in self._faults:
            seen = fault.seen_usd(market, price, now_us)
            if seen != price:
                self.count(f"ticks_{fault.name}")
            price = seen
        return price

    def _after_faults(self, update: Update) -> Update | None:
        for fault in self._faults:
            changed = fault.apply(update)
            if changed != update:
                self.count(fault.name)
            if changed is None:
                return None
            update = changed
        return update

    def _publish(self, sender: Sender, update: Update, _now_us: int) -> None:
        market, price_e8 = update.market, round(update.price_usd * FEED)
        if self._only_if_needed:
            on_chain = self.desk.chain_price_usd(market)
            if abs(update.price_usd / on_chain - 1) < self._deviation:
                self.count("not_needed")
                return
        observed_s = self.desk.genesis_s + update.observed_us // SECOND_US
        call = self.desk.protocol.push_price(market, price_e8, observed_s)
        waiting = self._waiting_for(sender)
        self.count("published")
        if self._replace and waiting is not None:
            self._bidder.supersede(waiting, call)
            self.count("superseded")
        else:
            self._bidder.send(sender.index, call)
        self.desk.note_update(market, price_e8)

    def _waiting_for(self, sender: Sender) -> Intent | None:
        for intent in self._bidder.waiting:
            if intent.current.sender == sender.index:
                return intent
        return None

    def on_block(self, block: BlockSeen) -> None:
        """Bid again for what waits."""
        self.count("bumped", self._bidder.bump(block))

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Publish again at the next tick what was lost before it got on chain."""
        ended = self._bidder.settle(sent, outcome)
        if ended is None:
            return
        if outcome.state == "included":
            self.count("landed")
        elif ended.call.kind == "poke":
            self.count("lost_poke")
        else:
            self.count("lost")
            market = ended.call.market
            self._last_usd[market] = self.desk.chain_price_usd(market)
