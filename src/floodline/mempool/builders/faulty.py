"""Builders that leave out what they could have taken."""

from __future__ import annotations

from pydantic import Field

from floodline.foundation.registry import Parameters
from floodline.mempool.builder import BUILDERS, BlockPlan, Predict, Surroundings
from floodline.mempool.builders.orders import OrderChoice
from floodline.mempool.filling import Filling
from floodline.mempool.open_runs import OpenRuns
from floodline.mempool.pool import TransactionPool
from floodline.mempool.selection import SelectionParameters, selector


class CensoringParameters(SelectionParameters):
    """Parameters of censoring builders."""

    share: float = Field(
        default=1.0,
        ge=0,
        le=1,
        description="Share of blocks whose builder censors; the others take everybody.",
    )
    order: OrderChoice = Field(
        default="priority", validate_default=True, description="Order of what is not left out."
    )


@BUILDERS.register(
    "censoring",
    CensoringParameters,
    description="Leaves out the transactions of named actors, roles, kinds or addresses.",
)
class CensoringBuilder:
    """Never takes what is named; an account's later transactions wait behind a named one.

    If a share s of blocks censors, one who pays enough waits 1 / (1 - s) blocks in the mean: two
    at one half, ten at nine tenths.

    Parameters
    ----------
    parameters : CensoringParameters
        Who is left out, and how often.
    surroundings : Surroundings
        The builder's stream, and how transactions are told apart.

    """

    def __init__(self, parameters: CensoringParameters, surroundings: Surroundings) -> None:
        self._share = parameters.share
        self._order = parameters.order.build()
        self._rng = surroundings.rng
        self._named = selector(parameters, surroundings.traits)

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
        named = self._named
        censors = self._rng.random() < self._share
        runs = OpenRuns(pool, filling.taken, (lambda tx: not named(tx)) if censors else None)
        filling.take_from(self._order.queue(runs, self._rng, base_fee=base_fee, min_tip=min_tip))
        return filling.plan()


class EmptyParameters(Parameters):
    """Parameters of empty blocks."""

    share: float = Field(default=0.1, ge=0, le=1, description="Share of blocks that are empty.")
    order: OrderChoice = Field(
        default="priority", validate_default=True, description="Order of filling the others."
    )


@BUILDERS.register(
    "empty",
    EmptyParameters,
    description="A share of the blocks holds nothing at all; the others are filled as usual.",
    shorthand="share",
)
class EmptyBuilder:
    """An empty block costs everybody one block of waiting, and the base fee falls by an eighth.

    Parameters
    ----------
    parameters : EmptyParameters
        How often.
    surroundings : Surroundings
        The builder's stream.

    """

    def __init__(self, parameters: EmptyParameters, surroundings: Surroundings) -> None:
        self._share = parameters.share
        self._order = parameters.order.build()
        self._rng = surroundings.rng

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
        if self._rng.random() >= self._share:
            runs = OpenRuns(pool, filling.taken)
            queue = self._order.queue(runs, self._rng, base_fee=base_fee, min_tip=min_tip)
            filling.take_from(queue)
        return filling.plan()
