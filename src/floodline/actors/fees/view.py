"""What a wallet sees when it bids: the fee market, the pool's depth, what is at stake, rivals."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import median_low
from typing import Final

from floodline.actors.fees.bid import Fees


class FeeHistory:
    """Base fees of recent blocks and the tips that they paid, as ``eth_feeHistory`` tells them.

    Parameters
    ----------
    depth : int
        Blocks remembered.

    """

    def __init__(self, depth: int = 64) -> None:
        self._blocks: deque[tuple[list[int], list[int]]] = deque(maxlen=depth)
        self._base_fees: deque[int] = deque(maxlen=depth)

    def add(self, tips_and_gas: Sequence[tuple[int, int]], base_fee: int = 0) -> None:
        """Remember a block by its base fee and each transaction's effective tip and gas used."""
        ordered = sorted(tips_and_gas)
        self._blocks.append(
            ([tip for tip, _ in ordered], list(accumulate(gas for _, gas in ordered)))
        )
        self._base_fees.append(base_fee)

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

    def base_fee_before(self, blocks: int) -> int | None:
        """Return the base fee of the block that many blocks before the last, None if unknown."""
        if blocks >= len(self._base_fees):
            return None
        return self._base_fees[-1 - blocks]


@dataclass(frozen=True, slots=True)
class FeeView:
    """What a wallet can see of the fee market when it bids.

    Attributes
    ----------
    next_base_fee : int
        Base fee of the next block, wei a gas.
    history : FeeHistory
        Recent blocks.
    pool_gas : int
        Gas limits of the executable transactions that the last block seen left in the pool.
    gas_target : int
        Gas that a block uses where the base fee stays as it is.

    """

    next_base_fee: int
    history: FeeHistory
    pool_gas: int = 0
    gas_target: int = 15_000_000

    @property
    def depth_blocks(self) -> float:
        """How many blocks at the target the pool would fill; 45,000,000 over 15,000,000 is 3."""
        return self.pool_gas / self.gas_target

    def trend(self, blocks: int) -> float:
        """Return the next base fee over that of some blocks ago; 1 where that is not known.

        From 8 gwei three blocks ago to 10 gwei now the trend over three blocks is 1.25.
        """
        before = self.history.base_fee_before(blocks - 1)
        return self.next_base_fee / before if before else 1.0


@dataclass(frozen=True, slots=True)
class Stake:
    """What one call is worth to its sender, and what rivals visibly bid for the same.

    Attributes
    ----------
    worth_wei : int or None
        Reward expected from the call, in wei; None where its sender does not know.
    gas : int
        Gas that the call is expected to use.
    rivals : tuple of Fees
        Bids of others for the same thing that the sender has seen.

    """

    worth_wei: int | None = None
    gas: int = 0
    rivals: tuple[Fees, ...] = ()

    def worth_per_gas(self, share: float) -> int | None:
        """Return a share of the worth in wei a gas; half of 10^15 wei at 500,000 gas is 10^9."""
        if self.worth_wei is None or self.gas <= 0:
            return None
        return int(max(self.worth_wei, 0) * share) // self.gas


NO_STAKE: Final = Stake()
"""A call of unknown worth that nobody else wants."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much of what an actor wants to do it should do now, and how long it should wait."""

    share: float = 1.0
    delay_blocks: int = 0


FULL_PACE: Final = Pace()
"""Everything, at once."""
