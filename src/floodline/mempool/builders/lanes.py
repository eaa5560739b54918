"""Builders that fill a block in several passes: a part of it is kept for some."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from floodline.foundation.registry import Parameters
from floodline.mempool.builder import BUILDERS, BlockPlan, Predict, Surroundings
from floodline.mempool.builders.orders import OrderChoice
from floodline.mempool.filling import Filling
from floodline.mempool.open_runs import OpenRuns
from floodline.mempool.pool import TransactionPool
from floodline.mempool.selection import SelectionParameters, selector


class ProtectedLaneParameters(SelectionParameters):
    """Parameters of a protected lane."""

    share: float = Field(
        default=0.2,
        gt=0,
        le=1,
        description="Share of each block's gas limit that the named may use before all others.",
    )
    order: OrderChoice = Field(
        default="priority",
        validate_default=True,
        description="Order inside the lane, and in the rest of the block.",
    )

    @model_validator(mode="before")
    @classmethod
    def _keepers_and_oracles(cls, given: Any) -> Any:
        """Keep the lane for the roles `keeper` and `oracle` where nobody is named."""
        if isinstance(given, dict) and not given.keys() & SelectionParameters.model_fields.keys():
            return {**given, "roles": ("keeper", "oracle")}
        return given


@BUILDERS.register(
    "protected_lane",
    ProtectedLaneParameters,
    description="A share of the gas is kept for named transactions, by default of keepers and "
    "oracles; what they leave goes to all.",
    shorthand="share",
)
class ProtectedLaneBuilder:
    """First the lane, up to its share of the gas; then everybody in what is left.

    A named transaction behind an unnamed one of its own account waits for the second pass. With a
    limit of 30,000,000 and a share of 0.2 the lane holds up to 6,000,000 gas; if liquidations use
    2,000,000, the other 28,000,000 are open to all.

    Parameters
    ----------
    parameters : ProtectedLaneParameters
        Who is named, and how much is kept.
    surroundings : Surroundings
        The builder's stream, and how transactions are told apart.

    """

    def __init__(self, parameters: ProtectedLaneParameters, surroundings: Surroundings) -> None:
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
        lane = OpenRuns(pool, filling.taken, self._named)
        queue = self._order.queue(lane, self._rng, base_fee=base_fee, min_tip=min_tip)
        filling.take_from(queue, budget=int(gas_limit * self._share))
        rest = OpenRuns(pool, filling.taken)
        queue = self._order.queue(rest, self._rng, base_fee=base_fee, min_tip=min_tip)
        filling.take_from(queue)
        return filling.plan()


class PrivateLaneParameters(Parameters):
    """Parameters of a private lane."""

    share: float = Field(
        default=1.0,
        ge=0,
        le=1,
        description="Share of blocks whose builder takes private transactions.",
    )
    gas_share: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="Share of a block's gas limit that private transactions may use at most.",
    )
    order: OrderChoice = Field(
        default="priority",
        validate_default=True,
        description="Order of the private transactions, and of the public ones after them.",
    )


@BUILDERS.register(
    "private_lane",
    PrivateLaneParameters,
    description="Private transactions wait apart, seen by nobody, and go before public ones.",
    shorthand="share",
)
class PrivateLaneBuilder:
    """First what was sent to the builder alone, then the public pool.

    Private transactions take no slots of the public pool: no flood can push them out. In a block
    whose builder takes none they wait; at a share of 0.9 one in ten blocks is lost to them.

    Parameters
    ----------
    parameters : PrivateLaneParameters
        How often, and how much.
    surroundings : Surroundings
        The builder's stream, and the private pool.

    Raises
    ------
    ValueError
        If there is no private pool.

    """

    def __init__(self, parameters: PrivateLaneParameters, surroundings: Surroundings) -> None:
        if surroundings.private_pool is None:
            raise ValueError("a private lane needs a private pool")
        self._share, self._gas_share = parameters.share, parameters.gas_share
        self._order = parameters.order.build()
        self._rng = surroundings.rng
        self._private = surroundings.private_pool

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
        if self._rng.random() < self._share:
            lane = OpenRuns(self._private, filling.taken)
            queue = self._order.queue(lane, self._rng, base_fee=base_fee, min_tip=min_tip)
            filling.take_from(queue, budget=int(gas_limit * self._gas_share))
        rest = OpenRuns(pool, filling.taken)
        queue = self._order.queue(rest, self._rng, base_fee=base_fee, min_tip=min_tip)
        filling.take_from(queue)
        return filling.plan()
