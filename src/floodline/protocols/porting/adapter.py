"""The part of an adapter that is the same for all contracts that others wrote.

An adapter of one's own derives from `PortedAdapter` (or from `LendingAdapter`, where dollars are
lent against collateral), deploys by plans, and brings a `State` and a `Follower`. Feeds, decoding,
reorganisations, revert reasons and the manifest's hashes are then there.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Final, Generic, cast

from floodline.artifacts.library import ArtifactLibrary
from floodline.artifacts.reverts import RevertDecoder
from floodline.chain.abi import ContractInterface, Revert
from floodline.chain.node import Log
from floodline.foundation.units import WAD
from floodline.protocols.deploying.site import Site
from floodline.protocols.events import ProtocolEvent
from floodline.protocols.interface import Call, ProtocolAdapter, SetupChain
from floodline.protocols.porting.following import Follower, Source, StateChanged, StateT
from floodline.toolchain.artifact import Artifacts

SETUP_GAS: Final = 300_000
"""Gas that a call of the setup, or a publisher's update, may use."""
EVERYTHING: Final = 2**256 - 1
_FEED_BOUNDS: Final = (1, 10**18, 86_400, WAD // 200)
"""Least and largest answer (8 decimals), heartbeat in seconds, promised deviation (WAD)."""


class PortedAdapter(ProtocolAdapter, Generic[StateT]):
    """Contracts that others wrote, with feeds of ours.

    Parameters
    ----------
    library : ArtifactLibrary
        Their contracts.
    state : State
        What is remembered, before anything happened.
    markets : Sequence[str]
        Names of the markets.
    artifacts : Artifacts
        Our own contracts.
    standing : Mapping[str, bytes], optional
        Contracts that stand already, by the names that plans give them.

    """

    perps: ClassVar[bool] = False
    rewindable: ClassVar[tuple[str, ...]] = ("book", "state")
    liquidation_uses: ClassVar[int]
    """Gas that a liquidation was measured to use; the contracts themselves reckon with none."""
    unblocked_by: ClassVar[Mapping[str, str]] = {}
    """What would let a liquidation succeed, by how the name or text of its refusal begins."""
    quiet: ClassVar[frozenset[str]] = frozenset()
    """Arguments of errors that are left out when they are told."""

    def __init__(
        self,
        library: ArtifactLibrary,
        state: StateT,
        *,
        markets: Sequence[str],
        artifacts: Artifacts,
        standing: Mapping[str, bytes] | None = None,
    ) -> None:
        super().__init__(markets)
        self.library = library
        self.doubles = artifacts
        self.site = Site(library, artifacts, standing)
        """What all markets share."""
        self.sites: dict[str, Site] = {}
        """What each market has of its own."""
        self.state = state
        self._sources: dict[bytes, Source] = {}
        self._publishers: list[bytes] = []

    @property
    def code_digest(self) -> str:
        """The library's digest."""
        return self.library.digest

    # ---- setting up -----------------------------------------------------------------------------

    def deploy(
        self, chain: SetupChain, prices_e8: Mapping[str, int], publishers: Sequence[bytes]
    ) -> None:
        """Deploy what markets share, then each market, and listen to their contracts."""
        self._publishers = [chain.deployer, *publishers]
        self.deploy_shared(chain)
        for market in self.markets:
            site = self.sites[market] = self.site.annex()
            self.deploy_market(chain, site, market, prices_e8[market])
            self.listen("feed", site, "feed", market)
        self.deploy_last(chain)

    @abstractmethod
    def deploy_shared(self, chain: SetupChain) -> None:
        """Deploy what all markets share."""

    @abstractmethod
    def deploy_market(self, chain: SetupChain, site: Site, market: str, price_e8: int) -> None:
        """Deploy one market, its feed by `deploy_feed`, and `listen` to its contracts."""

    def deploy_last(self, chain: SetupChain) -> None:
        """Do what is left once all markets stand; nothing by default."""

    def deploy_feed(self, chain: SetupChain, site: Site, what: str, price_e8: int) -> None:
        """Deploy a `PushFeed` under the name ``feed`` and publish its first price."""
        bounds, publishers = _FEED_BOUNDS, self._publishers
        site.deploy(chain, "feed", "floodline:PushFeed", what, *bounds, publishers)
        call = site.call("feed", "transmit", price_e8, chain.now_s - 1, gas=SETUP_GAS)
        chain.send(chain.deployer, call)

    def listen(
        self,
        role: str,
        site: Site,
        name: str,
        market: str = "",
        interface: ContractInterface | None = None,
    ) -> None:
        """Give the logs of what stands under a name to the follower's method ``on_<role>``.

        Where events are declared elsewhere than in the contract, `interface` holds them.
        """
        found = interface or site.interface(name)
        self._sources[site.address(name)] = Source(role, found, market)

    def bytecode_hashes(self) -> dict[str, str]:
        """SHA-256 of each deployed contract's creation code."""
        return dict(sorted(self.site.bytecode_hashes.items()))

    # ---- what actors do -------------------------------------------------------------------------

    def push_price(self, market: str, price_e8: int, observed_s: int) -> Call:
        """Return a publisher's update of the market's feed."""
        arguments = (price_e8, observed_s)
        return self.act(market, "feed", "transmit", *arguments, gas=SETUP_GAS, kind="push_price")

    def act(
        self, market: str, name: str, function: str, *arguments: Any, gas: int, kind: str
    ) -> Call:
        """Return a call of one of a market's contracts, or of one that all share."""
        site = self.sites[market]
        data = site.interface(name).encode(function, *arguments)
        return Call(site.address(name), data, gas, kind, market=market)

    def liquidation_gas(self) -> int:
        """Return what a liquidation was measured to use."""
        return self.liquidation_uses

    # ---- what happened --------------------------------------------------------------------------

    @abstractmethod
    def follower(self, state: StateT, timestamp_s: int) -> Follower[StateT]:
        """Return what takes the logs of a block with that timestamp."""

    def decode(self, logs: Sequence[Log], timestamp_s: int) -> list[ProtocolEvent]:
        """Return the protocol's events among these logs; the last one holds the state after it."""
        follower: Follower[StateT] | None = None
        for log in logs:
            source = self._sources.get(log.address)
            event = source.interface.decode_log(log) if source is not None else None
            if source is None or event is None:
                continue
            follower = follower or self.follower(self.state.copy(), timestamp_s)
            follower.take(source, log, event)
            last = (log.tx_index, log.log_index)
        if follower is None:
            return []
        return [*follower.found, StateChanged(*last, follower.state)]

    def apply(self, events: Sequence[ProtocolEvent]) -> None:
        """Bring the book up to date: positions by their events, cash by what is remembered."""
        self.book.apply(events)
        changed = [event for event in events if isinstance(event, StateChanged)]
        if not changed:
            return
        self.state = cast("StateT", changed[-1].state)
        cash = dict.fromkeys([*self.book.index, *self.house_accounts.values()], 0)
        for account, amount in {**cash, **self.cash_wad(list(cash))}.items():
            self.book.set_cash(account, amount)

    @abstractmethod
    def cash_wad(self, accounts: Sequence[bytes]) -> Mapping[bytes, int]:
        """Return what accounts have in dollars, or owe with a minus, by what is remembered."""

    # ---- reverts --------------------------------------------------------------------------------

    def reason_codes(self) -> Mapping[str, str]:
        """Return names of the reason strings that the protocol uses as codes; none by default."""
        return {}

    @cached_property
    def reverts(self) -> RevertDecoder:
        """Knows every error of the library and of our doubles."""
        ours = [artifact.abi for artifact in self.doubles.values()]
        return RevertDecoder([self.library.error_abi(), *ours], self.reason_codes(), self.quiet)

    def explain_revert(self, data: bytes) -> str:
        """Return a revert in words."""
        return self.reverts.explain(data)

    def decode_revert(self, data: bytes) -> Revert:
        """Return a revert's name and arguments."""
        return self.reverts.decode(data)

    def unblocks(self, revert: Revert) -> str:
        """Return what would let a liquidation succeed, from `unblocked_by`."""
        reason = str(revert.arguments.get("reason", revert.name))
        name = self.reason_codes().get(reason, reason)
        return next(
            (words for begin, words in self.unblocked_by.items() if name.startswith(begin)), ""
        )
