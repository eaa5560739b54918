"""V11: what calm blocks look like: EIP-1559's long-run mean, and mainnet's spread."""

from __future__ import annotations

from math import sqrt
from typing import Final

import numpy as np

from floodline.measure.fullness import ENVELOPE, fullness_moments
from floodline.measure.statistics import batch_means_interval
from floodline.validation import rig
from floodline.validation.law import Effort, Finding, envelope

WARM_BLOCKS: Final = 40
TRACE_BLOCKS: Final = 340
TRACE_SD: Final = 0.847
TRACE_LAG1: Final = -0.10
"""Of Ethereum's blocks 21,527,387 and following, 1 January 2025: the fullness of the gas target
that their base fees imply (base fees as published in OilerNetwork/pitchlake_cron)."""


def calm_blocks(effort: Effort) -> list[Finding]:
    """V11: mean, spread and memory of the calm baseline's blocks, executed on a node."""
    blocks = effort.pick(TRACE_BLOCKS, 3 * TRACE_BLOCKS)
    tables = rig.run(
        {"name": "calm", "slots": WARM_BLOCKS + blocks, "background": {}, "actors": []}
    )
    rows = tables["blocks"].iloc[WARM_BLOCKS:]
    used = rows["gas_used"].to_numpy(dtype=np.float64)
    fullness = used / rows["target_gas"].to_numpy(dtype=np.float64)
    moments = fullness_moments(fullness)
    mean = batch_means_interval(fullness)
    reach = (mean.high - mean.low) / 2
    # Two standard errors of each of the trace's own figures.
    spread = 2 * TRACE_SD / sqrt(2 * TRACE_BLOCKS)
    memory = 2 / sqrt(TRACE_BLOCKS)
    note = f"{blocks:,} blocks"
    return [
        envelope(
            "mean gas used over the target, give or take the run's own interval",
            moments.mean,
            ENVELOPE[0] - reach,
            ENVELOPE[1] + reach,
            note=note,
        ),
        envelope(
            "standard deviation, as on mainnet",
            moments.sd,
            TRACE_SD - spread,
            TRACE_SD + spread,
            note=note,
        ),
        envelope(
            "lag-1 correlation, as on mainnet",
            moments.lag1,
            TRACE_LAG1 - memory,
            TRACE_LAG1 + memory,
            note=note,
        ),
    ]
