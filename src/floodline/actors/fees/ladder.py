"""A bid that climbs: legal replacement at a higher price until it is included."""

from __future__ import annotations

import math

from pydantic import Field

from floodline.actors.fees.bid import Fees, legal_bump
from floodline.actors.fees.strategy import FEES, FeeStrategy
from floodline.actors.fees.view import NO_STAKE, FeeView, Stake
from floodline.foundation.registry import Parameters
from floodline.foundation.units import to_gwei_wei


class EscalatingParameters(Parameters):
    """Parameters of a bid that rises until it is included."""

    tip_gwei: float = Field(default=1.0, gt=0, description="First tip in gwei a gas.")
    multiple: float = Field(
        default=2.0, gt=0, description="First fee cap = multiple * base fee + tip."
    )
    factor: float = Field(
        default=1.25, ge=1.1, le=10, description="Both fee fields rise by this factor at each step."
    )
    every_blocks: int = Field(
        default=1, ge=1, description="Blocks seen without inclusion per step."
    )
    ceiling_gwei: float = Field(
        default=5000.0, gt=0, description="No step raises the fee cap above this, in gwei a gas."
    )


@FEES.register(
    "escalating",
    EscalatingParameters,
    description="Replaces its own waiting transaction at a higher price every few blocks.",
)
class Escalating(FeeStrategy):
    """Starts like a wallet and bumps by legal replacement until included or at its ceiling."""

    def __init__(self, parameters: EscalatingParameters) -> None:
        self._parameters = parameters
        self._tip = to_gwei_wei(parameters.tip_gwei)
        self._ceiling = to_gwei_wei(parameters.ceiling_gwei)

    def quote(self, view: FeeView, stake: Stake = NO_STAKE) -> Fees:
        """Return the first bid."""
        del stake
        cap = math.ceil(self._parameters.multiple * view.next_base_fee) + self._tip
        return Fees(min(cap, self._ceiling), min(self._tip, self._ceiling))

    def bump(
        self, fees: Fees, blocks_waited: int, view: FeeView, stake: Stake = NO_STAKE
    ) -> Fees | None:
        """Return the next step; it also covers the present base fee, as a new quote would."""
        del stake
        if blocks_waited < self._parameters.every_blocks:
            return None
        raised = legal_bump(fees, self._parameters.factor)
        quoted = self.quote(view)
        cap = min(max(raised.max_fee, quoted.max_fee), self._ceiling)
        if cap < legal_bump(fees, 1.0).max_fee:
            return None
        return Fees(cap, min(raised.tip, cap))
