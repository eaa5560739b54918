"""The pool and the builder in virtual time without a node: for laws that need many blocks.

A block's transactions are equal and use exactly their gas limit, so that there is nothing for an
EVM to decide: pool and builder are the engine's own. `tests/validation` runs the same arrivals
through a whole campaign on a real node and demands the same block for each transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from floodline.foundation.units import SECOND_US
from floodline.mempool.builder import BlockBuilder
from floodline.mempool.limits import PoolLimits
from floodline.mempool.pool import TransactionPool
from floodline.mempool.transaction import PooledTransaction

Integers = npt.NDArray[np.int64]

GAS: Final = 21_000
"""What each transaction may use and uses."""
CAP_WEI: Final = 10**15
"""Fee cap of each: the base fee is left at 1 wei, for these laws are about places, not prices."""


@dataclass(frozen=True)
class Served:
    """When each transaction was included.

    Attributes
    ----------
    slot : int64 array
        Index of its block in `block_us`, -1 if it was left over.
    wait_us : int64 array
        From arrival to block; meaningless where `slot` is -1.
    left_over : int64 array
        Transactions in the pool after each block.

    """

    slot: Integers
    wait_us: Integers
    left_over: Integers


def serve(
    arrived_us: Integers,
    tips_wei: Integers,
    block_us: Integers,
    *,
    capacity: int,
    builder: BlockBuilder,
    pool_slots: int | None = None,
) -> Served:
    """Send transactions through pool and builder, each from an account of its own.

    Parameters
    ----------
    arrived_us : int64 array
        When each reaches the builder, ascending.
    tips_wei : int64 array
        Tip of each, at least the builder's minimum.
    block_us : int64 array
        When blocks are built, ascending; a block sees what arrived at or before its time.
    capacity : int
        Transactions that fit one block.
    builder : BlockBuilder
        The policy.
    pool_slots : int, optional
        Transactions that the pool holds; by default none has to leave it.

    """
    count = len(arrived_us)
    done = bytearray(count)
    pool = TransactionPool(
        PoolLimits(global_slots=pool_slots or max(5_120, count), global_queue=1),
        base_fee=1,
        block_gas_limit=capacity * GAS,
        balance_of=lambda _sender: CAP_WEI * GAS,
        nonce_of=done.__getitem__,
    )
    slot = np.full(count, -1, dtype=np.int64)
    left_over = np.zeros(len(block_us), dtype=np.int64)
    arrivals, tips = arrived_us.tolist(), tips_wei.tolist()
    ends = np.searchsorted(arrived_us, block_us, side="right").tolist()
    first = 0
    for number, (now_us, end) in enumerate(zip(block_us.tolist(), ends, strict=True)):
        for place in range(first, end):
            pool.add(
                PooledTransaction(place, place, 0, CAP_WEI, tips[place], GAS, order=place),
                arrivals[place],
            )
        first = end
        plan = builder.build(pool, base_fee=1, gas_limit=capacity * GAS, predict=_exact)
        for transaction in plan.transactions:
            done[transaction.sender] = 1
            slot[transaction.tx_id] = number
        pool.on_block(plan.transactions, base_fee=1, now_us=now_us)
        pool.take_departures()
        left_over[number] = pool.pending_count
    wait_us = block_us[slot] - arrived_us
    return Served(slot, wait_us, left_over)


def _exact(transaction: PooledTransaction) -> tuple[int, int]:
    return transaction.gas_limit, transaction.gas_limit


def seconds(wait_us: Integers) -> npt.NDArray[np.float64]:
    """Return microseconds as seconds."""
    return wait_us / SECOND_US
