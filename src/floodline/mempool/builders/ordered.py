"""Builders that fill a block in one pass, in one order."""

from __future__ import annotations

import numpy as np

from floodline.mempool.builder import BUILDERS, BlockPlan, Predict, Surroundings
from floodline.mempool.builders.orders import (
    BATCH_FAIR,
    FIFO,
    PRIORITY,
    RANDOM,
    BatchFairParameters,
    ByArrival,
    ByBatch,
    ByLot,
    ByTip,
    FifoParameters,
    Order,
    PriorityParameters,
    RandomParameters,
)
from floodline.mempool.filling import Filling
from floodline.mempool.open_runs import OpenRuns
from floodline.mempool.pool import TransactionPool


class OrderedBuilder:
    """Fills the block from the whole pool in one order.

    Parameters
    ----------
    order : Order
        Whose transaction is looked at first.
    rng : numpy.random.Generator
        The builder's stream.

    """

    def __init__(self, order: Order, rng: np.random.Generator) -> None:
        self._order = order
        self._rng = rng

    def build(
        self,
        pool: TransactionPool,
        *,
        base_fee: int,
        gas_limit: int,
        predict: Predict,
        min_tip: int = 0,
    ) -> BlockPlan:
        """Choose and order transactions for one block; see `BlockBuilder.build`."""
        filling = Filling(gas_limit, predict)
        runs = OpenRuns(pool, filling.taken)
        filling.take_from(self._order.queue(runs, self._rng, base_fee=base_fee, min_tip=min_tip))
        return filling.plan()


@BUILDERS.register("priority", PriorityParameters, description=PRIORITY, shorthand="min_tip_wei")
class PriorityBuilder(OrderedBuilder):
    """geth's miner; see `Filling` for what fits."""

    def __init__(
        self,
        parameters: PriorityParameters | None = None,
        surroundings: Surroundings | None = None,
    ) -> None:
        self.parameters = parameters or PriorityParameters()
        rng = np.random.default_rng(0) if surroundings is None else surroundings.rng
        super().__init__(ByTip(self.parameters), rng)


@BUILDERS.register("fifo", FifoParameters, description=FIFO, shorthand="min_tip_wei")
class FifoBuilder(OrderedBuilder):
    """First seen, first in."""

    def __init__(self, parameters: FifoParameters, surroundings: Surroundings) -> None:
        super().__init__(ByArrival(parameters), surroundings.rng)


@BUILDERS.register("random", RandomParameters, description=RANDOM, shorthand="min_tip_wei")
class RandomBuilder(OrderedBuilder):
    """A fair draw in each block."""

    def __init__(self, parameters: RandomParameters, surroundings: Surroundings) -> None:
        super().__init__(ByLot(parameters), surroundings.rng)


@BUILDERS.register("batch_fair", BatchFairParameters, description=BATCH_FAIR, shorthand="batch_s")
class BatchFairBuilder(OrderedBuilder):
    """Fair ordering by batches of arrivals."""

    def __init__(self, parameters: BatchFairParameters, surroundings: Surroundings) -> None:
        super().__init__(ByBatch(parameters), surroundings.rng)
