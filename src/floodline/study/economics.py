"""What an attack costs, earns and does: spend per dollar of bad debt, taken, second added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from floodline.campaign.schema import Campaign, actor_name, actor_role
from floodline.foundation.errors import AnalysisError, CampaignError
from floodline.foundation.suggest import suggestion
from floodline.measure.differences import PairedDifference, paired_difference
from floodline.measure.flat import Scalar
from floodline.measure.statistics import Interval, mean_interval, ratio_interval
from floodline.study.answer_tables import write_answer
from floodline.study.design import Design, Vary
from floodline.study.question import Question
from floodline.study.results import failures, figure_of, write_trials
from floodline.study.study import Study
from floodline.study.trial import Setting, Trial, TrialResult

EFFECTS: Final = {
    "bad_debt_usd": "USD of bad debt",
    "execution.toxic_flow_usd": "USD taken through stale fills",
    "time_under_margin_mean_s": "s added to a liquidation",
}
"""What an attack is paid for: figure, and what a unit of it is."""
COLLATERAL: Final = "solvency.collateral_usd"


@dataclass(frozen=True)
class Goal:
    """What an attack must achieve: a figure, and by how much it must rise."""

    figure: str
    rise: float


@dataclass(frozen=True)
class Attempt:
    """An attack with one setting of its parameters, against none, on the same seeds.

    Attributes
    ----------
    point : int
        Number of the setting.
    setting : Setting
        What it sets.
    spend : Interval
        Mean of what the attack gave up, USD: fees at the mean true price, and margin lost.
    profit : Interval
        Mean net profit, USD: what its accounts in the protocol gained, less fees.
    effects : dict of PairedDifference
        Per figure, what the attack changed.
    prices : dict of Interval
        Per figure, spend per unit of it.
    over_collateral : float
        Mean spend over the collateral deposited: the cost of disruption over the value at risk.
    reaches_goal : bool
        Whether the goal's figure rises enough on average, and its interval leaves out zero.

    """

    point: int
    setting: Setting
    spend: Interval
    profit: Interval
    effects: dict[str, PairedDifference]
    prices: dict[str, Interval]
    over_collateral: float
    reaches_goal: bool


@dataclass(frozen=True)
class Economics:
    """Every attempt, cheapest successful ones first."""

    attempts: list[Attempt]
    failed: list[tuple[Trial, str]]
    total: int

    @property
    def cheapest(self) -> Attempt | None:
        """The cheapest attempt that reaches the goal; None where none does."""
        return next((attempt for attempt in self.attempts if attempt.reaches_goal), None)


def attack_role(campaign: Campaign, attack: str) -> str:
    """Return the role of an attacking actor, whose fees and margin are the attack's money.

    Raises
    ------
    CampaignError
        If no actor is called so, or others share its role.

    """
    roles = {actor_name(item): actor_role(item.name) for item in campaign.actors}
    if attack not in roles:
        raise CampaignError(
            f"no actor is called '{attack}'{suggestion(attack, list(roles))}",
            f"the campaign's actors: {', '.join(roles)}",
        )
    sharing = [name for name, role in roles.items() if role == roles[attack] and name != attack]
    if sharing:
        raise CampaignError(
            f"{', '.join(sharing)} has the role '{roles[attack]}' too: spend cannot be told apart",
            f"leave it out: --set actors.{sharing[0]}.enabled=false",
        )
    return roles[attack]


def run_economics(
    study: Study,
    question: Question,
    attack: str,
    varies: Sequence[Vary],
    seeds: Sequence[int],
    *,
    points: int,
    goal: Goal,
) -> Economics:
    """Run the attack as it stands and over its parameters; write ``economics.csv``.

    Half of the points are a Latin hypercube over the ranges, the other half one over the box
    around the cheapest attempt that reached the goal (or, where none did, that raised the goal's
    figure most).

    Parameters
    ----------
    study : Study
        Runs and keeps the trials.
    question : Question
        The campaign with the attack in it.
    attack : str
        The attacking actor's name.
    varies : sequence of Vary
        Its parameters to search; none for the attack as it stands.
    seeds : sequence of int
        At least two.
    points : int
        Settings to try, where there is something to search.
    goal : Goal
        What counts as success.

    """
    role = attack_role(question.base(), attack)
    calm = question.trials([{}], seeds, [f"actors.{attack}.enabled=false"])
    work = _Work(study, question, seeds, role, goal)
    work.calm = work.run(calm)
    settings: list[Setting] = [{}]
    if varies:
        settings += Design("lhs", tuple(varies), max(1, points // 2), seeds[0]).settings()
    work.attack(settings)
    if varies and points > 1:
        best = work.sorted()[0].setting if work.attempts else {}
        box = tuple(_around(vary, best.get(vary.key)) for vary in varies)
        work.attack(Design("lhs", box, points - points // 2, seeds[0] + 1).settings())
    write_trials(study.path, work.trials, work.results)
    attempts = work.sorted()
    write_answer(table_of(attempts), study.path, "economics")
    study.folder.tidy()
    return Economics(attempts, failures(work.trials, work.results), len(work.trials))


def _around(vary: Vary, value: Scalar) -> Vary:
    """Return a range of a quarter of the width on each side of a value; lists stay whole."""
    if not vary.is_range or isinstance(value, str | bool) or value is None:
        return vary
    if vary.logarithmic:
        reach = (vary.high / vary.low) ** 0.25
        low, high = float(value) / reach, float(value) * reach
    else:
        reach = (vary.high - vary.low) / 4
        low, high = float(value) - reach, float(value) + reach
    return vary.between(max(low, vary.low), min(high, vary.high))


class _Work:
    """The attempts so far."""

    def __init__(
        self, study: Study, question: Question, seeds: Sequence[int], role: str, goal: Goal
    ) -> None:
        self.trials: list[Trial] = []
        self.results: list[TrialResult] = []
        self.attempts: list[Attempt] = []
        self.calm: list[TrialResult] = []
        self._study, self._question, self._seeds = study, question, seeds
        self._spend = f"economics.by_role.{role}.fees_usd"
        self._pnl = f"economics.pnl_usd.{role}"
        self._goal = goal

    def run(self, trials: Sequence[Trial]) -> list[TrialResult]:
        found = self._study.run(trials)
        self.trials += trials
        self.results += found
        return found

    def attack(self, settings: Sequence[Setting]) -> None:
        """Run settings on every seed and judge each against the calm runs."""
        first = len(self.attempts)
        trials = [
            Trial(trial.campaign, first + trial.point + 1, trial.setting)
            for trial in self._question.trials(settings, self._seeds)
        ]
        found = self.run(trials)
        for place, setting in enumerate(settings):
            runs = [
                result
                for trial, result in zip(trials, found, strict=True)
                if trial.point == first + place + 1
            ]
            self.attempts.append(self._judge(first + place + 1, setting, runs))

    def _judge(self, point: int, setting: Setting, runs: Sequence[TrialResult]) -> Attempt:
        pairs = [
            (before, after)
            for before, after in zip(self.calm, runs, strict=True)
            if before.status == after.status == "complete"
        ]
        fees = [_value(after, self._spend) for _, after in pairs]
        gains = [_value(after, self._pnl) for _, after in pairs]
        spend = [fee + max(-gain, 0.0) for fee, gain in zip(fees, gains, strict=True)]
        profit = [gain - fee for fee, gain in zip(fees, gains, strict=True)]
        effects: dict[str, PairedDifference] = {}
        prices: dict[str, Interval] = {}
        for figure in dict.fromkeys([*EFFECTS, self._goal.figure]):
            rows = [
                (cost, before, after)
                for cost, before, after in zip(
                    spend,
                    (_maybe(before, figure) for before, _ in pairs),
                    (_maybe(after, figure) for _, after in pairs),
                    strict=True,
                )
                if before is not None and after is not None
            ]
            if len(rows) >= 2:
                before = [row[1] for row in rows]
                after = [row[2] for row in rows]
                effects[figure] = paired_difference(before, after)
                change = [late - early for early, late in zip(before, after, strict=True)]
                prices[figure] = ratio_interval([row[0] for row in rows], change)
        if len(pairs) < 2 or self._goal.figure not in effects:
            raise AnalysisError(
                f"fewer than two seeds gave {self._goal.figure} with and without the attack",
                "run more --seeds, or set a goal that every run reaches",
            )
        collateral = [_value(after, COLLATERAL) for _, after in pairs]
        rise = effects[self._goal.figure].difference
        mean = mean_interval(spend)
        return Attempt(
            point,
            setting,
            mean,
            mean_interval(profit),
            effects,
            prices,
            mean.estimate / float(np.mean(collateral)) if any(collateral) else np.nan,
            rise.estimate >= self._goal.rise and rise.low > 0,
        )

    def sorted(self) -> list[Attempt]:
        """Return successful attempts first, cheapest first; then by what they achieved."""
        goal = self._goal.figure
        return sorted(
            self.attempts,
            key=lambda attempt: (
                not attempt.reaches_goal,
                attempt.spend.estimate
                if attempt.reaches_goal
                else -attempt.effects[goal].difference.estimate,
                attempt.point,
            ),
        )


def _maybe(result: TrialResult, figure: str) -> float | None:
    return figure_of(result, figure)


def _value(result: TrialResult, figure: str) -> float:
    """Return an amount of money; 0 of an attacker that never had a transaction or an account."""
    if figure not in result.metrics and figure not in result.figures:
        return 0.0
    return figure_of(result, figure) or 0.0


def table_of(attempts: Sequence[Attempt]) -> pd.DataFrame:
    """Return the attempts as a table, best first."""
    rows: list[dict[str, Any]] = []
    for attempt in attempts:
        row: dict[str, Any] = {
            "point": attempt.point,
            **attempt.setting,
            "reaches_goal": attempt.reaches_goal,
            "spend_usd": attempt.spend.estimate,
            "spend_low": attempt.spend.low,
            "spend_high": attempt.spend.high,
            "net_profit_usd": attempt.profit.estimate,
            "net_profit_low": attempt.profit.low,
            "net_profit_high": attempt.profit.high,
            "spend_over_collateral": attempt.over_collateral,
        }
        for figure, effect in attempt.effects.items():
            price = attempt.prices[figure]
            row[f"{figure} rise"] = effect.difference.estimate
            row[f"{figure} rise low"] = effect.difference.low
            row[f"{figure} rise high"] = effect.difference.high
            row[f"spend per {figure}"] = price.estimate
            row[f"spend per {figure} low"] = price.low
            row[f"spend per {figure} high"] = price.high
        rows.append(row)
    return pd.DataFrame(rows)
