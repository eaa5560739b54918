"""A law: one closed form, how it is put to the machine, and what came out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Final

SEED: Final = 20_260_101
"""The seed of every draw in `floodline validate`; chosen once, as the date of the genesis."""
LAW_LEVEL: Final = 1 - 0.05 / 6
"""Level of all of one law's intervals together. Six laws are judged by intervals of their own, so
that a machine without fault passes all of them with 95 % (Bonferroni): at 95 % a law it would fail
one in four times. V1 alone is held to 95 % by itself."""


@dataclass(frozen=True)
class Effort:
    """How much to spend.

    Attributes
    ----------
    quick : bool
        Fewer cases and shorter runs; the laws, their tolerances and their intervals are the same.
    seed : int
        Of every random stream.

    """

    quick: bool
    seed: int = SEED

    def pick(self, quick: int, full: int) -> int:
        """Return a size for this effort."""
        return quick if self.quick else full


@dataclass(frozen=True)
class Finding:
    """One number held against its formula.

    Attributes
    ----------
    case : str
        Which system: ``rho 0.9``.
    expected, measured : float
        The formula's value and the machine's.
    tolerance : float
        Largest relative difference; 0 for exact agreement.
    low, high : float
        Where the formula's value must lie: the run's own interval, if it has one.
    bounds : tuple of float, optional
        For a law that bounds a figure and does not give its value: the measured one lies inside.
    unit : str
        Of both values.
    note : str
        What else there is to say, such as how much was run.

    """

    case: str
    expected: float
    measured: float
    tolerance: float
    low: float = -inf
    high: float = inf
    unit: str = ""
    note: str = ""
    bounds: tuple[float, float] | None = None

    @property
    def difference(self) -> float:
        """Relative difference; of 8 to 8.2: 0.025."""
        if self.expected == self.measured:
            return 0.0
        return abs(self.measured - self.expected) / abs(self.expected) if self.expected else inf

    @property
    def holds(self) -> bool:
        """Whether it is near enough and inside the interval, or inside the bounds."""
        if self.bounds is not None:
            return self.bounds[0] <= self.measured <= self.bounds[1]
        return self.difference <= self.tolerance and self.low <= self.expected <= self.high


Test = Callable[[Effort], list[Finding]]


@dataclass(frozen=True)
class Law:
    """A closed form and the test that holds the machine against it.

    Attributes
    ----------
    number : str
        ``V1`` to ``V13``.
    title : str
        What system it is about.
    formula : str
        As one would write it in a line.
    test : callable
        Runs the machine.

    """

    number: str
    title: str
    formula: str
    test: Test


@dataclass(frozen=True)
class Verdict:
    """What a law's test found."""

    law: Law
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether there are findings and all of them hold."""
        return bool(self.findings) and all(finding.holds for finding in self.findings)


def envelope(
    case: str, measured: float, low: float, high: float, *, unit: str = "", note: str = ""
) -> Finding:
    """Return a finding for a law that gives bounds and no value."""
    return Finding(case, low, measured, 0.0, unit=unit, note=note, bounds=(low, high))
