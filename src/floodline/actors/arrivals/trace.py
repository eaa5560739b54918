"""Arrivals at the times of a file: a recorded load, offered again."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from pydantic import Field

from floodline.actors.arrivals.process import ARRIVALS, ArrivalProcess, Times
from floodline.actors.arrivals.rate import Scale
from floodline.foundation.errors import CampaignError
from floodline.foundation.registry import Parameters
from floodline.foundation.units import SECOND_US


class TraceParameters(Parameters):
    """Parameters of a recorded load."""

    file: Path = Field(description="CSV file; relative paths are relative to the campaign file.")
    time_column: str = Field(
        default="time_s", description="Column of seconds after the actor's beginning."
    )
    count_column: str | None = Field(
        default=None,
        description="Column of the number that arrives within the second from each time; one each "
        "if left out.",
    )
    scale: float = Field(
        default=1.0, gt=0, description="Multiple of the recorded load; chance decides fractions."
    )
    speed: float = Field(default=1.0, gt=0, description="Times pass this much faster.")


@ARRIVALS.register(
    "trace", TraceParameters, description="Arrivals at the times of a CSV file.", shorthand="file"
)
class Trace(ArrivalProcess):
    """The file's times as they are; with `count_column` spread evenly at random over a second.

    At scale 2.5 each recorded arrival brings two, and a third with probability one half. Draws a
    number of random numbers that depends on the file's rows in the window only.
    """

    def __init__(self, parameters: TraceParameters) -> None:
        self._parameters = parameters
        self._times, self._counts = self._read()
        self._later: Times = np.empty(0, dtype=np.int64)

    def _read(self) -> tuple[Times, Times]:
        """Return the file's times in microseconds, and its counts."""
        given = self._parameters
        try:
            with given.file.open(newline="", encoding="utf-8") as handle:
                rows = list(csv.DictReader(line for line in handle if not line.startswith("#")))
        except OSError as error:
            raise CampaignError(
                f"arrival trace {given.file} cannot be read: {error.strerror}",
                "name an existing CSV file, relative to the campaign file",
            ) from error
        times: list[float] = []
        counts: list[int] = []
        for number, row in enumerate(rows, start=2):
            try:
                times.append(float(row[given.time_column]))
                counts.append(int(row[given.count_column]) if given.count_column else 1)
            except (KeyError, TypeError, ValueError) as error:
                wanted = " and ".join(
                    f"'{name}'" for name in (given.time_column, given.count_column) if name
                )
                raise CampaignError(
                    f"arrival trace {given.file}, data row {number}: needs a number in {wanted}, "
                    f"found {dict(row)}",
                    "mend the row, or name the columns by time_column and count_column",
                ) from error
        if not times or times[0] < 0 or times != sorted(times) or min(counts) < 0:
            raise CampaignError(
                f"arrival trace {given.file}: needs rows whose times begin at 0 or later and never "
                "fall, and counts that are not negative",
                "mend the file",
            )
        scaled = np.rint(np.array(times) / given.speed * SECOND_US).astype(np.int64)
        return scaled, np.array(counts, dtype=np.int64)

    def times_us(self, rng: np.random.Generator, start_us: int, end_us: int, scale: Scale) -> Times:
        """Return the recorded times in the window, and those that spread into it."""
        del scale
        given = self._parameters
        times, counts = self._times, self._counts
        spread_us = round(SECOND_US / given.speed) if given.count_column else 0
        first, last = np.searchsorted(times, [start_us, end_us], side="right").tolist()
        if start_us == 0:
            first = 0
        wanted = counts[first:last] * given.scale
        whole = np.floor(wanted)
        numbers = (whole + (rng.random(last - first) < wanted - whole)).astype(np.int64)
        found = np.repeat(times[first:last], numbers)
        if spread_us:
            found = found + rng.integers(0, spread_us, size=len(found), dtype=np.int64)
        self._later, mixed = self._split(np.sort(np.concatenate((self._later, found))), end_us)
        return np.maximum(mixed, start_us + 1)

    @staticmethod
    def _split(times: Times, end_us: int) -> tuple[Times, Times]:
        at = int(np.searchsorted(times, end_us, side="right"))
        return times[at:], times[:at]
