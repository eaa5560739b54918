"""A priority gas auction: answers rivals' visible bids by a higher one, up to what it is worth."""

from __future__ import annotations

import math

from pydantic import Field

from floodline.actors.fees.bid import Fees, legal_bump
from floodline.actors.fees.strategy import FEES, FeeStrategy
from floodline.actors.fees.view import NO_STAKE, FeeView, Stake
from floodline.foundation.registry import Parameters
from floodline.foundation.units import to_gwei_wei, to_us


class PriorityAuctionParameters(Parameters):
    """Parameters of a bidder in a priority gas auction."""

    tip_gwei: float = Field(default=1.0, gt=0, description="First tip in gwei a gas.")
    multiple: float = Field(
        default=1.125,
        gt=0,
        description="First fee cap = multiple * base fee + tip; a cap that is high from the start "
        "leaves no room for replacements, which must raise it as well.",
    )
    raise_by: float = Field(
        default=1.125,
        ge=1.1,
        le=10,
        description="Outbids the highest tip that it sees rivals bid by this factor.",
    )
    watch_s: float = Field(
        default=0.5, gt=0, le=60, description="Looks at pending bids this often, in seconds."
    )
    share: float = Field(
        default=0.9,
        gt=0,
        le=1,
        description="Pays at most this share of the expected reward for its gas, where that is "
        "known.",
    )
    ceiling_gwei: float = Field(
        default=5000.0, gt=0, description="Pays at most this in gwei a gas in any case."
    )


@FEES.register(
    "priority_auction",
    PriorityAuctionParameters,
    description="Watches rivals' pending bids for the same thing and outbids them while it pays.",
)
class PriorityAuction(FeeStrategy):
    """Raises its tip above the best rival's by legal replacement, between blocks as well.

    A rival's tip of 2 gwei seen at a base fee of 10 is answered by 2.25 (a factor of 1.125), or by
    1.1 times the own bid if that is more. With a reward of 0.01 ether for 500,000 gas and a share
    of 0.9 no more than 18 gwei a gas are paid, so the tip ends at 8.
    """

    def __init__(self, parameters: PriorityAuctionParameters) -> None:
        self._parameters = parameters
        self._first = to_gwei_wei(parameters.tip_gwei)
        self._ceiling = to_gwei_wei(parameters.ceiling_gwei)
        self.watch_us = to_us(parameters.watch_s)

    def quote(self, view: FeeView, stake: Stake = NO_STAKE) -> Fees:
        """Return the first bid: above those that it sees already."""
        return self._at(max(self._first, self._answer(stake)), view, stake)

    def counter(self, fees: Fees, view: FeeView, stake: Stake) -> Fees | None:
        """Outbid the best rival, unless it leads already or the price would pass its worth."""
        best = max((rival.tip for rival in stake.rivals), default=0)
        if best < fees.tip:
            return None
        least = legal_bump(fees, 1.0)
        wanted = self._at(max(self._answer(stake), least.tip), view, stake)
        raised = Fees(max(wanted.max_fee, least.max_fee), wanted.tip, fees.lane)
        if raised.tip < least.tip or raised.max_fee > self._worth(stake):
            return None
        return raised

    def bump(
        self, fees: Fees, blocks_waited: int, view: FeeView, stake: Stake = NO_STAKE
    ) -> Fees | None:
        """Follow the base fee where it has passed the cap."""
        del blocks_waited
        if fees.max_fee >= view.next_base_fee + fees.tip:
            return None
        least = legal_bump(fees, 1.0)
        wanted = self._at(max(fees.tip, least.tip), view, stake)
        if wanted.tip < least.tip or wanted.max_fee < least.max_fee:
            return None
        return Fees(wanted.max_fee, wanted.tip, fees.lane)

    def _answer(self, stake: Stake) -> int:
        best = max((rival.tip for rival in stake.rivals), default=0)
        return math.ceil(best * self._parameters.raise_by)

    def _worth(self, stake: Stake) -> int:
        worth = stake.worth_per_gas(self._parameters.share)
        return self._ceiling if worth is None else min(worth, self._ceiling)

    def _at(self, tip: int, view: FeeView, stake: Stake) -> Fees:
        """Return a bid at a tip, cut at what the call is worth at the next base fee."""
        worth = self._worth(stake)
        cap = min(math.ceil(self._parameters.multiple * view.next_base_fee) + tip, worth)
        return Fees(cap, max(min(tip, worth - view.next_base_fee, cap), 0))
