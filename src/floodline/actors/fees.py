"""Fee strategies: what an actor bids, and whether it bids again.

A strategy sees what a wallet sees: the next block's base fee and the tips that recent blocks paid.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import median_low
from typing import Annotated, Final

from pydantic import Field

from floodline.foundation.choice import ChoiceOf, Chosen
from floodline.foundation.registry import Parameters, Registry
from floodline.foundation.units import to_gwei_wei

PRICE_BUMP_PERCENT: Final = 10
"""Both fee fields of a replacement must rise by this much (geth's default)."""


@dataclass(frozen=True, slots=True)
class Fees:
    """A type-2 transaction's bid, in wei a gas."""

    max_fee: int
    tip: int


class FeeHistory:
    """Tips that recent blocks paid, as ``eth_feeHistory`` tells them.

    Parameters
    ----------
    depth : int
        Blocks remembered.

    """

    def __init__(self, depth: int = 64) -> None:
        self._blocks: deque[tuple[list[int], list[int]]] = deque(maxlen=depth)

    def add(self, tips_and_gas: Sequence[tuple[int, int]]) -> None:
        """Remember a block by the effective tip and the gas used of each of its transactions."""
        ordered = sorted(tips_and_gas)
        self._blocks.append(
            ([tip for tip, _ in ordered], list(accumulate(gas for _, gas in ordered)))
        )

    def percentile(self, percent: float, blocks: int) -> int:
        """Return the median over recent blocks of each block's gas-weighted tip percentile, in wei.

        An empty block counts as a tip of 0, as in ``eth_feeHistory``. With tips 1, 2 and 3 gwei of
        equal gas in one block the 60th percentile is 2 gwei: 60 % of the gas lies in the second.
        """
        recent = list(self._blocks)[-blocks:]
        if not recent:
            return 0
        rewards = []
        for tips, gas in recent:
            if not tips:
                rewards.append(0)
                continue
            threshold = gas[-1] * percent / 100
            rewards.append(tips[min(bisect_left(gas, threshold), len(tips) - 1)])
        return median_low(rewards)


@dataclass(frozen=True, slots=True)
class FeeView:
    """What a wallet can see of the fee market when it bids."""

    next_base_fee: int
    history: FeeHistory


def legal_bump(fees: Fees, factor: float) -> Fees:
    """Return fees raised by a factor, and by no less than a legal replacement needs.

    Both fields must rise, and reach ``old * 110 // 100`` at least: (100, 10) times 1.05 becomes
    (110, 11), times 1.5 becomes (150, 15).
    """

    def raised(old: int) -> int:
        return max(math.ceil(old * factor), -(-old * (100 + PRICE_BUMP_PERCENT) // 100), old + 1)

    return Fees(raised(fees.max_fee), raised(fees.tip))


class FeeStrategy(ABC):
    """How an actor bids."""

    @abstractmethod
    def quote(self, view: FeeView) -> Fees:
        """Return the bid of a new transaction."""

    def bump(self, fees: Fees, blocks_waited: int, view: FeeView) -> Fees | None:
        """Return a higher bid for a transaction that waits, or None to leave it as it is.

        Parameters
        ----------
        fees : Fees
            The present bid.
        blocks_waited : int
            Blocks seen since that bid was sent.
        view : FeeView
            The fee market at present.

        """
        del fees, blocks_waited, view
        return None


FEES: Final[Registry[FeeStrategy]] = Registry("fee strategy")
FeeChoice = Annotated[Chosen[FeeStrategy], ChoiceOf(FEES)]


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

    def quote(self, view: FeeView) -> Fees:
        """Return the fixed bid."""
        del view
        return self._fees


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

    def quote(self, view: FeeView) -> Fees:
        """Return the bid at the present base fee."""
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

    def quote(self, view: FeeView) -> Fees:
        """Return the bid that recent blocks suggest."""
        given = self._parameters
        tip = max(self._floor, view.history.percentile(given.p, given.blocks))
        return Fees(math.ceil(given.multiple * view.next_base_fee) + tip, tip)


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

    def quote(self, view: FeeView) -> Fees:
        """Return the first bid."""
        cap = math.ceil(self._parameters.multiple * view.next_base_fee) + self._tip
        return Fees(min(cap, self._ceiling), min(self._tip, self._ceiling))

    def bump(self, fees: Fees, blocks_waited: int, view: FeeView) -> Fees | None:
        """Return the next step; it also covers the present base fee, as a new quote would."""
        if blocks_waited < self._parameters.every_blocks:
            return None
        raised = legal_bump(fees, self._parameters.factor)
        quoted = self.quote(view)
        cap = min(max(raised.max_fee, quoted.max_fee), self._ceiling)
        if cap < legal_bump(fees, 1.0).max_fee:
            return None
        return Fees(cap, min(raised.tip, cap))
