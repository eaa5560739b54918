"""What is on its way to the node: several connections, batches, and nobody waiting for answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from floodline.campaign.live.posting import Fault, Post
from floodline.chain.rpc import RpcFailure


@dataclass(frozen=True)
class Parcel:
    """A signed transaction on its way.

    Attributes
    ----------
    tx_id : int
        Its row in the ledger.
    sender : int
        Its sender: one sender's transactions go by one connection, in their order.
    raw : bytes
        The signed bytes.
    scheduled_us : int
        When it should reach the node.

    """

    tx_id: int
    sender: int
    raw: bytes
    scheduled_us: int


Answer = Callable[[Parcel, RpcFailure | None], None]
"""Is told that the node took a parcel (None) or refused it."""
Lost = Callable[[Parcel, bool], None]
"""Is told that a parcel met no answer; whether the node may have it all the same."""


class Outbox:
    """Sends parcels in batches; runs on the event loop, waits for the network elsewhere.

    Parameters
    ----------
    executor : Executor
        Threads or processes, one for each lane.
    post : callable
        Sends raw transactions from there; see `floodline.campaign.live.posting`.
    lanes : int
        Requests that are under way at one time.
    batch : int
        Parcels in a request, at most.
    answered, lost : callable
        Called on the event loop.

    """

    def __init__(
        self,
        executor: Executor,
        post: Post,
        lanes: int,
        batch: int,
        answered: Answer,
        lost: Lost,
    ) -> None:
        self._executor = executor
        self._post = post
        self._batch = batch
        self._answered = answered
        self._lost = lost
        self._lanes: list[asyncio.Queue[Parcel]] = [asyncio.Queue() for _ in range(lanes)]
        self._workers: list[asyncio.Task[None]] = []
        self.sent = 0
        """Parcels that a request has been made for."""

    def start(self) -> None:
        """Start the lanes, on the running event loop."""
        self._workers = [asyncio.create_task(self._work(lane)) for lane in self._lanes]

    def put(self, parcel: Parcel) -> None:
        """Send a parcel as soon as its lane is free."""
        self._lanes[parcel.sender % len(self._lanes)].put_nowait(parcel)

    @property
    def waiting(self) -> int:
        """Parcels that no request has been made for yet."""
        return sum(lane.qsize() for lane in self._lanes)

    async def drain(self) -> None:
        """Wait until every parcel is answered or lost; raise what ended a lane, if anything did."""
        empty = asyncio.create_task(self._emptied())
        try:
            await asyncio.wait([empty, *self._workers], return_when=asyncio.FIRST_COMPLETED)
            self.check()
        finally:
            empty.cancel()

    async def _emptied(self) -> None:
        for lane in self._lanes:
            await lane.join()

    async def close(self) -> None:
        """Stop; what is still waiting stays unsent."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        self._executor.shutdown(wait=False, cancel_futures=True)

    def check(self) -> None:
        """Raise what ended a lane, if anything did."""
        for worker in self._workers:
            if worker.done() and not worker.cancelled():
                error = worker.exception()
                if error is not None:
                    raise error

    async def _work(self, lane: asyncio.Queue[Parcel]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            parcels = [await lane.get()]
            while len(parcels) < self._batch and not lane.empty():
                parcels.append(lane.get_nowait())
            self.sent += len(parcels)
            raws = [one.raw for one in parcels]
            answers = await loop.run_in_executor(self._executor, self._post, raws)
            if isinstance(answers, Fault):
                for parcel in parcels:
                    self._lost(parcel, answers.maybe_there)
            else:
                for parcel, answer in zip(parcels, answers, strict=True):
                    self._answered(parcel, answer)
            for _ in parcels:
                lane.task_done()
