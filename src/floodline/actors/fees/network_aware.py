"""Network-aware execution: watch depth and base fee, then pay more, do less, or wait."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field

from floodline.actors.fees.bid import Fees, is_legal_replacement
from floodline.actors.fees.strategy import FEES, FeeStrategy
from floodline.actors.fees.view import FULL_PACE, NO_STAKE, FeeView, Pace, Stake
from floodline.foundation.registry import Parameters
from floodline.foundation.units import to_gwei_wei


class NetworkAwareParameters(Parameters):
    """Parameters of a bidder that watches the network."""

    reaction: Literal["pay", "size_down", "delay"] = Field(
        default="pay", description="What it does while the network is congested."
    )
    deep_blocks: float = Field(
        default=2.0,
        gt=0,
        description="Congested when the pool's executable gas would fill this many blocks at the "
        "target, or",
    )
    rising: float = Field(
        default=1.25,
        gt=0,
        description="when the next base fee is this multiple of what it was `trend_blocks` ago.",
    )
    trend_blocks: int = Field(default=4, ge=1, le=60, description="Blocks over which it looks.")
    calm_p: float = Field(
        default=50.0, gt=0, le=100, description="Percentile of recent tips that it bids when calm."
    )
    congested_p: float = Field(
        default=90.0,
        gt=0,
        le=100,
        description="Percentile of recent tips that it bids in congestion, with reaction pay.",
    )
    congested_multiple: float = Field(
        default=4.0,
        gt=0,
        description="Multiple of the base fee in its cap in congestion, with reaction pay.",
    )
    size_share: float = Field(
        default=0.25,
        gt=0,
        le=1,
        description="Share of its order that it sends in congestion, with reaction size_down.",
    )
    delay_blocks: int = Field(
        default=3,
        ge=1,
        le=1000,
        description="Blocks that it waits before it looks again, with reaction delay.",
    )
    min_tip_gwei: float = Field(default=0.1, ge=0, description="Smallest tip in gwei a gas.")


@FEES.register(
    "network_aware",
    NetworkAwareParameters,
    description="Watches pool depth and base-fee trend; when congested pays, sizes down, or waits.",
)
class NetworkAware(FeeStrategy):
    """Bids the median tip in calm; in congestion reacts in the one way it was given.

    With 36,000,000 gas waiting and a target of 15,000,000 the pool is 2.4 blocks deep: congested at
    the default of 2. From 10 to 12 gwei in four blocks is a trend of 1.2: not yet.
    """

    def __init__(self, parameters: NetworkAwareParameters) -> None:
        self._parameters = parameters
        self._floor = to_gwei_wei(parameters.min_tip_gwei)

    def congested(self, view: FeeView) -> bool:
        """Return whether depth or trend says that the network is congested."""
        given = self._parameters
        return view.depth_blocks >= given.deep_blocks or (
            view.trend(given.trend_blocks) >= given.rising
        )

    def quote(self, view: FeeView, stake: Stake = NO_STAKE) -> Fees:
        """Return the calm bid, or the dear one."""
        del stake
        given = self._parameters
        dear = given.reaction == "pay" and self.congested(view)
        percent = given.congested_p if dear else given.calm_p
        multiple = given.congested_multiple if dear else 2.0
        tip = max(self._floor, view.history.percentile(percent, given.trend_blocks))
        return Fees(math.ceil(multiple * view.next_base_fee) + tip, tip)

    def bump(
        self, fees: Fees, blocks_waited: int, view: FeeView, stake: Stake = NO_STAKE
    ) -> Fees | None:
        """With reaction pay, bid again where the network's state asks for a legally higher bid."""
        del blocks_waited
        if self._parameters.reaction != "pay":
            return None
        wanted = self.quote(view, stake)
        return wanted if is_legal_replacement(fees, wanted) else None

    def pace(self, view: FeeView) -> Pace:
        """Return a smaller share, or a delay, while the network is congested."""
        given = self._parameters
        if given.reaction == "pay" or not self.congested(view):
            return FULL_PACE
        if given.reaction == "size_down":
            return Pace(share=given.size_share)
        return Pace(delay_blocks=given.delay_blocks)
