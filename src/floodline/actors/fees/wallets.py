"""Bids of wallets: a multiple of the base fee, or a percentile of what recent blocks paid."""

from __future__ import annotations

import math

from pydantic import Field

from floodline.actors.fees.bid import Fees
from floodline.actors.fees.strategy import FEES, FeeStrategy
from floodline.actors.fees.view import NO_STAKE, FeeView, Stake
from floodline.foundation.registry import Parameters
from floodline.foundation.units import to_gwei_wei


class MultipleParameters(Parameters):
    """Parameters of the wallet default."""

    multiple: float = Field(
        default=2.0, gt=0, description="Fee cap = multiple * next base fee + tip."
    )
    tip_gwei: float = Field(default=1.0, ge=0, description="Tip in gwei a gas.")


@FEES.register(
    "multiple", MultipleParameters, description="Twice the base fee plus a tip: the wallet default."
)
class BaseFeeMultiple(FeeStrategy):
    """``cap = multiple * base fee + tip``; a multiple of 2 survives five full blocks."""

    def __init__(self, parameters: MultipleParameters) -> None:
        self._multiple = parameters.multiple
        self._tip = to_gwei_wei(parameters.tip_gwei)

    def quote(self, view: FeeView, stake: Stake = NO_STAKE) -> Fees:
        """Return the bid at the present base fee."""
        del stake
        return Fees(math.ceil(self._multiple * view.next_base_fee) + self._tip, self._tip)


class PercentileParameters(Parameters):
    """Parameters of a bid at a percentile of recent tips."""

    p: float = Field(
        default=60.0, gt=0, le=100, description="Percentile of the tips that recent blocks paid."
    )
    blocks: int = Field(default=5, ge=1, le=64, description="Recent blocks looked at.")
    multiple: float = Field(
        default=2.0, gt=0, description="Fee cap = multiple * next base fee + tip."
    )
    min_tip_gwei: float = Field(default=0.1, ge=0, description="Smallest tip in gwei a gas.")


@FEES.register(
    "percentile",
    PercentileParameters,
    description="A percentile of recent blocks' tips, as wallets read eth_feeHistory.",
)
class Percentile(FeeStrategy):
    """Bids what a share of recent gas paid, with a cap at a multiple of the base fee."""

    def __init__(self, parameters: PercentileParameters) -> None:
        self._parameters = parameters
        self._floor = to_gwei_wei(parameters.min_tip_gwei)

    def quote(self, view: FeeView, stake: Stake = NO_STAKE) -> Fees:
        """Return the bid that recent blocks suggest."""
        del stake
        given = self._parameters
        tip = max(self._floor, view.history.percentile(given.p, given.blocks))
        return Fees(math.ceil(given.multiple * view.next_base_fee) + tip, tip)
