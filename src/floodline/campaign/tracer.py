"""Looking closely at some blocks: what they added to the state, what could have run in parallel."""

from __future__ import annotations

from collections import defaultdict

from floodline.campaign.execution import ExecutedBlock
from floodline.campaign.ledger import Ledger
from floodline.campaign.record import ConflictRow, StateGrowthRow
from floodline.campaign.schema import TraceSection
from floodline.chain.devnet import DevnetNode
from floodline.chain.tracing import critical_path_gas, reads, state_changes


class BlockTracer:
    """Traces every n-th block of a run.

    Parameters
    ----------
    section : TraceSection
        Which blocks.
    node : DevnetNode
        Executed them.
    ledger : Ledger
        Says whose the transactions are.

    """

    def __init__(self, section: TraceSection, node: DevnetNode, ledger: Ledger) -> None:
        self._section = section
        self._node = node
        self._ledger = ledger
        self.growth: list[StateGrowthRow] = []
        self.conflicts: list[ConflictRow] = []

    def forget_after(self, slot: int) -> None:
        """Forget blocks above a number: they were orphaned."""
        self.growth = [row for row in self.growth if row.block <= slot]
        self.conflicts = [row for row in self.conflicts if row.block <= slot]

    def see(self, slot: int, block: ExecutedBlock) -> None:
        """Trace a block if it is its turn.

        Parameters
        ----------
        slot : int
            Its number, counted from the campaign's genesis.
        block : ExecutedBlock
            What the node made.

        """
        grows, conflicts = (
            every > 0 and slot % every == 0
            for every in (self._section.growth_every, self._section.conflicts_every)
        )
        if not (grows or conflicts):
            return
        producer = self._node.producer(block.sealed.number)
        changes = state_changes(self._node, block.sealed.number, producer)
        if grows:
            totals: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
            for item, change in zip(block.included, changes, strict=True):
                row = totals[self._ledger.actor_of(item.transaction.tx_id).role]
                for place, amount in enumerate(
                    (1, change.new_slots, change.freed_slots, change.new_accounts, change.new_bytes)
                ):
                    row[place] += amount
            self.growth += [StateGrowthRow(slot, role, *totals[role]) for role in sorted(totals)]
        if conflicts:
            looked = reads(self._node, [item.tx_hash for item in block.included], producer)
            path = critical_path_gas(
                (item.gas_used, seen, change.written)
                for item, seen, change in zip(block.included, looked, changes, strict=True)
            )
            gas = sum(item.gas_used for item in block.included)
            self.conflicts.append(ConflictRow(slot, len(block.included), gas, path))
