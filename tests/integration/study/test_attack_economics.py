"""What an attack costs and does on a real node, and the cheapest that does enough."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import floodline
from tiny_campaign import opened, tiny_file

from floodline.study.design import parse_vary
from floodline.study.economics import Goal, run_economics
from floodline.study.processes import Processes
from floodline.study.question import Question
from floodline.study.study import Study
from floodline.study.trial import TrialResult

pytestmark = pytest.mark.anvil


def test_an_attack_is_priced_by_what_it_raises_against_the_same_runs_without_it(
    tmp_path: Path,
) -> None:
    words = ("economics", str(tiny_file(tmp_path)), "--goal", "base_fee_peak_gwei>0.2")
    words = (*words, "--set", "actors.flood.arrival.gas_per_s=6e6", "--seeds", "3")
    words = (*words, "--progress", "none", "--workers", "2", "--out", str(tmp_path / "study"))
    found = json.loads(floodline(*words, "--json").stdout)
    best = found["cheapest"]
    assert best["reaches_goal"]
    spend = best["spend_usd"]["estimate"]
    rise = best["effects"]["base_fee_peak_gwei"]["difference"]["estimate"]
    assert spend > 0
    assert rise > 0.2
    assert best["spend_per"]["base_fee_peak_gwei"]["estimate"] == pytest.approx(spend / rise)
    assert 0 < best["spend_over_collateral"] < 1
    assert "base_fee_peak_gwei" in floodline(*words).stdout


def test_the_search_finds_the_cheapest_setting_that_reaches_the_goal(tmp_path: Path) -> None:
    """The attack's cost and effect are known here: cost = power, success from a power of 4 on."""

    class Known(Study):
        def run(self, trials):
            return [self._answer(trial) for trial in trials]

        @staticmethod
        def _answer(trial) -> TrialResult:
            flood = trial.campaign["actors"][2]["flood"]
            power = flood["to_s"] / 10 if flood["enabled"] else 0.0
            noise = (trial.seed % 3) / 100
            return TrialResult(
                trial.key,
                "complete",
                identities_ok=True,
                metrics={
                    "bad_debt_usd": 100.0 * (power >= 4) + noise,
                    "time_under_margin_mean_s": power + noise,
                },
                figures={
                    "economics.by_role.flood.fees_usd": power + noise,
                    "execution.toxic_flow_usd": 0.0,
                    "solvency.collateral_usd": 1000.0,
                },
            )

    question = Question(tiny_file(tmp_path))
    with opened(tmp_path / "study", Processes(1)) as study:
        known = Known(study.folder, Processes(1), study._progress)
        found = run_economics(
            known,
            question,
            "flood",
            [parse_vary("actors.flood.to_s=10:96")],
            [1, 2, 3],
            points=24,
            goal=Goal("bad_debt_usd", 50.0),
        )
    best = found.cheapest
    assert best is not None
    assert 4.0 <= best.spend.estimate < 5.2
    assert not any(a.reaches_goal for a in found.attempts if a.spend.estimate < 3.9)
    assert best.prices["bad_debt_usd"].estimate == pytest.approx(best.spend.estimate / 100)


def test_spend_counts_margin_lost_and_profit_what_was_made(tmp_path: Path) -> None:
    """Reckoned by hand: fees of 10, 20 and 30 dollars; accounts that lose 90, gain 40, gain 170."""
    fees, gains, debts = (10.0, 20.0, 30.0), (-90.0, 40.0, 170.0), (200.0, 100.0, 300.0)

    class Known(Study):
        def run(self, trials):
            return [self._answer(trial) for trial in trials]

        @staticmethod
        def _answer(trial) -> TrialResult:
            attacked = trial.campaign["actors"][2]["flood"]["enabled"]
            place = trial.seed - 1
            figures = {"execution.toxic_flow_usd": 0.0, "solvency.collateral_usd": 1000.0}
            if attacked:
                figures["economics.by_role.flood.fees_usd"] = fees[place]
                figures["economics.pnl_usd.flood"] = gains[place]
            return TrialResult(
                trial.key,
                "complete",
                identities_ok=True,
                metrics={
                    "bad_debt_usd": debts[place] * attacked,
                    "time_under_margin_mean_s": 12.0,
                },
                figures=figures,
            )

    with opened(tmp_path / "study", Processes(1)) as study:
        known = Known(study.folder, Processes(1), study._progress)
        goal = Goal("bad_debt_usd", 50.0)
        question = Question(tiny_file(tmp_path))
        found = run_economics(known, question, "flood", [], [1, 2, 3], points=1, goal=goal)
    (attempt,) = found.attempts
    # spent: 10 + 90, 20, 30: 150 in three runs; earned: -90 - 10, 40 - 20, 170 - 30: 60
    assert attempt.spend.estimate == pytest.approx(50)
    assert attempt.profit.estimate == pytest.approx(20)
    assert attempt.prices["bad_debt_usd"].estimate == pytest.approx(50 / 200)
    assert attempt.over_collateral == pytest.approx(0.05)


def test_a_goal_or_an_attacker_that_does_not_exist_starts_nothing(tmp_path: Path) -> None:
    file = str(tiny_file(tmp_path))
    assert "FIGURE>RISE" in floodline("economics", file, "--goal", "bad_debt", code=2).stderr
    assert "'flood'" in floodline("economics", file, "--attack", "flod", code=2).stderr
