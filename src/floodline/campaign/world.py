"""Everything that a campaign's virtual time moves: network, pool, chain state, actors, monitor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from floodline.actors.base import Actor
from floodline.actors.desk import Batch, BlockSeen, Outcome, Sender, Sent
from floodline.campaign.chain_view import ChainState
from floodline.campaign.execution import ExecutedBlock, Included
from floodline.campaign.gas import GasPredictor
from floodline.campaign.gateway import Gateway
from floodline.campaign.gossip import Gossip
from floodline.campaign.ledger import Ledger
from floodline.campaign.monitor import Monitor
from floodline.campaign.network import Network, Route
from floodline.campaign.record import NONE
from floodline.campaign.transit import Transit
from floodline.campaign.wallet import Wallet
from floodline.chain.accounts import AccountBook
from floodline.chain.feemarket import minimum_gas_limit
from floodline.foundation.event_queue import EventQueue
from floodline.foundation.seeds import Streams
from floodline.foundation.units import FEED, SECOND_US
from floodline.mempool.pool import TransactionPool
from floodline.mempool.states import Reason, TxState
from floodline.mempool.topology import LOST
from floodline.mempool.transaction import Lane, PooledTransaction
from floodline.protocols.interface import ProtocolAdapter

GENESIS_BALANCE_WEI: Final = 10**24
"""A million ether for each account: fees never fail for want of funds by accident."""


class Seat(Protocol):
    """An actor's desk, as far as the world has to know it."""

    @property
    def name(self) -> str:
        """The actor's name."""

    @property
    def route(self) -> Route:
        """The way of the actor's messages."""

    def senders(self) -> list[Sender]:
        """Return the actor's accounts."""

    def see(self, state: ChainState) -> BlockSeen:
        """Let a block reach the actor."""


@dataclass
class Prices:
    """True and chain prices of each market, in a feed's 8 decimals."""

    paths_e8: dict[str, list[int]]
    tick_us: int
    chain_e8: list[int]
    observed_us: list[int]
    updated_us: list[int]

    def true_e8(self, market: str, now_us: int) -> int:
        """Return the true price at the last tick."""
        path = self.paths_e8[market]
        return path[min(now_us // self.tick_us, len(path) - 1)]


class World:
    """The state of one running campaign; the engine drives it, desks look into it."""

    def __init__(
        self,
        *,
        streams: Streams,
        accounts: AccountBook,
        protocol: ProtocolAdapter,
        ledger: Ledger,
        prices: Prices,
        network: Network,
        genesis_s: int,
        end_us: int,
        target_gas_per_s: float,
    ) -> None:
        self.streams = streams
        self.accounts = accounts
        self.protocol = protocol
        self.ledger = ledger
        self.prices = prices
        self.genesis_s = genesis_s
        self.end_us = end_us
        self.target_gas_per_s = target_gas_per_s
        self.queue = EventQueue()
        self.transit = Transit()
        self.predictor = GasPredictor()
        self.network = network
        self.gossip = Gossip(streams, ledger, network)
        self.actors: list[Actor] = []
        self.desks: list[Seat] = []
        self.wallets: list[Wallet] = []
        self.nonces: list[int] = []
        self.balances: list[int] = []
        self.load_contracts: dict[str, bytes] = {}
        self.pool: TransactionPool
        self.private_pool: TransactionPool | None = None
        """Of the private lane, where the builder keeps one; what it holds nobody else sees."""
        self.gateway: Gateway | None = None
        """Sheds load before the public pool, where there is one."""
        self.monitor: Monitor
        self.genesis_state: ChainState
        self.evicted = 0
        self.replaced = 0
        self._watched: dict[int, tuple[int, Sent]] = {}
        self._news: list[list[tuple[Sent, Outcome]]] = []
        self.remembers_settled = False
        """Whether included transactions are kept for the case that their block is orphaned."""
        self._settled: dict[int, tuple[int, Sent]] = {}
        self._told: set[int] = set()
        self._arrivals = 0
        self._tidied_us = 0
        self._held: list[tuple[PooledTransaction, int]] | None = None

    # ---- prices ---------------------------------------------------------------------------------

    def true_price_e8(self, market: str) -> int:
        """Return the true price at the last tick."""
        return self.prices.true_e8(market, self.queue.now_us)

    def true_prices_usd(self) -> npt.NDArray[np.float64]:
        """Return the true price of every market in dollars."""
        return np.array([self.true_price_e8(market) / FEED for market in self.protocol.markets])

    def chain_prices_usd(self) -> npt.NDArray[np.float64]:
        """Return the chain's price of every market in dollars."""
        return np.array(self.prices.chain_e8) / FEED

    def clock_s(self, now_us: int) -> float:
        """Return Unix seconds of a virtual time."""
        return self.genesis_s + now_us / SECOND_US

    def on_update_created(self, market: str, price_e8: int) -> None:
        """Note that a publisher has created an update."""
        prices = self.chain_prices_usd()
        prices[self.protocol.book.market_index[market]] = price_e8 / FEED
        now_us = self.queue.now_us
        self.monitor.on_update_created(now_us, self.clock_s(now_us), prices)

    # ---- accounts -------------------------------------------------------------------------------

    def open_books(self, sent: Mapping[bytes, int]) -> None:
        """Make nonces, wallets and balances for every account derived so far.

        Accounts that acted before genesis go on from the nonces in `sent`.
        """
        count = len(self.accounts)
        self.nonces = [sent.get(account.address, 0) for account in self.accounts]
        self.wallets = [Wallet(nonce) for nonce in self.nonces]
        self.balances = [GENESIS_BALANCE_WEI] * count
        self._news = [[] for _ in self.actors]

    # ---- the network ----------------------------------------------------------------------------

    def dispatch(self, actor: int, sent: Sent, route: Route) -> None:
        """Send one transaction on its way to the builder."""
        self._watched[sent.tx_id] = (actor, sent)
        self.gossip.add(actor, sent)
        if sent.call.subject:
            self.monitor.on_attempt(sent.call.subject, self.queue.now_us)
        now_us = self.queue.now_us
        transaction = self._pooled(sent)
        arrives_us = int(route.arrivals_us(np.array([now_us]), transaction.size_bytes)[0])
        if arrives_us == LOST:
            del self._watched[sent.tx_id]
            self.ledger.end(sent.tx_id, now_us, TxState.DROPPED, Reason.LOST_ON_THE_WAY)
            return

        def arrive(now_us: int) -> None:
            self.deliver_bulk(now_us)
            self._arrive(transaction, now_us)

        self.queue.at(arrives_us, arrive)

    def offer(self, actor: int, batch: Batch, route: Route, lane: Lane = Lane.PUBLIC) -> None:
        """Send a batch on its way to the builder."""
        first_id = self.ledger.add_batch(actor, batch, lane)
        times_us = route.arrivals_us(batch.created_us, batch.size_bytes)
        self.transit.add(times_us, first_id, batch.size_bytes, batch.value, batch.nonce)
        for place in np.flatnonzero(times_us == LOST).tolist():
            created_us = int(batch.created_us[place])
            self.ledger.end(first_id + place, created_us, TxState.DROPPED, Reason.LOST_ON_THE_WAY)

    def _pooled(self, sent: Sent) -> PooledTransaction:
        call = sent.call
        return PooledTransaction(
            sent.tx_id,
            sent.sender,
            sent.nonce,
            sent.fees.max_fee,
            sent.fees.tip,
            call.gas_limit,
            call.value,
            180 + len(call.data),
            call_kind=self.ledger.kind_code(call.kind),
            minimum_gas=minimum_gas_limit(call.data),
            lane=sent.fees.lane,
        )

    def hold_arrivals(self) -> None:
        """Let what arrives wait outside: the builder has closed its block and not sealed it yet."""
        self._held = []

    def release_arrivals(self, now_us: int) -> None:
        """Let in what waited outside, in the order of its arrival."""
        held, self._held = self._held or [], None
        for transaction, arrived_us in held:
            self.deliver_bulk(arrived_us)
            self._deliver(transaction, arrived_us)
        self.deliver_bulk(now_us)

    def _arrive(self, transaction: PooledTransaction, now_us: int) -> None:
        if self._held is None:
            self._deliver(transaction, now_us)
        else:
            self._held.append((transaction, now_us))

    def _deliver(self, transaction: PooledTransaction, now_us: int) -> None:
        tx_id = transaction.tx_id
        transaction.arrived_us = now_us
        self._arrivals += 1
        transaction.order = self._arrivals
        self.ledger.columns["arrived_us"][tx_id] = now_us
        pool = self._pool_of(transaction.lane)
        refusal: Reason | None = Reason.SHED
        if not self._is_shed(tx_id, pool):
            refusal = pool.add(transaction, max(now_us, self._tidied_us))
        if refusal is not None:
            self._lose(tx_id, TxState.REJECTED, refusal, at_once=True)
        self.note_departures()

    def _is_shed(self, tx_id: int, pool: TransactionPool) -> bool:
        """Whether the gateway turns a transaction away; it stands before the public pool only."""
        if self.gateway is None or pool is not self.pool:
            return False
        return self.gateway.sheds(tx_id, pool.pending_gas)

    def _pool_of(self, lane: int) -> TransactionPool:
        """Return where a lane's transactions wait: apart, if the builder keeps a private pool."""
        if lane == Lane.PRIVATE and self.private_pool is not None:
            return self.private_pool
        return self.pool

    def deliver_bulk(self, now_us: int) -> None:
        """Let everything that was offered in bulk and has arrived by now enter the pool."""
        if self._held is not None:
            return
        arrivals = self.transit.take_until(now_us)
        if not arrivals.ids:
            return
        columns = self.ledger.columns
        rows = np.array(arrivals.ids, dtype=np.int64)
        columns["arrived_us"][rows] = arrivals.times_us
        refused: dict[Reason, list[int]] = {}
        nonces: list[int] = []
        accepted: list[int] = []
        order = self._arrivals
        for tx_id, at_us, size, value, given, sender, cap, tip, gas, kind, lane in zip(
            arrivals.ids,
            arrivals.times_us,
            arrivals.sizes,
            arrivals.values,
            arrivals.nonces,
            columns["sender"][rows].tolist(),
            columns["max_fee_wei"][rows].tolist(),
            columns["tip_wei"][rows].tolist(),
            columns["gas_limit"][rows].tolist(),
            columns["kind"][rows].tolist(),
            columns["lane"][rows].tolist(),
            strict=True,
        ):
            order += 1
            pool = self._pool_of(lane)
            if self._is_shed(tx_id, pool):
                refused.setdefault(Reason.SHED, []).append(tx_id)
                continue
            if pool.would_reject(cap, tip):
                refused.setdefault(Reason.UNDERPRICED, []).append(tx_id)
                continue
            nonce = pool.pending_nonce(sender) if given == NONE else given
            transaction = PooledTransaction(
                tx_id, sender, nonce, cap, tip, gas, value, size, at_us, order, kind
            )
            transaction.lane = Lane(lane)
            refusal = pool.add(transaction, max(at_us, self._tidied_us))
            if refusal is not None:
                refused.setdefault(refusal, []).append(tx_id)
            else:
                accepted.append(tx_id)
                nonces.append(nonce)
        self._arrivals = order
        if accepted:
            columns["nonce"][np.array(accepted, dtype=np.int64)] = nonces
        for reason, tx_ids in refused.items():
            self.ledger.reject_many(tx_ids, reason)
        self.note_departures()

    def due_soon(self, until_us: int, count: int) -> list[PooledTransaction]:
        """Return the next transactions of those offered in bulk, as they are now expected."""
        coming = self.transit.peek(until_us, count)
        columns, pool = self.ledger.columns, self.pool
        following: dict[int, int] = {}
        found: list[PooledTransaction] = []
        for tx_id, size, value, given in zip(
            coming.ids, coming.sizes, coming.values, coming.nonces, strict=True
        ):
            sender, kind, cap, tip, gas = (
                int(columns[name][tx_id])
                for name in ("sender", "kind", "max_fee_wei", "tip_wei", "gas_limit")
            )
            nonce = given
            if given == NONE:
                nonce = following.get(sender, pool.pending_nonce(sender))
                following[sender] = nonce + 1
            found.append(
                PooledTransaction(tx_id, sender, nonce, cap, tip, gas, value, size, 0, 0, kind)
            )
        return found

    # ---- how transactions end -------------------------------------------------------------------

    def note_departures(self) -> None:
        """Write down who has left the pools."""
        departures = self.pool.take_departures()
        if self.private_pool is not None:
            departures += self.private_pool.take_departures()
        for departure in departures:
            if departure.state is TxState.EVICTED:
                self.evicted += 1
                self.ledger.columns["evicted_by"][departure.tx_id] = departure.other_tx_id
            elif departure.state is TxState.REPLACED:
                self.replaced += 1
                self.ledger.columns["replaced_by"][departure.tx_id] = departure.other_tx_id
            self._lose(departure.tx_id, departure.state, departure.reason, at_once=False)

    def _lose(self, tx_id: int, state: TxState, reason: Reason, *, at_once: bool) -> None:
        columns = self.ledger.columns
        other = max(int(columns["evicted_by"][tx_id]), int(columns["replaced_by"][tx_id]))
        ended_us = self.queue.now_us if other == NONE else int(columns["arrived_us"][other])
        self.ledger.end(tx_id, ended_us, state, reason)
        watched = self._watched.pop(tx_id, None)
        if watched is None:
            return
        actor, sent = watched
        self.wallets[sent.sender].lost(sent.nonce)
        if tx_id in self._told:
            return
        outcome = Outcome(state.label, reason.label, -1, 0)
        if at_once:
            self.actors[actor].on_outcome(sent, outcome)
        else:
            self._news[actor].append((sent, outcome))

    def settle_block(self, block: ExecutedBlock, number: int, reasons: dict[int, int]) -> None:
        """Write down what a block included; `reasons` holds reason codes of the reverted."""
        columns = self.ledger.columns
        base_fee = block.sealed.base_fee
        for item in block.included:
            tx_id = item.transaction.tx_id
            state = TxState.INCLUDED if item.status else TxState.REVERTED
            self.ledger.end(tx_id, self.queue.now_us, state, reasons.get(tx_id, Reason.NONE))
            columns["block"][tx_id] = number
            columns["index"][tx_id] = item.index
            columns["gas_used"][tx_id] = item.gas_used
            price = base_fee + item.effective_tip
            columns["effective_price_wei"][tx_id] = price
            sender = item.transaction.sender
            self.nonces[sender] += 1
            self.balances[sender] -= self._cost(item, base_fee)
            watched = self._watched.pop(tx_id, None)
            if watched is None:
                continue
            actor, sent = watched
            self.wallets[sender].spent(sent.nonce)
            if self.remembers_settled:
                self._settled[tx_id] = watched
            if tx_id in self._told:
                continue
            reason = self.ledger.reasons[reasons.get(tx_id, 0)]
            self._news[actor].append((sent, Outcome(state.label, reason, number, item.gas_used)))

    def after_block(self, block: ExecutedBlock, next_base_fee: int, now_us: int) -> None:
        """Let the pool follow the block."""
        self._tidied_us = now_us
        included = [item.transaction for item in block.included]
        for pool in (self.pool, self.private_pool):
            if pool is not None:
                pool.on_block(included, base_fee=next_base_fee, now_us=now_us)
                pool.expire(now_us)
        self.note_departures()

    def waiting_of(self, roles: Sequence[str]) -> list[PooledTransaction]:
        """Return what waits in the public pool of actors of some roles, in order of creation."""
        labels = self.ledger.actors
        waiting = (
            self.pool.get(tx_id)
            for tx_id, (actor, _) in sorted(self._watched.items(), key=lambda item: item[0])
            if labels[actor].role in roles
        )
        return [transaction for transaction in waiting if transaction is not None]

    def take_back(self, orphaned: Sequence[ExecutedBlock], base_fee: int, now_us: int) -> None:
        """Return the transactions of orphaned blocks to the pool, as if they had never been mined.

        Whoever sent one has been told of its end and is not told again: it sees what the chain
        holds in the next block.
        """
        back: list[PooledTransaction] = []
        for block in reversed(orphaned):
            for item in reversed(block.included):
                transaction = item.transaction
                tx_id, sender = transaction.tx_id, transaction.sender
                self.ledger.reopen(tx_id)
                self.nonces[sender] -= 1
                self.balances[sender] += self._cost(item, block.sealed.base_fee)
                settled = self._settled.pop(tx_id, None)
                if settled is not None:
                    self._watched[tx_id] = settled
                    self._told.add(tx_id)
                    self.wallets[sender].orphaned(transaction.nonce)
                back.append(transaction)
        back.reverse()
        self._tidied_us = now_us
        for pool, lanes in self._pools():
            mine = [transaction for transaction in back if transaction.lane in lanes]
            for transaction, reason in pool.on_reorg(mine, base_fee=base_fee, now_us=now_us):
                self._lose(transaction.tx_id, TxState.EVICTED, reason, at_once=False)
        self.note_departures()

    def _pools(self) -> list[tuple[TransactionPool, frozenset[Lane]]]:
        """Return each pool with the lanes whose transactions it holds."""
        if self.private_pool is None:
            return [(self.pool, frozenset(Lane))]
        return [
            (self.pool, frozenset((Lane.PUBLIC,))),
            (self.private_pool, frozenset((Lane.PRIVATE,))),
        ]

    @staticmethod
    def _cost(item: Included, base_fee: int) -> int:
        """Return what a transaction took from its sender, in wei."""
        price = base_fee + item.effective_tip
        return item.gas_used * price + (item.transaction.value if item.status else 0)

    def announce(self, state: ChainState) -> None:
        """Send a block, and what became of their transactions, to every actor."""
        for number, desk in enumerate(self.desks):
            news, self._news[number] = self._news[number], []
            arrival = BlockArrival(self.actors[number], desk, state, news)
            self.queue.at(desk.route.block_arrives_us(state.time_us), arrival)


class BlockArrival:
    """A block reaching an actor, as the event queue calls it."""

    __slots__ = ("_actor", "_desk", "_news", "_state")

    def __init__(
        self, actor: Actor, desk: Seat, state: ChainState, news: list[tuple[Sent, Outcome]]
    ) -> None:
        self._actor = actor
        self._desk = desk
        self._state = state
        self._news = news

    def __call__(self, now_us: int) -> None:
        """Show the block, tell the news, let the actor react."""
        del now_us
        seen = self._desk.see(self._state)
        for sent, outcome in self._news:
            self._actor.on_outcome(sent, outcome)
        self._actor.on_block(seen)
