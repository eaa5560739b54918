"""The first block that a transaction could have been in, by its arrival and its fee cap alone."""

from __future__ import annotations

import numpy as np

from floodline.measure.frame import Integers


def first_eligible(
    arrived_us: Integers,
    max_fee_wei: Integers,
    closed_us: Integers,
    base_fee_wei: Integers,
) -> Integers:
    """Return the position of the first block that closes at or after arrival and is not too dear.

    Ignores nonces, gas and rivals: what remains between this block and the one that took the
    transaction is queueing. Runs in O(n log blocks) on arrays: a table of minima over runs of
    2^k blocks is descended for all transactions at once.

    Parameters
    ----------
    arrived_us, max_fee_wei : int64 arrays, one entry per transaction
        Arrival at the builder (-1 if it never came) and fee cap.
    closed_us, base_fee_wei : int64 arrays, one entry per block
        When each block closed for arrivals, and what it cost, in the order of time.

    Returns
    -------
    int64 array
        Index into the blocks, -1 where there is none. With base fees 10, 12, 9 at 12, 24, 36 s a
        cap of 11 that arrives at 13 s gives 2.

    """
    count = len(closed_us)
    position = np.searchsorted(closed_us, arrived_us, side="left").astype(np.int64)
    minima = [base_fee_wei]
    while 2 ** len(minima) <= count:
        last, span = minima[-1], 2 ** (len(minima) - 1)
        minima.append(np.minimum(last[:-span], last[span:]))
    for level in range(len(minima) - 1, -1, -1):
        minimum = minima[level]
        inside = position < len(minimum)
        too_dear = inside.copy()
        too_dear[inside] = minimum[position[inside]] > max_fee_wei[inside]
        position[too_dear] += 2**level
    position[(position >= count) | (arrived_us < 0)] = -1
    return position
