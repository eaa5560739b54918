"""Orders of filling: whose transaction a builder looks at first."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Protocol

import numpy as np
from pydantic import Field

from floodline.foundation.choice import ChoiceOf, Chosen
from floodline.foundation.registry import Parameters, Registry
from floodline.foundation.units import to_us
from floodline.mempool.open_runs import OpenRuns
from floodline.mempool.ordering import HeadQueue, RankedQueue, TipQueue
from floodline.mempool.transaction import PooledTransaction


class Order(Protocol):
    """A rule by which account heads are looked at."""

    def queue(
        self, runs: OpenRuns, rng: np.random.Generator, *, base_fee: int, min_tip: int
    ) -> HeadQueue:
        """Return the heads in order; a stricter least tip of the order's own stands."""


ORDERS: Final[Registry[Order]] = Registry("order of filling")
OrderChoice = Annotated[Chosen[Order], ChoiceOf(ORDERS)]


class OrderParameters(Parameters):
    """What every order has."""

    min_tip_wei: int = Field(
        default=1_000_000,
        ge=0,
        description="Least effective tip, wei per gas (geth's miner: 1,000,000).",
    )


class PriorityParameters(OrderParameters):
    """Parameters of the order by tip."""


PRIORITY: Final = "Highest effective tip first, then first seen, as geth's miner does."


@ORDERS.register("priority", PriorityParameters, description=PRIORITY, shorthand="min_tip_wei")
class ByTip:
    """The best paying account head first, nonces in order."""

    def __init__(self, parameters: PriorityParameters) -> None:
        self._parameters = parameters

    def queue(
        self, runs: OpenRuns, rng: np.random.Generator, *, base_fee: int, min_tip: int
    ) -> HeadQueue:
        """Return the heads by falling tip; see `Order.queue`."""
        del rng
        least = max(min_tip, self._parameters.min_tip_wei)
        return TipQueue(runs, base_fee=base_fee, min_tip=least)


class FifoParameters(OrderParameters):
    """Parameters of the order by arrival."""


FIFO: Final = "First seen, first in, whatever it pays above the least tip."


@ORDERS.register("fifo", FifoParameters, description=FIFO, shorthand="min_tip_wei")
class ByArrival:
    """The order of arrival; what cannot pay the base fee waits without holding up others."""

    def __init__(self, parameters: FifoParameters) -> None:
        self._parameters = parameters

    def queue(
        self, runs: OpenRuns, rng: np.random.Generator, *, base_fee: int, min_tip: int
    ) -> HeadQueue:
        """Return the heads by arrival; see `Order.queue`."""
        del rng
        least = max(min_tip, self._parameters.min_tip_wei)
        return RankedQueue(runs, lambda tx: tx.order, base_fee=base_fee, min_tip=least)


class RandomParameters(OrderParameters):
    """Parameters of the random order."""


RANDOM: Final = "A fair draw among account heads, anew in each block: neither tip nor speed helps."


@ORDERS.register("random", RandomParameters, description=RANDOM, shorthand="min_tip_wei")
class ByLot:
    """A random rank for each transaction of each block."""

    def __init__(self, parameters: RandomParameters) -> None:
        self._parameters = parameters

    def queue(
        self, runs: OpenRuns, rng: np.random.Generator, *, base_fee: int, min_tip: int
    ) -> HeadQueue:
        """Return the heads in a random order; see `Order.queue`."""
        least = max(min_tip, self._parameters.min_tip_wei)
        return RankedQueue(runs, lambda _: rng.random(), base_fee=base_fee, min_tip=least)


class BatchFairParameters(OrderParameters):
    """Parameters of fair ordering by batches."""

    batch_s: float = Field(
        default=0.5,
        gt=0,
        le=3600,
        description="Arrivals within one such span, in seconds, count as simultaneous.",
    )
    within: Literal["random", "tip"] = Field(
        default="random", description="Order inside a batch: a fair draw, or the highest tip first."
    )


BATCH_FAIR: Final = (
    "Fair ordering: batches of arrivals one after the other, inside a batch by lot or by tip."
)


@ORDERS.register("batch_fair", BatchFairParameters, description=BATCH_FAIR, shorthand="batch_s")
class ByBatch:
    """Older batches first; being first by less than a batch's span wins nothing.

    With batches of 0.5 s arrivals at 12.1 and 12.4 s are equal, one at 12.6 s comes after both.
    """

    def __init__(self, parameters: BatchFairParameters) -> None:
        self._parameters = parameters
        self._span_us = to_us(parameters.batch_s)

    def queue(
        self, runs: OpenRuns, rng: np.random.Generator, *, base_fee: int, min_tip: int
    ) -> HeadQueue:
        """Return the heads by batch; see `Order.queue`."""
        span_us = self._span_us
        by_tip = self._parameters.within == "tip"

        def rank(tx: PooledTransaction) -> tuple[int, float]:
            batch = tx.arrived_us // span_us
            return batch, (-tx.effective_tip(base_fee) if by_tip else rng.random())

        least = max(min_tip, self._parameters.min_tip_wei)
        return RankedQueue(runs, rank, base_fee=base_fee, min_tip=least)
