"""Identities that are checked while a campaign runs, so that nobody waits for what is already lost.

The verdict on a run is that of all identities over its tables, at the end. These are the ones that
can be read off a block, and, every few blocks, off the contracts' balance sheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from floodline.campaign.execution import ExecutedBlock
from floodline.campaign.record import BlockRow, DeficitRow
from floodline.campaign.world import World
from floodline.foundation.units import USDC, WAD
from floodline.mempool.states import TxState
from floodline.protocols.interface import View

BOOKS_EVERY: Final = 20
"""Blocks from one look at the contracts' balance sheet to the next; the first is after block 1."""
_TOKEN_UNIT_WAD: Final = WAD // USDC
_IN_BLOCKS: Final = (TxState.INCLUDED, TxState.REVERTED)

Residual = tuple[str, float, float]
"""Name of an identity, what is left over, and what rounding explains."""


@dataclass(frozen=True)
class BooksSoFar:
    """What the identities have said until now."""

    broken: tuple[str, ...]
    """Each that was ever broken, with the first block that broke it."""
    read_at: int
    """The last block after which the contracts' balance sheet was read; 0 for none."""


class LiveBooks:
    """Checks after each block; what was broken once stays broken.

    Parameters
    ----------
    world : World
        The campaign's state.
    deficits : list of DeficitRow
        The bad debt that was recorded, as it is recorded.
    reads : bool
        Whether the balance sheet is read; in real time it would disturb.

    """

    def __init__(self, world: World, deficits: list[DeficitRow], *, reads: bool) -> None:
        self._world = world
        self._deficits = deficits
        self._reads = reads
        self._broken: dict[str, int] = {}
        self._read_at = 0

    def see(
        self,
        rows: Sequence[BlockRow],
        block: ExecutedBlock,
        flows: Mapping[str, int],
        view: View,
    ) -> BooksSoFar:
        """Check after a block that the books have taken.

        Parameters
        ----------
        rows : sequence of BlockRow
            All blocks so far; the last one is the block.
        block : ExecutedBlock
            Its transactions.
        flows : mapping
            Flows of money so far, WAD dollars.
        view : View
            Reads the chain after it.

        """
        row = rows[-1]
        found = [*self._of_the_block(row, block)]
        if (row.number - 1) % BOOKS_EVERY == 0:
            found += self._of_the_ledger(rows)
            if self._reads:
                self._read_at = row.number
                found += self._of_the_books(flows, view)
        for name, residual, bound in found:
            if not residual <= bound:
                self._broken.setdefault(name, row.number)
        told = tuple(f"{name} (block {first})" for name, first in self._broken.items())
        return BooksSoFar(told, self._read_at)

    def _of_the_block(self, row: BlockRow, block: ExecutedBlock) -> Iterator[Residual]:
        used = sum(item.gas_used for item in block.included)
        yield "gas within the limit", max(0, row.gas_used - row.gas_limit), 0
        yield "gas of its transactions", abs(used - row.gas_used), 0
        yield "gas of the roles", abs(sum(row.gas_by_role.values()) - row.gas_used), 0
        columns = self._world.ledger.columns
        mine = np.array([item.transaction.tx_id for item in block.included], dtype=np.int64)
        entered = columns["block"][mine] == row.number
        entered &= np.isin(columns["status"][mine], _IN_BLOCKS)
        strange = len(mine) - int(entered.sum())
        yield "its transactions are entered as included", strange, 0
        owed = sum(deficit.shortfall_wad for deficit in self._deficits) / WAD
        yield "bad debt = sum of deficits", abs(owed - row.shortfall_usd), 1e-6

    def _of_the_ledger(self, rows: Sequence[BlockRow]) -> Iterator[Residual]:
        ledger = self._world.ledger
        status = ledger.columns["status"][: len(ledger)]
        inside = int(np.isin(status, _IN_BLOCKS).sum())
        yield "transactions in blocks", abs(inside - sum(row.tx_count for row in rows)), 0

    def _of_the_books(self, flows: Mapping[str, int], view: View) -> Iterator[Residual]:
        protocol = self._world.protocol
        book, sheet = protocol.book, protocol.solvency(view)
        paid = sheet.deposits_wad - sheet.withdrawals_wad
        yield "token balance = deposits - withdrawals", abs(sheet.token_balance_wad - paid), 0
        assets = sheet.token_balance_wad + sheet.receivables_wad + sheet.recorded_deficit_wad
        dust = _TOKEN_UNIT_WAD * len(book)
        yield "assets = liabilities - deficit", abs(assets - sheet.liabilities_wad), dust
        if protocol.capabilities.perps:
            cash = abs(sum(book.cash_wad) - sheet.liabilities_wad)
            yield "cash by the events = liabilities", cash, 0
            operations = sum(tally.trades + tally.liquidations for tally in book.tallies)
            yield "flows sum to zero", abs(sum(flows.values())), operations
