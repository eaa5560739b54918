"""The engine's side of an actor's desk."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from floodline.actors.desk import Batch, BlockSeen, PendingSeen, Sender, Sent
from floodline.actors.fees import FeeHistory, Fees, FeeView
from floodline.campaign.chain_view import ChainState
from floodline.campaign.world import World
from floodline.foundation.units import FEED
from floodline.mempool.transaction import Lane
from floodline.protocols.interface import Call, ProtocolAdapter


class EngineDesk:
    """What one actor sees and does; it knows a block only once that block has reached it.

    Parameters
    ----------
    world : World
        The campaign's state.
    actor : int
        The actor's number.
    name : str
        The actor's name; prefixes its random streams and labels its accounts.
    region : str, optional
        Where it is; where the builder is by default.
    lane : Lane
        How its transactions go to the builder.

    """

    def __init__(
        self,
        world: World,
        actor: int,
        name: str,
        region: str | None = None,
        lane: Lane = Lane.PUBLIC,
    ) -> None:
        self._world = world
        self._lane = lane
        self._actor = actor
        self._name = name
        self._senders: list[Sender] = []
        self._history = FeeHistory()
        self._seen: ChainState | None = None
        self.route = world.network.route(name, region)
        self._view = world.gossip.view(name)

    @property
    def now_us(self) -> int:
        """Virtual time."""
        return self._world.queue.now_us

    @property
    def genesis_s(self) -> int:
        """Unix time of the campaign's genesis."""
        return self._world.genesis_s

    @property
    def end_us(self) -> int:
        """Virtual time of the last block."""
        return self._world.end_us

    @property
    def target_gas_per_s(self) -> float:
        """Gas that blocks hold a second at their target."""
        return self._world.target_gas_per_s

    @property
    def protocol(self) -> ProtocolAdapter:
        """The protocol under test."""
        return self._world.protocol

    @property
    def name(self) -> str:
        """The actor's name."""
        return self._name

    def stream(self, purpose: str) -> np.random.Generator:
        """Return the actor's own random stream for a purpose."""
        return self._world.streams.stream(f"actors.{self._name}.{purpose}")

    def open_accounts(self, count: int) -> None:
        """Derive the actor's accounts; the engine calls this once."""
        self._senders = [
            Sender(account.index, account.address)
            for account in self._world.accounts.accounts(self._name, count)
        ]

    def senders(self) -> list[Sender]:
        """Return the actor's accounts."""
        return self._senders

    def true_price_usd(self, market: str) -> float:
        """Return the true price now."""
        return self._world.true_price_e8(market) / FEED

    def chain_price_usd(self, market: str) -> float:
        """Return the chain's price as of the last block that this actor has seen."""
        seen = self._known()
        return seen.prices_e8[self.protocol.book.market_index[market]] / FEED

    def fee_view(self) -> FeeView:
        """Return what a wallet sees of the fee market."""
        known = self._known()
        return FeeView(known.next_base_fee, self._history, known.pool_gas, known.target_gas)

    def pending(self, kind: str = "", subject: bytes = b"") -> list[PendingSeen]:
        """Return the public transactions that have reached this actor and wait, to its knowledge.

        Those that the pool took out of sight, or that a block seen by this actor holds, are gone.
        """
        found = self._view.seen(self.now_us, self._known().number)
        return [
            seen
            for seen in found
            if (not kind or seen.call.kind == kind)
            and (not subject or seen.call.subject == subject)
        ]

    def address_of(self, sender: int) -> bytes:
        """Return the address that a pending transaction's sender signs with."""
        return self._world.accounts[sender].address

    def account_nonce(self, sender: int) -> int:
        """Return an account's nonce after the latest block."""
        return self._world.nonces[sender]

    def _known(self) -> ChainState:
        return self._seen if self._seen is not None else self._world.genesis_state

    def see(self, state: ChainState) -> BlockSeen:
        """Let a block reach the actor."""
        if self._seen is None or state.time_us > self._seen.time_us:
            self._seen = state
        self._history.add(state.tips, state.base_fee)
        return BlockSeen(
            number=state.number,
            time_us=state.time_us,
            base_fee=state.base_fee,
            next_base_fee=state.next_base_fee,
            gas_used=state.gas_used,
            gas_limit=state.gas_limit,
            candidates=state.candidates,
            pool_count=state.pool_count,
            pool_gas=state.pool_gas,
        )

    def send(self, sender: int, call: Call, fees: Fees) -> Sent:
        """Create a transaction at the sender's next nonce."""
        nonce = self._world.wallets[sender].take()
        return self._dispatch(sender, nonce, call, fees, replaces=None)

    def replace(self, sent: Sent, fees: Fees, call: Call | None = None) -> Sent:
        """Send another transaction at the same nonce."""
        self._world.wallets[sent.sender].share(sent.nonce)
        return self._dispatch(sent.sender, sent.nonce, call or sent.call, fees, replaces=sent)

    def _dispatch(
        self, sender: int, nonce: int, call: Call, fees: Fees, replaces: Sent | None
    ) -> Sent:
        world = self._world
        now_us = self.now_us
        if fees.lane is not self._lane:
            fees = Fees(fees.max_fee, fees.tip, self._lane)
        tx_id = world.ledger.add(self._actor, call, sender, nonce, fees, now_us)
        if replaces is not None:
            world.ledger.columns["replaces"][tx_id] = replaces.tx_id
        sent = Sent(tx_id, sender, nonce, call, fees, now_us, self._known().number)
        world.dispatch(self._actor, sent, self.route)
        return sent

    def offer(self, batch: Batch) -> None:
        """Create many transactions at once."""
        self._world.offer(self._actor, batch, self.route, self._lane)

    def at(self, time_us: int, callback: Callable[[int], None]) -> None:
        """Call back at a virtual time."""
        self._world.queue.at(time_us, callback)

    def note_decision(self, account: bytes) -> None:
        """Say that a keeper has decided to liquidate an account."""
        self._world.monitor.on_decision(account, self.now_us)

    def note_update(self, market: str, price_e8: int) -> None:
        """Say that a publisher has created an update."""
        self._world.on_update_created(market, price_e8)

    def load_contract(self, name: str) -> bytes:
        """Return a load contract's address."""
        return self._world.load_contracts[name]
