"""Where watched transactions stand in the pool when a block is built."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from floodline.campaign.record import NONE, RankRow
from floodline.mempool.pool import TransactionPool
from floodline.mempool.transaction import PooledTransaction


def pool_ranks(
    pool: TransactionPool, wanted: Sequence[PooledTransaction], base_fee: int, block: int
) -> list[RankRow]:
    """Return the rank of pooled transactions among all executable ones, best paying first.

    The order is that of prices alone: effective tip at the block's base fee, the first seen among
    equals; an account's earlier nonces do not count. Of three with tips 5, 3 and 3 gwei the last
    has rank 3 with the gas limits of both others ahead.

    Parameters
    ----------
    pool : TransactionPool
        Not changed.
    wanted : sequence of PooledTransaction
        Whose rank; those behind a nonce gap have none.
    base_fee : int
        Of the block, wei.
    block : int
        Its number.

    """
    if not wanted:
        return []
    pending = [tx for head in pool.heads() for tx in pool.pending_of(head.sender)]
    tips = np.array([tx.effective_tip(base_fee) for tx in pending], dtype=np.float64)
    orders = np.array([tx.order for tx in pending], dtype=np.int64)
    ranked = np.lexsort((orders, -tips))
    gas = np.cumsum(np.array([pending[place].gas_limit for place in ranked], dtype=np.int64))
    position = {pending[place].tx_id: number for number, place in enumerate(ranked.tolist())}
    rows = []
    for tx in wanted:
        number = position.get(tx.tx_id)
        rank, ahead = (NONE, NONE) if number is None else (number + 1, int(gas[number]))
        rows.append(
            RankRow(
                block=block,
                tx_id=tx.tx_id,
                rank=rank,
                gas_ahead=ahead - tx.gas_limit if number is not None else NONE,
                pool_pending=len(pending),
                pays_base_fee=tx.max_fee >= base_fee,
            )
        )
    return rows
