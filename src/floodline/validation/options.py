"""V12: option prices on chain against QuantLib's."""

from __future__ import annotations

from floodline.foundation.seeds import Streams
from floodline.protocols.reference.option_validation import (
    QUANTITIES,
    TOLERANCE,
    ask,
    compare,
    random_points,
)
from floodline.validation.law import Effort, Finding, envelope
from floodline.validation.workbench import open_workbench


def prices(effort: Effort) -> list[Finding]:
    """V12: the largest difference of each quantity, in fractions of the spot price."""
    points = random_points(Streams(effort.seed).stream("V12.points"), effort.pick(400, 4_000))
    with open_workbench() as bench:
        harness = bench.deploy("BlackScholesHarness")
        found = ask(lambda data: bench.driver.view(harness, data), bench.interface(harness), points)
    worst = compare(points, found)
    note = f"{len(points):,} options, T 60 s to a year, vol 10 to 300 %, K/S 0.3 to 3"
    return [
        envelope(
            f"{name.replace('_', ' ')}: largest difference",
            worst[name],
            0.0,
            TOLERANCE,
            unit="of spot",
            note=note,
        )
        for name in QUANTITIES
    ]
