"""Black Thursday: oracle and keepers fail together, and only together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from preset_runs import FOLLOWING_KEEPERS, PresetRuns

from floodline.campaign.presets import find_preset
from floodline.measure.shapley import interactions
from floodline.study.attribution import run_attribution
from floodline.study.legs import find_legs
from floodline.study.processes import Processes
from floodline.study.question import Question
from floodline.study.store import StudyFolder
from floodline.study.study import Study

pytestmark = [pytest.mark.anvil, pytest.mark.slow]
PRESET = "black-thursday-2020"
PROMPT_ORACLE = "protocol.switches.oracle=push"


def test_both_legs_together_cost_much_more_than_the_sum_of_each(preset_run: PresetRuns) -> None:
    both = preset_run(PRESET).bad_debt_ratio
    oracle_alone = preset_run(PRESET, FOLLOWING_KEEPERS).bad_debt_ratio
    keepers_alone = preset_run(PRESET, PROMPT_ORACLE).bad_debt_ratio
    neither = preset_run(PRESET, PROMPT_ORACLE, FOLLOWING_KEEPERS).bad_debt_ratio
    assert neither == 0
    assert both > 0.1
    assert both > 10 * (oracle_alone + keepers_alone)
    harm = {
        frozenset(): neither,
        frozenset({"oracle"}): oracle_alone,
        frozenset({"keepers"}): keepers_alone,
        frozenset({"oracle", "keepers"}): both,
    }
    assert interactions(harm, ["oracle", "keepers"])["oracle", "keepers"] > 0.9 * both


def test_the_attribution_says_that_mending_either_leg_is_enough(tmp_path: Path) -> None:
    """What a leg takes away alone, both take away: the interaction is the whole, with a minus."""
    question = Question(find_preset(PRESET))
    legs = find_legs(["oracle", "mempool"])
    design = {"verb": "attribute", "name": PRESET}
    with Processes(2) as workers, StudyFolder.open(design, tmp_path / "study") as folder:
        study = Study(folder, workers, Quiet())
        found = run_attribution(study, question, legs, [12, 13], ["bad_debt_ratio"])
    assert found.failed == []
    as_it_is, all_ideal = found.totals["bad_debt_ratio"]
    assert as_it_is > 0.1
    assert all_ideal == 0
    shares = {tuple(share.legs.split(" x ")): share.value.estimate for share in found.shares}
    assert shares["oracle", "mempool"] < -0.9 * as_it_is
    assert shares["oracle",] == pytest.approx(as_it_is / 2, rel=0.1)
    assert shares["mempool",] == pytest.approx(as_it_is / 2, rel=0.1)


def test_fixed_bids_are_locked_out_while_the_crowd_is_there_and_others_are_not(
    preset_run: PresetRuns,
) -> None:
    fixed = preset_run(PRESET).summary["inclusion"]["keeper"]
    following = preset_run(PRESET, FOLLOWING_KEEPERS).summary["inclusion"]["keeper"]
    assert fixed["censored_share"] == 1
    assert following["censored_share"] == 0
    assert following["p99_s"] <= 600


def test_liquidations_come_in_bursts_one_at_each_late_price(preset_run: PresetRuns) -> None:
    """A price comes into force once an hour, and makes all that it passed liquidatable at once."""
    late = preset_run(PRESET, FOLLOWING_KEEPERS).tables["liquidations"]
    prompt = preset_run(PRESET, PROMPT_ORACLE, FOLLOWING_KEEPERS).tables["liquidations"]
    bursts = np.unique(late["t2_s"].dropna())
    assert np.diff(bursts).min() >= 3_300
    assert len(bursts) < 0.5 * len(np.unique(prompt["t2_s"].dropna()))
    assert late["latency_s"].median() > prompt["latency_s"].median() + 3_600


class Quiet:
    """A progress that says nothing."""

    def begin(self, trials: int, kept: int) -> None:
        pass

    def trial(self, result: object) -> None:
        pass

    def say(self, text: str) -> None:
        pass

    def stop(self) -> None:
        pass
