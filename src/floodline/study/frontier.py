"""The safe-leverage frontier: how much leverage congestion and a late oracle leave.

In each cell of congestion x oracle delay, trials at many leverages show how likely the objective is
to fail at each; the frontier is the leverage at which it fails with a tolerated probability. Trials
go where that is decided, and cells go where the frontier bends.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from floodline.measure.dose_response import fit_quantile
from floodline.measure.statistics import Interval
from floodline.study.answer_tables import write_answer
from floodline.study.design import Vary
from floodline.study.question import Question
from floodline.study.results import failures, write_trials
from floodline.study.study import Study
from floodline.study.trial import Trial, TrialResult

YEAR_S: Final = 365 * 86_400
_FIRST_LEVELS: Final = 6
_KNEE: Final = 0.15
"""A drop between neighbours of more than this share of the row's largest drop in leverage is a
knee worth another column."""


@dataclass(frozen=True)
class FrontierPlan:
    """What a frontier goes over.

    Attributes
    ----------
    leverage, congestion, delay : Vary
        The keys; the first a range, the others with grid levels.
    tolerances : tuple of float
        Probabilities of failure, rising.
    trials : int
        Trials in each cell.
    refinements : int
        Times that columns are added at the knee.
    cost : float
        Closing cost as a share of notional, c of the diffusion floor.

    """

    leverage: Vary
    congestion: Vary
    delay: Vary
    tolerances: tuple[float, ...]
    trials: int
    refinements: int
    cost: float


@dataclass
class Cell:
    """One congestion and one delay: what was tried there."""

    congestion: float
    delay: float
    leverages: list[float] = field(default_factory=list)
    failed: list[bool] = field(default_factory=list)
    asked: int = 0

    def at(self, tolerance: float) -> Interval | None:
        """Return the leverage that fails with this probability; None without trials."""
        if len(set(self.leverages)) < 2:
            return None
        return fit_quantile(self.leverages, self.failed, tolerance, logarithmic=True).threshold


@dataclass(frozen=True)
class Frontier:
    """A finished frontier.

    Attributes
    ----------
    table : DataFrame
        One row for each cell and tolerance.
    failed : list
        Trials without a verdict.
    total : int
        Trials in all.

    """

    table: pd.DataFrame
    failed: list[tuple[Trial, str]]
    total: int

    @property
    def above_floor(self) -> pd.DataFrame:
        """Rows whose whole interval lies above what diffusion alone allows; none should."""
        return self.table[self.table["low"] > self.table["floor"]]


def diffusion_floor(tolerance: float, vol: float, delay_s: float, cost: float) -> float:
    """Return the leverage that diffusion alone allows, ``L* = 1 / (z_p sigma sqrt(delay) + c)``.

    A position with margin 1/L loses it within the delay with probability p where
    ``1/L = z_p sigma sqrt(delay) + c``, z_p the standard normal's upper quantile. A volatility of
    0.9 a year and a delay of 1 h at p = 5 % and no cost: 1.645 * 0.9 * sqrt(3600 / 31536000) =
    0.01582, so that L* = 63.2. Infinite without delay and cost.
    """
    from scipy import stats  # noqa: PLC0415 - heavy

    reach = float(stats.norm.isf(tolerance)) * vol * math.sqrt(delay_s / YEAR_S) + cost
    return 1 / reach if reach > 0 else math.inf


def find_frontier(
    study: Study, question: Question, plan: FrontierPlan, first_seed: int, vol: float | None
) -> Frontier:
    """Run the cells of a plan, refine them at the knee, and write ``frontier.csv``.

    Parameters
    ----------
    study : Study
        Runs and keeps the trials.
    question : Question
        The campaign; its objective says what failing means.
    plan : FrontierPlan
        What to go over.
    first_seed : int
        The n-th trial of every cell has the seed ``first_seed + n``, so that cells that lie side
        by side meet the same markets.
    vol : float or None
        Volatility of the true price per square root of a year, for the floor.

    """
    work = _Work(study, question, plan, first_seed)
    delays = [float(level or 0) for level in plan.delay.grid()]
    columns = [float(level or 0) for level in plan.congestion.grid()]
    work.add([Cell(congestion, delay) for delay in delays for congestion in columns])
    for _ in range(plan.refinements):
        more = knees(work.cells, plan.tolerances[len(plan.tolerances) // 2], plan.congestion)
        if not more:
            break
        study.say(f"looking closer at congestion {', '.join(f'{value:g}' for value in more)}")
        work.add([Cell(congestion, delay) for delay in delays for congestion in more])
    write_trials(study.path, work.trials, work.results)
    table = frontier_table(work.cells, plan, vol)
    write_answer(table, study.path, "frontier")
    study.folder.tidy()
    return Frontier(table, failures(work.trials, work.results), len(work.trials))


class _Work:
    """The cells of a frontier and their trials so far."""

    def __init__(self, study: Study, question: Question, plan: FrontierPlan, seed: int) -> None:
        self.cells: list[Cell] = []
        self.trials: list[Trial] = []
        self.results: list[TrialResult] = []
        self._study, self._question, self._plan, self._seed = study, question, plan, seed

    def add(self, cells: Sequence[Cell]) -> None:
        """Run new cells, a batch of each at a time, until each has its trials."""
        self.cells += cells
        while True:
            batch: list[tuple[Cell, Trial]] = []
            for cell in cells:
                for leverage in next_leverages(cell, self._plan):
                    batch.append((cell, self._trial(cell, leverage)))
                    cell.asked += 1
            if not batch:
                return
            found = self._study.run([trial for _, trial in batch])
            for (cell, trial), result in zip(batch, found, strict=True):
                if result.status == "complete" and result.objective is not None:
                    cell.leverages.append(float(trial.setting[self._plan.leverage.key] or 0))
                    cell.failed.append(not result.objective["met"])
            self.trials += [trial for _, trial in batch]
            self.results += found

    def _trial(self, cell: Cell, leverage: float) -> Trial:
        plan = self._plan
        setting = {
            plan.congestion.key: cell.congestion,
            plan.delay.key: cell.delay,
            plan.leverage.key: leverage,
        }
        campaign = self._question.campaign(setting)
        seeded = {**campaign, "seed": self._seed + cell.asked}
        return Trial(seeded, len(self.trials) + cell.asked, dict(setting))


def next_leverages(cell: Cell, plan: FrontierPlan) -> list[float]:
    """Return the leverages that a cell should try next; none when it has its trials.

    First the whole range in equal ratios, then where the intervals of the tolerances lie.
    """
    low, high = math.log(plan.leverage.low), math.log(plan.leverage.high)
    left = plan.trials - cell.asked
    if left <= 0:
        return []
    count = min(left, max(_FIRST_LEVELS, plan.trials // 3))
    if cell.asked:
        found = [interval for p in plan.tolerances if (interval := cell.at(p)) is not None]
        ends = [math.log(max(interval.low, plan.leverage.low)) for interval in found]
        tops = [math.log(min(interval.high, plan.leverage.high)) for interval in found]
        low, high = min(ends, default=low), max(tops, default=high)
    steps = [step / (count - 1) if count > 1 else 0.5 for step in range(count)]
    return [float(f"{math.exp(low + (high - low) * step):.5g}") for step in steps]


def knees(cells: Sequence[Cell], tolerance: float, congestion: Vary) -> list[float]:
    """Return congestions between neighbours where the frontier falls steeply in any row."""
    columns = sorted({cell.congestion for cell in cells})
    levels: dict[tuple[float, float], float] = {}
    for cell in cells:
        found = cell.at(tolerance)
        if found is not None:
            levels[cell.delay, cell.congestion] = found.estimate
    drops: dict[tuple[float, float], float] = {}
    for before, after in itertools.pairwise(columns):
        for delay in {cell.delay for cell in cells}:
            pair = levels.get((delay, before)), levels.get((delay, after))
            if pair[0] is not None and pair[1] is not None:
                drop = math.log(pair[0] / pair[1])
                drops[before, after] = max(drops.get((before, after), 0.0), drop)
    largest = max(drops.values(), default=0.0)
    if largest < math.log(1.1):
        return []
    steep = [pair for pair, drop in sorted(drops.items()) if drop > max(_KNEE, 0.5 * largest)]
    middles = [
        math.sqrt(before * after) if congestion.logarithmic else (before + after) / 2
        for before, after in steep
    ]
    rounded = [round(m) if congestion.whole else float(f"{m:.5g}") for m in middles]
    return [value for value in rounded if value not in columns]


def frontier_table(cells: Sequence[Cell], plan: FrontierPlan, vol: float | None) -> pd.DataFrame:
    """Return one row for each cell and tolerance, with the floor and the margin tax.

    The margin tax is ``100 (1/L - 1/L_calm)``: the margin in per cent of notional that this
    congestion takes beyond what the calmest column takes at the same delay.
    """
    calm = min(cell.congestion for cell in cells)
    rows: list[dict[str, Any]] = []
    for cell in sorted(cells, key=lambda cell: (cell.delay, cell.congestion)):
        base = next(c for c in cells if (c.delay, c.congestion) == (cell.delay, calm))
        for tolerance in plan.tolerances:
            found, calmest = cell.at(tolerance), base.at(tolerance)
            if found is None:
                continue
            seconds = cell.delay if plan.delay.key.endswith("_s") else None
            floor = (
                diffusion_floor(tolerance, vol, seconds, plan.cost)
                if vol is not None and seconds is not None
                else math.nan
            )
            rows.append(
                {
                    "congestion": cell.congestion,
                    "delay": cell.delay,
                    "tolerance": tolerance,
                    "leverage": found.estimate,
                    "low": found.low,
                    "high": found.high,
                    "never_failed": not any(cell.failed),
                    "trials": len(cell.leverages),
                    "floor": floor,
                    "margin_tax_pct": 100 * (1 / found.estimate - 1 / calmest.estimate)
                    if calmest is not None
                    else math.nan,
                }
            )
    return pd.DataFrame(rows)
