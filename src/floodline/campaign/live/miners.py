"""Making a node mine by itself, at the campaign's pace, from the campaign's genesis on."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Protocol

from floodline.campaign.setup import GENESIS_S
from floodline.chain.anvil import AnvilNode
from floodline.chain.geth import GethNode
from floodline.chain.hardhat import HardhatNode


class Miner(Protocol):
    """Lets blocks come."""

    async def start(self) -> None:
        """Let the first block come one slot from now."""

    async def stop(self) -> None:
        """Let no more blocks come."""

    def check(self) -> None:
        """Raise what has stopped the mining, if anything has."""


class IntervalMiner:
    """Anvil's own timer.

    Parameters
    ----------
    node : AnvilNode
        The node.
    slot_s : int
        Seconds between blocks.

    """

    def __init__(self, node: AnvilNode, slot_s: int) -> None:
        self._node = node
        self._slot_s = slot_s

    async def start(self) -> None:
        """Set the node's clock to the genesis and its timer to the slot."""
        self._node.rpc.call("evm_setTime", GENESIS_S)
        self._node.rpc.call("evm_setIntervalMining", self._slot_s)

    async def stop(self) -> None:
        """Stop the node's timer."""
        await asyncio.to_thread(self._node.rpc.call, "evm_setIntervalMining", 0)

    def check(self) -> None:
        """Do nothing: the timer is the node's."""


class SlotDriver:
    """Says when geth builds: at the end of each slot, on an absolute schedule.

    Parameters
    ----------
    node : GethNode
        The node.
    slot_s : int
        Seconds between blocks.

    """

    def __init__(self, node: GethNode, slot_s: int) -> None:
        self._node = node
        self._slot_s = slot_s
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin with the first slot now."""
        self._task = asyncio.create_task(self._drive())

    async def stop(self) -> None:
        """Build no more; a block that is being built is finished."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def check(self) -> None:
        """Raise what ended the driving, if anything did."""
        if self._task is not None and self._task.done() and not self._task.cancelled():
            error = self._task.exception()
            if error is not None:
                raise error

    async def _drive(self) -> None:
        loop = asyncio.get_running_loop()
        start_s = loop.time()
        slot = 0
        while True:
            slot += 1
            await asyncio.sleep(max(0.0, start_s + slot * self._slot_s - loop.time()))
            timestamp = GENESIS_S + slot * self._slot_s
            await asyncio.shield(asyncio.to_thread(self._node.seal, timestamp))


class HardhatTimer:
    """Hardhat's own timer.

    Parameters
    ----------
    node : HardhatNode
        The node.
    slot_s : int
        Seconds between blocks.

    """

    def __init__(self, node: HardhatNode, slot_s: int) -> None:
        self._node = node
        self._slot_s = slot_s

    async def start(self) -> None:
        """Set the first block's second and the node's timer; later blocks follow its clock."""
        self._node.rpc.call("evm_setNextBlockTimestamp", GENESIS_S + self._slot_s)
        self._node.rpc.call("evm_setIntervalMining", self._slot_s * 1000)

    async def stop(self) -> None:
        """Stop the node's timer."""
        await asyncio.to_thread(self._node.rpc.call, "evm_setIntervalMining", 0)

    def check(self) -> None:
        """Do nothing: the timer is the node's."""


def miner_for(node: AnvilNode | GethNode | HardhatNode, slot_s: int) -> Miner:
    """Return what makes a node mine by itself."""
    if isinstance(node, HardhatNode):
        return HardhatTimer(node, slot_s)
    return SlotDriver(node, slot_s) if isinstance(node, GethNode) else IntervalMiner(node, slot_s)
