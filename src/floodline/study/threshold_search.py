"""Where to look for a threshold: bracket it, halve the bracket, then try where the interval lies.

A stochastic root finding that asks for batches of loads and is told what held and what failed. It
knows nothing of campaigns, so that its coverage is tested on synthetic truths.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from floodline.measure.dose_response import DoseResponse, fit_threshold

Verdict = Literal["found", "always holds", "always fails"]


@dataclass(frozen=True)
class SearchPlan:
    """The range to search, and how hard.

    Attributes
    ----------
    low, high : float
        Ends of the range.
    logarithmic : bool
        Whether to go through it in ratios.
    batch : int
        Trials that are asked for at one time, at least 4.
    budget : int
        Trials in all, at most.
    tolerance : float
        The search ends where the interval is no wider than this share of the estimate.

    """

    low: float
    high: float
    logarithmic: bool = False
    batch: int = 8
    budget: int = 120
    tolerance: float = 0.05


class ThresholdSearch:
    """A search under way.

    Parameters
    ----------
    plan : SearchPlan
        What to search.

    """

    def __init__(self, plan: SearchPlan) -> None:
        self.plan = plan
        self.loads: list[float] = []
        self.failed: list[bool] = []
        self.verdict: Verdict | None = None
        self.response: DoseResponse | None = None
        self._asked = 0

    def batches(self) -> Iterator[list[float]]:
        """Yield batches of loads; `tell` must be called before the next is taken."""
        plan = self.plan
        each = max(2, plan.batch // 2)
        yield self._ask([plan.low] * each + [plan.high] * each)
        if self._share(plan.low) > 0.5:
            self.verdict = "always fails"
            return
        if self._share(plan.high) <= 0.5:
            self.verdict = "always holds"
            return
        yield from self._halve()
        yield from self._refine()
        self.verdict = "found"

    def tell(self, loads: Sequence[float], failed: Sequence[bool]) -> None:
        """Take what became of trials, as many of a batch as gave a verdict."""
        self.loads += loads
        self.failed += failed

    def _halve(self) -> Iterator[list[float]]:
        """Halve the bracket until it is a sixteenth, or the middle fails half the time."""
        low, high = self._to(self.plan.low), self._to(self.plan.high)
        for _ in range(4):
            if not self._left():
                return
            middle = self._back((low + high) / 2)
            yield self._ask([middle] * max(4, self.plan.batch // 2))
            share = self._share(middle)
            if share == 0.5:
                return
            if share > 0.5:
                high = self._to(middle)
            else:
                low = self._to(middle)

    def _refine(self) -> Iterator[list[float]]:
        """Spread batches over the interval until it is narrow enough."""
        plan = self.plan
        while True:
            self.response = fit_threshold(self.loads, self.failed, logarithmic=plan.logarithmic)
            found = self.response.threshold
            low, high = max(found.low, plan.low), min(found.high, plan.high)
            if high - low <= plan.tolerance * abs(found.estimate) or not self._left():
                return
            begin, end = self._to(low), self._to(high)
            steps = [(2 * step + 1) / (2 * plan.batch) for step in range(plan.batch)]
            yield self._ask([self._back(begin + (end - begin) * share) for share in steps])

    def _ask(self, loads: list[float]) -> list[float]:
        self._asked += len(loads)
        return loads

    def _left(self) -> bool:
        return self._asked < self.plan.budget

    def _share(self, load: float) -> float:
        """Return the share of trials at a load that failed; none at all count as a half."""
        here = [fail for at, fail in zip(self.loads, self.failed, strict=True) if at == load]
        return sum(here) / len(here) if here else 0.5

    def _to(self, load: float) -> float:
        return math.log(load) if self.plan.logarithmic else load

    def _back(self, value: float) -> float:
        load = math.exp(value) if self.plan.logarithmic else value
        return float(f"{min(max(load, self.plan.low), self.plan.high):.6g}")
