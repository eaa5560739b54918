"""How full blocks are, over their gas target: mean, spread and memory, against theory and mainnet.

Under EIP-1559 the base fee moves so that the logarithm of its factor has mean zero over a long
time; because the logarithm bends, the mean fullness then lies between 1 and about 1.06 (V11).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from floodline.chain.feemarket import BASE_FEE_CHANGE_DENOMINATOR, ELASTICITY
from floodline.measure.tables import Tables

Floats = npt.NDArray[np.float64]

ENVELOPE: Final = (1.0, 1.06)
"""Where the long-run mean over the target lies with elastic demand."""
NEARLY: Final = 0.05
"""Within this of empty, or of twice the target, a block counts as empty or full."""


@dataclass(frozen=True)
class Fullness:
    """Moments of gas used over the gas target.

    Attributes
    ----------
    blocks : int
        Number of blocks.
    mean, sd : float
        Mean and standard deviation.
    lag1 : float
        Correlation of a block's fullness with the next one's.
    empty_share, full_share : float
        Share of blocks near 0, and near twice the target.

    """

    blocks: int
    mean: float
    sd: float
    lag1: float
    empty_share: float
    full_share: float

    @property
    def in_envelope(self) -> bool:
        """Whether the mean lies where EIP-1559 puts it, give or take its standard error."""
        slack = 2 * self.sd / max(self.blocks, 1) ** 0.5
        low, high = ENVELOPE
        return bool(low - slack <= self.mean <= high + slack)


def fullness_moments(fullness: Floats) -> Fullness:
    """Return the moments of a series of gas used over the target.

    Five blocks that are empty, full (2), empty, full, at the target have mean 1, a standard
    deviation of sqrt(0.8) and a lag-1 correlation of -0.904.
    """
    sd = float(fullness.std())
    lag1 = 0.0
    if len(fullness) > 2 and fullness[:-1].std() > 0 and fullness[1:].std() > 0:
        lag1 = float(np.corrcoef(fullness[:-1], fullness[1:])[0, 1])
    return Fullness(
        blocks=len(fullness),
        mean=float(fullness.mean()),
        sd=sd,
        lag1=lag1,
        empty_share=float((fullness <= NEARLY).mean()),
        full_share=float((fullness >= ELASTICITY - NEARLY).mean()),
    )


def fullness_of_blocks(tables: Tables) -> Fullness | None:
    """Return the moments over a run's blocks; None where there is none."""
    blocks = tables["blocks"]
    if not len(blocks):
        return None
    used = blocks["gas_used"].to_numpy(dtype=np.float64)
    return fullness_moments(used / blocks["target_gas"].to_numpy(dtype=np.float64))


def implied_fullness(base_fees: Floats) -> Floats:
    """Return the fullness of every block but the last that a series of base fees implies.

    From 8 to 9 gwei (one eighth more) the block was full, 2; from 8 to 7 gwei it was empty, 0.
    """
    step = np.diff(base_fees) / base_fees[:-1]
    return np.asarray(np.clip(1 + BASE_FEE_CHANGE_DENOMINATOR * step, 0, ELASTICITY))
