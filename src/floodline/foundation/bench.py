"""What a benchmark reports: ratios measured within one run, held against a bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Measurement:
    """One measured figure.

    Attributes
    ----------
    name : str
        What was measured.
    value : float
        The figure, in `unit`.
    unit : str
        "x" for a ratio, "ops/s", "ms", "MB", ...
    bound : float
        The figure it is held to.
    comparison : {"at least", "at most"}
        The side of the bound that is good.
    detail : str
        How it came about, in one line.

    """

    name: str
    value: float
    unit: str
    bound: float
    comparison: Literal["at least", "at most"]
    detail: str = ""

    @property
    def met(self) -> bool:
        """Whether the figure keeps its bound."""
        if self.comparison == "at least":
            return self.value >= self.bound
        return self.value <= self.bound
