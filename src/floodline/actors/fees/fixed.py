"""The fixed bid: a bot that nobody maintains."""

from __future__ import annotations

from pydantic import Field

from floodline.actors.fees.bid import Fees
from floodline.actors.fees.strategy import FEES, FeeStrategy
from floodline.actors.fees.view import NO_STAKE, FeeView, Stake
from floodline.foundation.registry import Parameters
from floodline.foundation.units import to_gwei_wei


class FixedParameters(Parameters):
    """Parameters of a fixed bid."""

    max_fee_gwei: float = Field(
        gt=0, description="Fee cap in gwei a gas, whatever the base fee is."
    )
    tip_gwei: float = Field(ge=0, description="Tip in gwei a gas.")


@FEES.register(
    "fixed", FixedParameters, description="The same cap and tip always: the bot nobody maintains."
)
class Fixed(FeeStrategy):
    """The same cap and tip always; locked out as soon as the base fee passes the cap."""

    def __init__(self, parameters: FixedParameters) -> None:
        cap = to_gwei_wei(parameters.max_fee_gwei)
        self._fees = Fees(cap, min(to_gwei_wei(parameters.tip_gwei), cap))

    def quote(self, view: FeeView, stake: Stake = NO_STAKE) -> Fees:
        """Return the fixed bid."""
        del view, stake
        return self._fees
