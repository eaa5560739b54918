"""The live engine: the same actors in real time, against a node that mines by itself.

The schedule is absolute and never waits for the node: what is due is handed over when it is due,
what would be too late is dropped and counted. Blocks are stamped by the arrival of the node's word.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from floodline.campaign.engine import SlotEngine
from floodline.campaign.execution import ExecutedBlock
from floodline.campaign.live.clock import LateQueue, ScheduleLag, WallClock
from floodline.campaign.live.heads import HeadSubscription
from floodline.campaign.live.miners import miner_for
from floodline.campaign.live.outbox import Outbox, Parcel
from floodline.campaign.live.pool import LivePool
from floodline.campaign.live.posting import in_processes, in_threads
from floodline.campaign.live.reverts import ForeseenReverts
from floodline.campaign.node_pool import read_block
from floodline.campaign.schema import Campaign
from floodline.campaign.world import World
from floodline.chain.anvil import AnvilNode
from floodline.chain.geth import GethNode
from floodline.chain.hardhat import HardhatNode
from floodline.foundation.errors import NodeError, SubmissionError
from floodline.foundation.units import SECOND_US

_STEP_S: Final = 0.002
_SIGN_AHEAD_US: Final = 2 * SECOND_US
_SIGN_AT_ONCE: Final = 50
_SILENT_SLOTS: Final = 10
_SILENT_S: Final = 20.0
_DRAIN_S: Final = 30.0


@dataclass
class LiveParts:
    """What the live pool and its engine share.

    Attributes
    ----------
    clock : WallClock
        The time.
    lag : ScheduleLag
        How late things are handed over.
    outbox : Outbox or None
        On its way to the node; made when the event loop runs.

    """

    clock: WallClock
    lag: ScheduleLag
    outbox: Outbox | None = None

    def send(self, parcel: Parcel) -> None:
        """Put a parcel into the outbox."""
        if self.outbox is None:
            raise RuntimeError("nothing is sent before the run has begun")
        self.outbox.put(parcel)


class LiveEngine:
    """Runs a prepared campaign in real time.

    Parameters
    ----------
    campaign : Campaign
        What to run.
    world : World
        Its state at genesis; its queue is a `LateQueue`, its pool a `LivePool`.
    node : AnvilNode, GethNode or HardhatNode
        The node, at genesis.
    engine : SlotEngine
        Takes the blocks into the books.
    parts : LiveParts
        Clock, lag and outbox.
    view : ForeseenReverts
        The node as the slot engine sees it.

    """

    def __init__(
        self,
        campaign: Campaign,
        world: World,
        node: AnvilNode | GethNode | HardhatNode,
        engine: SlotEngine,
        parts: LiveParts,
        view: ForeseenReverts,
    ) -> None:
        if not isinstance(world.queue, LateQueue) or not isinstance(world.pool, LivePool):
            raise TypeError("a live campaign needs a late queue and a live pool")
        self._campaign = campaign
        self._world = world
        self._queue = world.queue
        self._pool = world.pool
        self._node = node
        self._engine = engine
        self._parts = parts
        self._view = view
        self._base_number = node.block().number
        self._unsent = 0

    def run(self) -> None:
        """Run until the last block, and settle what is left.

        Raises
        ------
        NodeError
            If the node dies, falls silent, or its word cannot be read.

        """
        asyncio.run(self._run())

    def report(self) -> dict[str, Any]:
        """Return what the summary says of the load generator."""
        lag, pool = self._parts.lag, self._pool
        return {
            "schedule_lag_p99_ms": lag.p99_us() / 1000,
            "schedule_lag_limit_ms": lag.limit_us / 1000,
            "dropped_late": pool.late,
            "presigned": pool.presigned,
            "unsent_at_end": self._unsent,
            "generator_was_the_limit": bool(lag.exceeded or pool.late),
        }

    async def _run(self) -> None:
        live, clock = self._campaign.chain.live, self._parts.clock
        executor, post = (
            in_processes(self._node.url, live.processes)
            if live.processes
            else in_threads(self._node.rpc, live.connections)
        )
        outbox = Outbox(
            executor,
            post,
            live.processes or live.connections,
            live.batch,
            self._pool.answered,
            self._pool.lost,
        )
        self._parts.outbox = outbox
        heads = await HeadSubscription(self._node.url, clock.now_us).open()
        miner = miner_for(self._node, int(self._campaign.chain.slot_s))
        outbox.start()
        word = asyncio.create_task(heads.next())
        try:
            await miner.start()
            clock.start()
            self._engine.start()
            done = 0
            heard_us = 0
            while done < self._campaign.slots:
                self._advance(clock.now_us())
                outbox.check()
                miner.check()
                await asyncio.wait({word}, timeout=_STEP_S)
                if not word.done():
                    self._still_there(clock.now_us() - heard_us)
                    continue
                number, stamp_us = self._heard(word)
                word = asyncio.create_task(heads.next())
                if number <= self._base_number + done:
                    continue
                heard_us = stamp_us
                for missed in range(self._base_number + done + 1, number + 1):
                    done += 1
                    await self._block(done, missed, stamp_us)
                    if done == self._campaign.slots:
                        break
            await miner.stop()
            await self._settle(outbox)
        finally:
            word.cancel()
            await outbox.close()
            await heads.close()

    def _advance(self, now_us: int) -> None:
        """Do everything that is due, then sign ahead what will be due soon."""
        world = self._world
        now_us = max(now_us, self._queue.now_us)
        self._queue.run_until(now_us)
        world.deliver_bulk(now_us)
        world.note_departures()
        following = self._queue.next_us()
        if following is None or following > now_us + SECOND_US // 1000:
            self._pool.sign_ahead(world.due_soon(now_us + _SIGN_AHEAD_US, _SIGN_AT_ONCE))

    def _heard(self, word: asyncio.Task[tuple[int, int]]) -> tuple[int, int]:
        try:
            return word.result()
        except NodeError:
            self._node.block()  # raises the true cause if the node has died
            raise

    def _still_there(self, silent_us: int) -> None:
        """Raise if no block has come for long."""
        limit_s = max(_SILENT_SLOTS * self._campaign.chain.slot_s, _SILENT_S)
        if silent_us > limit_s * SECOND_US:
            self._node.block()
            raise NodeError(
                f"the node has announced no block for {limit_s:.0f} s",
                f"it has fallen behind: give it longer slots than {self._campaign.chain.slot_s:g} "
                "s, a lower gas limit or less load",
            )

    async def _block(self, slot: int, number: int, stamp_us: int) -> None:
        """Take one block into the books, by one call for its receipts."""
        pool = self._pool
        self._advance(stamp_us)
        depth = (pool.pending_count, pool.queued_count, pool.pending_gas)
        pool.asked()
        fetching = asyncio.create_task(asyncio.to_thread(self._fetch, number))
        while not fetching.done():
            self._world.deliver_bulk(max(self._parts.clock.now_us(), self._queue.now_us))
            await asyncio.wait({fetching}, timeout=_STEP_S)
        block, still, counts = fetching.result()
        pool.told(still, counts)
        sealed_us = self._queue.now_us
        self._engine.conclude(slot, block, sealed_us, depth, block.sealed.gas_used)

    def _fetch(self, number: int) -> tuple[ExecutedBlock, set[bytes], tuple[int, int]]:
        block = read_block(self._node, self._node.block(number), self._pool.by_hash)
        for item in block.included:
            if item.status == 0 and self._world.ledger.is_watched(item.transaction.tx_id):
                self._view.foresee(item.tx_hash)
        return block, self._node.pool_hashes(), self._node.pool_depth()

    async def _settle(self, outbox: Outbox) -> None:
        """Wait for the last answers and hold what is left against the chain."""
        self._unsent = outbox.waiting
        try:
            await asyncio.wait_for(outbox.drain(), _DRAIN_S)
        except TimeoutError:
            self._unsent = outbox.waiting
        world = self._world
        world.note_departures()
        still = await asyncio.to_thread(self._node.pool_hashes)
        self._pool.reconcile(still | await asyncio.to_thread(self._later_blocks))
        world.note_departures()
        end_us = max(world.end_us, self._queue.now_us)
        self._queue.run_until(end_us)
        world.monitor.finish(end_us, world.true_prices_usd())
        await asyncio.to_thread(self._compare_nonces)

    def _later_blocks(self) -> set[bytes]:
        """Return what blocks after the campaign's last one hold: it was pending at the end."""
        last = self._base_number + self._campaign.slots
        newest = self._node.block().number
        return {
            tx_hash
            for number in range(last + 1, newest + 1)
            for tx_hash in self._node.block(number).transaction_hashes
        }

    def _compare_nonces(self) -> None:
        """Hold what the books say of each sender against the chain.

        Raises
        ------
        SubmissionError
            If the chain has another count of an account's transactions.

        """
        world = self._world
        last = self._base_number + self._campaign.slots
        senders = sorted({*world.ledger.columns["sender"][: len(world.ledger)].tolist()})
        found = self._node.nonces([world.accounts[sender].address for sender in senders], last)
        for sender, nonce in zip(senders, found, strict=True):
            expected = world.nonces[sender]
            if nonce != expected:
                raise SubmissionError(
                    f"sender {sender}: the chain counts {nonce} transactions, the books {expected}",
                    "let nobody else use this node's accounts",
                )
