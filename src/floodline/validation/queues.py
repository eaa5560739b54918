"""V1 to V4: waiting for a place in a block, first come first served and by tip."""

from __future__ import annotations

from math import log
from typing import Final

import numpy as np
import numpy.typing as npt

from floodline.actors.arrivals import Scale
from floodline.actors.arrivals.steady import Poisson, PoissonParameters
from floodline.chain.block_times import ExponentialGaps, ExponentialParameters
from floodline.foundation.seeds import Streams
from floodline.foundation.units import GWEI, SECOND_US
from floodline.measure.survival import kaplan_meier
from floodline.mempool.builder import BlockBuilder
from floodline.mempool.builders.ordered import OrderedBuilder, PriorityBuilder
from floodline.mempool.builders.orders import ByArrival, FifoParameters
from floodline.validation import closed_forms
from floodline.validation.intervals import Estimate, batch_means
from floodline.validation.law import LAW_LEVEL, Effort, Finding
from floodline.validation.service import GAS, Integers, seconds, serve

CAPACITY: Final = 10
SLOT_S: Final = 12
SLOT_US: Final = SLOT_S * SECOND_US
WARM_SLOTS: Final = 400
"""Slots before the queue has forgotten that it began empty; at rho = 0.95 it takes about 40."""
COOL_SLOTS: Final = 400
"""Arrivals in the last slots are left out: each that is looked at has had the time to be served."""


def fixed_slots(effort: Effort) -> list[Finding]:
    """V1: fixed slots, first come first served, Poisson arrivals."""
    cases = [(0.3, 8_000), (0.6, 16_000), (0.8, 40_000)]
    if not effort.quick:
        cases = [(0.3, 20_000), (0.6, 40_000), (0.8, 80_000), (0.9, 160_000), (0.95, 320_000)]
    found = []
    for rho, slots in cases:
        rate = rho * CAPACITY / SLOT_S
        arrived = poisson_times_us(effort, f"V1.{rho}", rate, slots * SLOT_US)
        mean = mean_wait_s(
            arrived,
            any_tips(effort, f"V1.{rho}", len(arrived)),
            slot_ends_us(slots),
            cases=len(cases),
            builder=first_come_first_served(),
            level=0.95,
        )
        expected = closed_forms.fixed_slot_wait_s(rate, CAPACITY, SLOT_S)
        found.append(_finding(f"rho {rho}", expected, mean, 0.03, slots))
    return found


def exponential_slots(effort: Effort) -> list[Finding]:
    """V2: exponential block times, and the median of waits that the run's end cuts off."""
    cases = [(0.3, 20_000), (0.6, 60_000)]
    if not effort.quick:
        cases = [(0.3, 40_000), (0.6, 100_000), (0.9, 250_000)]
    found = []
    for rho, slots in cases:
        rate = rho * CAPACITY / SLOT_S
        blocks = exponential_times_us(effort, f"V2.{rho}", slots)
        arrived = poisson_times_us(effort, f"V2.{rho}", rate, int(blocks[-1]))
        mean = mean_wait_s(
            arrived,
            any_tips(effort, f"V2.{rho}", len(arrived)),
            blocks,
            cases=len(cases),
            builder=first_come_first_served(),
        )
        expected = closed_forms.exponential_slot_wait_s(rate, CAPACITY, SLOT_S)
        found.append(_finding(f"rho {rho}", expected, mean, 0.05, slots))
    return [*found, _censored_median(effort)]


def _censored_median(effort: Effort) -> Finding:
    """Hold the Kaplan-Meier median of waits against ``T ln 2``, in runs that are cut short.

    Without a queue the wait for an exponential block is exponential whenever one arrives. Runs of
    two slots leave two arrivals in five waiting at the end: the estimate has to use that they did.
    """
    slots = effort.pick(40_000, 200_000)
    blocks = exponential_times_us(effort, "V2.censored", slots)
    run_us = 2 * SLOT_US
    arrived = poisson_times_us(
        effort, "V2.censored", 1 / SLOT_S, int(blocks[-1]) // run_us * run_us
    )
    end_us = -(-arrived // run_us) * run_us
    block_us = blocks[np.searchsorted(blocks, arrived)]
    seen = block_us <= end_us
    lasted = np.where(seen, block_us, end_us) - arrived
    waits = kaplan_meier(lasted, seen, (0.5,))
    (median,) = waits.quantiles_s
    share = 100 * (waits.censored_share or 0.0)
    return Finding(
        "median wait by Kaplan-Meier, runs of two slots",
        SLOT_S * log(2),
        median or 0.0,
        0.03,
        unit="s",
        note=f"{waits.count:,} waits, {share:.0f} % cut off",
    )


def tip_classes(effort: Effort) -> list[Finding]:
    """V3: two tip classes, the better paying first."""
    slots = effort.pick(40_000, 200_000)
    rates = [0.5 * CAPACITY / SLOT_S, 0.35 * CAPACITY / SLOT_S]
    streams = Streams(effort.seed)
    arrived = poisson_times_us(effort, "V3", sum(rates), slots * SLOT_US)
    dear = streams.stream("V3.class").random(len(arrived)) < rates[0] / sum(rates)
    tips = np.where(dear, 2 * GWEI, GWEI)
    expected = closed_forms.tip_class_waits_s(rates, CAPACITY, SLOT_S)
    found = []
    for name, value, chosen in (
        ("2 gwei, rho 0.5", expected[0], dear),
        ("1 gwei, rho 0.35", expected[1], ~dear),
    ):
        mean = mean_wait_s(arrived, tips, slot_ends_us(slots), cases=2, chosen=chosen)
        found.append(_finding(name, value, mean, 0.05, slots))
    return found


def poisson_times_us(effort: Effort, name: str, rate_per_s: float, end_us: int) -> Integers:
    """Return arrival times of the machine's own Poisson process, in ``(0, end_us]``."""
    process = Poisson(PoissonParameters(tx_per_s=rate_per_s))
    stream = Streams(effort.seed).stream(f"{name}.arrivals")
    span = 1_000 * SECOND_US
    windows = [
        process.times_us(stream, start, min(start + span, end_us), Scale(GAS, 1.0))
        for start in range(0, end_us, span)
    ]
    return np.concatenate(windows)


def exponential_times_us(effort: Effort, name: str, slots: int) -> Integers:
    """Return block times of the machine's own exponential process."""
    process = ExponentialGaps(ExponentialParameters())
    return process.times_us(Streams(effort.seed).stream(f"{name}.blocks"), SLOT_US, slots)


def any_tips(effort: Effort, name: str, count: int) -> Integers:
    """Return tips of 1 to 100 gwei, to which first come first served must be blind."""
    stream = Streams(effort.seed).stream(f"{name}.tips")
    return stream.integers(GWEI, 100 * GWEI, count, dtype=np.int64)


def first_come_first_served() -> BlockBuilder:
    """Return the machine's ``fifo`` builder; it draws nothing."""
    return OrderedBuilder(ByArrival(FifoParameters()), np.random.default_rng(0))


def slot_ends_us(slots: int) -> Integers:
    """Return the times of blocks at fixed slots; slot 1 comes first."""
    return np.arange(1, slots + 1, dtype=np.int64) * SLOT_US


def mean_wait_s(
    arrived_us: Integers,
    tips_wei: Integers,
    block_us: Integers,
    *,
    cases: int,
    chosen: npt.NDArray[np.bool_] | None = None,
    builder: BlockBuilder | None = None,
    level: float = LAW_LEVEL,
) -> Estimate:
    """Return the mean wait of all arrivals between warm-up and the last slots.

    Whoever is still waiting at the end has waited at least until then: it counts with that, so that
    a queue that grows cannot look short.

    Parameters
    ----------
    arrived_us, tips_wei, block_us, builder
        As in `serve`.
    cases : int
        Intervals judged together.
    chosen : bool array, optional
        The arrivals that are looked at.
    level : float
        Probability that all of them cover.

    """
    served = serve(
        arrived_us,
        tips_wei,
        block_us,
        capacity=CAPACITY,
        builder=builder or PriorityBuilder(),
    )
    wait_us = np.where(served.slot >= 0, served.wait_us, block_us[-1] - arrived_us)
    begin, end = block_us[WARM_SLOTS], block_us[-COOL_SLOTS]
    seen = (arrived_us > begin) & (arrived_us <= end)
    if chosen is not None:
        seen &= chosen
    places = np.searchsorted(block_us, arrived_us[seen])
    return batch_means(seconds(wait_us[seen]), places, cases=cases, level=level)


def _finding(case: str, expected: float, mean: Estimate, tolerance: float, slots: int) -> Finding:
    return Finding(
        case, expected, mean.mean, tolerance, mean.low, mean.high, "s", f"{slots:,} blocks"
    )
