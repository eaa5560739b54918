"""Value-aware bidding: what a call is worth decides what is bid for it."""

from __future__ import annotations

import math

from pydantic import Field

from floodline.actors.fees.bid import Fees, is_legal_replacement
from floodline.actors.fees.strategy import FEES, FeeStrategy
from floodline.actors.fees.view import NO_STAKE, FeeView, Stake
from floodline.foundation.registry import Parameters
from floodline.foundation.units import to_gwei_wei


class ValueAwareParameters(Parameters):
    """Parameters of a bidder that knows what its call is worth."""

    share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="Share of the expected reward that is bid for the call's gas.",
    )
    min_tip_gwei: float = Field(
        default=0.1, ge=0, description="Tip where the worth leaves less, or is not known."
    )
    multiple: float = Field(
        default=2.0,
        gt=0,
        description="Fee cap = multiple * base fee + tip where the worth is not known.",
    )


@FEES.register(
    "value_aware",
    ValueAwareParameters,
    description="Bids a share of each call's expected reward: cap and tip follow its worth.",
)
class ValueAware(FeeStrategy):
    """``cap = share * reward / gas``; the tip is all of it that the base fee leaves.

    A reward of 0.02 ether for 500,000 gas at a share of 0.5 is a cap of 20 gwei a gas: a tip of 12
    gwei at a base fee of 8. Where the base fee alone exceeds the cap the call waits for it to fall.
    """

    def __init__(self, parameters: ValueAwareParameters) -> None:
        self._parameters = parameters
        self._floor = to_gwei_wei(parameters.min_tip_gwei)

    def quote(self, view: FeeView, stake: Stake = NO_STAKE) -> Fees:
        """Return the bid that the call's worth allows."""
        worth = stake.worth_per_gas(self._parameters.share)
        if worth is None:
            cap = math.ceil(self._parameters.multiple * view.next_base_fee) + self._floor
            return Fees(cap, self._floor)
        cap = max(worth, 1)
        return Fees(cap, min(max(worth - view.next_base_fee, self._floor), cap))

    def bump(
        self, fees: Fees, blocks_waited: int, view: FeeView, stake: Stake = NO_STAKE
    ) -> Fees | None:
        """Bid again where the worth, or a fallen base fee, allows a legal replacement."""
        del blocks_waited
        wanted = self.quote(view, stake)
        return wanted if is_legal_replacement(fees, wanted) else None
