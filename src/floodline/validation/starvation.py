"""V4: the load at which a bidder at a known quantile of the tips is shut out."""

from __future__ import annotations

from typing import Final

import numpy as np

from floodline.foundation.seeds import Streams
from floodline.foundation.units import GWEI
from floodline.mempool.builders.ordered import PriorityBuilder
from floodline.study.threshold_search import SearchPlan, ThresholdSearch
from floodline.validation import closed_forms
from floodline.validation.law import Effort, Finding
from floodline.validation.queues import (
    CAPACITY,
    SLOT_S,
    SLOT_US,
    poisson_times_us,
    slot_ends_us,
)
from floodline.validation.service import serve

SLOTS: Final = 2_000
POOL_SLOTS: Final = 400
PATIENCE_SLOTS: Final = 120
"""Near the breaking load whoever bids at the margin waits for about ``1 / (2 b (1 - rho)^2)``
slots, since every better bid goes first. A patience of 120 slots is worn out at 98 % of the
breaking load already (of 10 slots at 93 %): the search is asked for no more than that precision."""
PRECISION: Final = 0.1
"""Width of the interval at which the search may end, over its estimate."""
BIDDERS_PER_S: Final = 0.002
"""So few that they do not compete with each other."""
LOWEST_GWEI: Final = 1.0
SPREAD_GWEI: Final = 10.0


def breaking_loads(effort: Effort) -> list[Finding]:
    """V4: the search for the breaking load finds 1 / (1 - q)."""
    quantiles = [0.5] if effort.quick else [0.0, 0.5, 0.9]
    found = []
    for quantile in quantiles:
        expected = closed_forms.breaking_load(quantile)
        plan = SearchPlan(
            low=0.5 * expected,
            high=2 * expected,
            logarithmic=True,
            budget=32,
            tolerance=PRECISION,
        )
        search = ThresholdSearch(plan)
        trials = 0
        for loads in search.batches():
            search.tell(
                loads, [starves(effort, quantile, load, trials + n) for n, load in enumerate(loads)]
            )
            trials += len(loads)
        if search.response is None:
            found.append(
                Finding(f"tip quantile {quantile:g}: {search.verdict}", expected, 0.0, 0.0)
            )
            continue
        threshold = search.response.threshold
        found.append(
            Finding(
                f"tip quantile {quantile:g}",
                *(expected, threshold.estimate, 0.05, threshold.low, threshold.high),
                "times capacity",
                f"{trials} runs of {SLOTS:,} blocks",
            )
        )
    return found


def starves(effort: Effort, quantile: float, load: float, trial: int) -> bool:
    """Run one trial: whether fewer than half of the bidders were in a block in time.

    Parameters
    ----------
    effort : Effort
        Holds the seed.
    quantile : float
        Of the flood's tips, at which the bidders bid.
    load : float
        The flood, in multiples of what blocks hold.
    trial : int
        Names the trial's streams.

    """
    name = f"V4.{quantile}.{trial}"
    end_us = SLOTS * SLOT_US
    flood = poisson_times_us(effort, f"{name}.flood", load * CAPACITY / SLOT_S, end_us)
    bidders = poisson_times_us(effort, f"{name}.bidders", BIDDERS_PER_S, end_us)
    tips_gwei = LOWEST_GWEI + SPREAD_GWEI * Streams(effort.seed).stream(f"{name}.tips").random(
        len(flood)
    )
    bid_gwei = LOWEST_GWEI + SPREAD_GWEI * quantile
    arrived = np.concatenate([flood, bidders])
    tips = np.concatenate([tips_gwei, np.full(len(bidders), bid_gwei)]) * GWEI
    order = np.argsort(arrived, kind="stable")
    served = serve(
        arrived[order],
        np.rint(tips[order]).astype(np.int64),
        slot_ends_us(SLOTS),
        capacity=CAPACITY,
        builder=PriorityBuilder(),
        pool_slots=POOL_SLOTS,
    )
    mine = order >= len(flood)
    judged = mine & (arrived[order] <= end_us - PATIENCE_SLOTS * SLOT_US)
    on_time = (served.slot >= 0) & (served.wait_us <= PATIENCE_SLOTS * SLOT_US)
    return bool(on_time[judged].mean() < 0.5)
