"""Reorganisations of the chain: when they come, and how everything returns to an earlier block.

After a reorganisation of depth k the next block builds on the k-th before the newest. The slots of
the orphaned blocks stay without one, as when their proposers' blocks are not followed; virtual time
does not run backwards. Transactions of the orphaned blocks return to the pool; whatever followed
from those blocks (nonces, balances, the book, prices on chain, who was liquidated) is as if they
had never been, and what did not follow from them (the truth, what was sent and decided) stays.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from floodline.campaign.execution import ExecutedBlock
from floodline.campaign.record import ReorgRow
from floodline.campaign.recorder import Recorder
from floodline.campaign.reorg_section import DEEPEST, ReorgsSection
from floodline.campaign.world import World
from floodline.chain.devnet import DevnetNode
from floodline.foundation.units import WAD, to_us
from floodline.protocols.events import Liquidated, PriceUpdated, ProtocolEvent


@dataclass(frozen=True)
class Head:
    """What the engine itself has to know after a block."""

    base_fee: int
    """Of the next block, wei."""
    shortfall_wad: int
    """Bad debt recorded so far."""


@dataclass(frozen=True)
class Checkpoint:
    """Everything that a block left behind, to come back to."""

    block: ExecutedBlock | None
    events: tuple[ProtocolEvent, ...]
    head: Head
    node_snapshot: str
    protocol: dict[str, Any]
    monitor: Any
    recorder: Any
    prices: tuple[list[int], list[int], list[int]]


class Reorganiser:
    """Remembers blocks as they come, and takes the newest back.

    Parameters
    ----------
    section : ReorgsSection
        When, and how deep.
    world : World
        The campaign's state.
    node : DevnetNode
        Executes the blocks; it remembers its state after each.
    recorder : Recorder
        Takes what happens.

    """

    def __init__(
        self, section: ReorgsSection, world: World, node: DevnetNode, recorder: Recorder
    ) -> None:
        self._section = section
        self._world = world
        self._node = node
        self._recorder = recorder
        self._rng: np.random.Generator = world.streams.stream("chain.reorgs")
        self._depth = section.depth.build()
        self._at = deque(sorted((to_us(one.at_s), one.depth) for one in section.at))
        self._past: deque[Checkpoint] = deque(maxlen=DEEPEST + 1)
        world.remembers_settled = True
        world.monitor.keep_journal()

    def remember(
        self, head: Head, block: ExecutedBlock | None, events: Sequence[ProtocolEvent]
    ) -> None:
        """Remember everything as it is after a block; None at genesis."""
        world = self._world
        prices = world.prices
        self._past.append(
            Checkpoint(
                block,
                tuple(events),
                head,
                self._node.snapshot(),
                world.protocol.checkpoint(),
                world.monitor.checkpoint(),
                self._recorder.checkpoint(),
                (list(prices.chain_e8), list(prices.observed_us), list(prices.updated_us)),
            )
        )

    def due(self, now_us: int) -> int:
        """Return how many blocks are to be orphaned before the next one is built."""
        depth = 0
        while self._at and self._at[0][0] <= now_us:
            depth = max(depth, self._at.popleft()[1])
        by_chance, drawn = self._rng.random(), float(self._depth.sample(self._rng, 1)[0])
        if by_chance < self._section.per_block:
            depth = max(depth, min(max(round(drawn), 1), DEEPEST))
        return min(depth, len(self._past) - 1)

    def rewind(self, depth: int, now_us: int) -> Head:
        """Take back the newest blocks; return the head that the next block builds on."""
        world, recorder = self._world, self._recorder
        orphaned = [self._past.pop() for _ in range(depth)][::-1]
        target = self._past.pop()
        row = self._row(orphaned, now_us)
        self._node.revert(target.node_snapshot)
        self._node.set_next_base_fee(target.head.base_fee)
        self._past.append(replace(target, node_snapshot=self._node.snapshot()))
        world.protocol.restore(target.protocol)
        prices = world.prices
        prices.chain_e8[:], prices.observed_us[:], prices.updated_us[:] = target.prices
        blocks = [past.block for past in orphaned if past.block is not None]
        world.take_back(blocks, target.head.base_fee, now_us)
        world.monitor.restore(target.monitor)
        recorder.restore(target.recorder)
        recorder.reorgs.append(row)
        return target.head

    def _row(self, orphaned: Sequence[Checkpoint], now_us: int) -> ReorgRow:
        rows = self._recorder.blocks[-len(orphaned) :]
        numbers = {row.number for row in rows}
        events = [event for past in orphaned for event in past.events]
        seized = [event for event in events if isinstance(event, Liquidated)]
        items = [item for past in orphaned if past.block for item in past.block.included]
        return ReorgRow(
            number=len(self._recorder.reorgs) + 1,
            time_us=now_us,
            depth=len(orphaned),
            first_block=rows[0].number,
            last_block=rows[-1].number,
            transactions=len(items),
            gas_used=sum(row.gas_used for row in rows),
            trades=sum(trade.block in numbers for trade in self._recorder.trades),
            liquidations=len(seized),
            liquidated_usd=sum(
                abs(event.closed_wad) / WAD * event.price_wad / WAD for event in seized
            ),
            price_updates=sum(isinstance(event, PriceUpdated) for event in events),
            shortfall_wad=sum(
                deficit.shortfall_wad
                for deficit in self._recorder.deficits
                if deficit.block in numbers
            ),
            outcomes=tuple((item.transaction.tx_id, item.status) for item in items),
        )
