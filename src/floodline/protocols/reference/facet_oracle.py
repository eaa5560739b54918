"""What the oracle side of a deployment asks of publishers, whichever kind of feed it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from floodline.chain.abi import ContractInterface
from floodline.foundation.units import WAD
from floodline.protocols.events import (
    PriceQueued,
    PriceUpdated,
    ProtocolEvent,
    ReferencePriceUpdated,
)
from floodline.protocols.interface import Call
from floodline.protocols.reference.deployment import Deployment
from floodline.protocols.reference.liquidation_gas import CARRIED_PRICE
from floodline.protocols.reference.mirror import Mirror
from floodline.protocols.reference.profiles import Profile, asset_id
from floodline.protocols.reference.signed_prices import PriceSigners, SignedPrice
from floodline.protocols.reference.switches import Oracle

_TRANSMIT_GAS: Final = 200_000
_POKE_GAS: Final = 250_000
_UPDATE_GAS: Final = 350_000
"""Gas of one signed update with thirteen signatures, and room for more."""


@dataclass
class OracleDesk(Mirror):
    """Calls that bring prices on chain.

    Parameters
    ----------
    deployment : Deployment
        Addresses.
    profile : Profile
        Kind of feed and its parameters.
    interfaces : Mapping[str, ContractInterface]
        By contract name.
    start_s : int
        Time of the deployment, Unix seconds.

    """

    deployment: Deployment
    profile: Profile
    interfaces: Mapping[str, ContractInterface]
    start_s: int

    remembers: ClassVar[tuple[str, ...]] = ("_due_s",)
    _due_s: dict[bytes, int] = field(default_factory=dict)
    """When each feed may be poked next, by address."""

    def push(self, market: str, price_e8: int, observed_s: int) -> Call:
        """Return a publisher's update; an averaging feed needs no price, only to be poked."""
        if self.profile.switches.oracle is Oracle.TWAP:
            return self._poke(market, "TwapFeed", self.deployment.feeds[market], "push_price")
        data = self.interfaces["PushFeed"].encode("transmit", price_e8, observed_s)
        to = self.deployment.sources[market]
        return Call(to, data, _TRANSMIT_GAS, "push_price", market=market)

    def report_sequencer(self, *, down: bool) -> Call | None:
        """Return the report to the sequencer's uptime feed, where there is one."""
        if self.deployment.sequencer is None:
            return None
        data = self.interfaces["SequencerDouble"].encode("setStatus", down)
        return Call(self.deployment.sequencer, data, _TRANSMIT_GAS, "report_sequencer")

    def hand_over(self, market: str) -> list[Call]:
        """Return the deployer's calls that leave a median feed to its publishers."""
        found: list[Call] = []
        for function, arguments in self.deployment.hand_over.get(market, []):
            data = self.interfaces["MedianFeed"].encode(function, *arguments)
            to = self.deployment.feeds[market]
            found.append(Call(to, data, _TRANSMIT_GAS, f"MedianFeed.{function}"))
        return found

    def upkeep(self, market: str, now_s: int) -> Call | None:
        """Return the poke that is due for a market's feed or its reference; None without any."""
        for contract, feed, every_s in self._poked(market):
            due_s = self._due_s.get(feed, self.start_s + every_s)
            if now_s >= due_s:
                return self._poke(market, contract, feed, "poke")
        return None

    def take(self, events: Iterable[ProtocolEvent]) -> None:
        """Learn when feeds were poked."""
        feeds = self.profile.feeds
        for event in events:
            if isinstance(event, PriceQueued):
                self._due_s[self.deployment.feeds[event.market]] = event.due_s
            elif isinstance(event, ReferencePriceUpdated):
                reference = self.deployment.references[event.market]
                self._due_s[reference] = event.observed_s + feeds.twap_period.value
            elif isinstance(event, PriceUpdated) and self.profile.switches.oracle is Oracle.TWAP:
                feed = self.deployment.feeds[event.market]
                self._due_s[feed] = event.observed_s + feeds.twap_period.value

    def _poked(self, market: str) -> list[tuple[str, bytes, int]]:
        feeds, deployment = self.profile.feeds, self.deployment
        found: list[tuple[str, bytes, int]] = []
        if self.profile.switches.oracle is Oracle.DELAYED:
            found.append(("DelayedFeed", deployment.feeds[market], feeds.hop_seconds.value))
        if self.profile.switches.oracle is Oracle.TWAP:
            found.append(("TwapFeed", deployment.feeds[market], feeds.twap_period.value))
        if market in deployment.references:
            found.append(("TwapFeed", deployment.references[market], feeds.twap_period.value))
        return found

    def _poke(self, market: str, contract: str, feed: bytes, kind: str) -> Call:
        data = self.interfaces[contract].encode("poke")
        return Call(feed, data, _POKE_GAS, kind, market=market)


@dataclass
class PulledPrices(Mirror):
    """The newest signed price of each market, and calls that carry them.

    Parameters
    ----------
    deployment : Deployment
        Addresses.
    profile : Profile
        Parameters of the feeds.
    interfaces : Mapping[str, ContractInterface]
        By contract name.
    signers : Mapping[str, PriceSigners]
        By market.

    """

    deployment: Deployment
    profile: Profile
    interfaces: Mapping[str, ContractInterface]
    signers: Mapping[str, PriceSigners]

    remembers: ClassVar[tuple[str, ...]] = ("_stored_s",)
    _newest: dict[str, SignedPrice] = field(default_factory=dict)
    _stored_s: dict[str, int] = field(default_factory=dict)
    _signatures: dict[str, tuple[SignedPrice, bytes]] = field(default_factory=dict)

    def publish(self, market: str, price_e8: int, observed_s: int) -> None:
        """Let the publishers sign a price off chain; older ones than the newest change nothing."""
        last = self._newest.get(market)
        if last is not None and observed_s <= last.publish_time:
            return
        previous = last.publish_time if last is not None else observed_s - 1
        confidence = price_e8 * self.profile.feeds.pull_confidence.value // WAD
        self._newest[market] = SignedPrice(price_e8, confidence, observed_s, previous)

    def update(self, market: str) -> Call:
        """Return the call that brings in a market's newest price by itself, with its fee."""
        price = self._newest[market]
        data = self.interfaces["PullFeed"].encode("update", tuple(price), self._signed(market))
        fee = self.profile.feeds.pull_fee.value
        feed = self.deployment.feeds[market]
        return Call(feed, data, _UPDATE_GAS, "push_price", fee, market=market)

    def carrying(self, call: Call, markets: Sequence[str]) -> Call:
        """Return a call that first stores the newest prices of these markets, where they are new.

        Its gas limit grows with each.
        """
        news = [market for market in markets if self._is_news(market)]
        if not news:
            return call
        data = self.wrapped(call.data, news)
        limit = call.gas_limit + len(news) * _UPDATE_GAS
        expected = call.expected_gas + len(news) * CARRIED_PRICE if call.expected_gas else 0
        return replace(call, data=data, gas_limit=limit, expected_gas=expected)

    def wrapped(self, data: bytes, markets: Sequence[str]) -> bytes:
        """Return calldata that stores prices and then does what the given calldata does."""
        updates = [
            (asset_id(market), tuple(self._newest[market]), self._signed(market))
            for market in markets
        ]
        return self.interfaces["CarriesPrices"].encode("withPrices", updates, data)

    def storable(self, block_s: int) -> list[str]:
        """Return the markets whose newest price a call in a block of that time could store."""
        limit = self.profile.feeds.pull_update_age.value
        return [
            market
            for market in self.signers
            if self._is_news(market)
            and block_s - limit <= self._newest[market].publish_time <= block_s
        ]

    def take(self, events: Iterable[ProtocolEvent]) -> None:
        """Learn which prices are stored."""
        for event in events:
            if isinstance(event, PriceUpdated):
                self._stored_s[event.market] = event.observed_s

    def _is_news(self, market: str) -> bool:
        price = self._newest.get(market)
        return price is not None and price.publish_time > self._stored_s.get(market, 0)

    def _signed(self, market: str) -> bytes:
        price = self._newest[market]
        known = self._signatures.get(market)
        if known is None or known[0] != price:
            known = (price, self.signers[market].sign(price))
            self._signatures[market] = known
        return known[1]
