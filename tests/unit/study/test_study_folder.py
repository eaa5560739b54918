"""A study's folder keeps what is finished and mixes it with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from floodline.foundation.errors import CampaignError
from floodline.study.executor import Done
from floodline.study.store import StudyFolder
from floodline.study.study import Study
from floodline.study.trial import Trial, TrialResult

DESIGN = {"verb": "sweep", "name": "x", "seeds": [1]}


class Recorder:
    """An executor that does jobs at once, here, and remembers them."""

    workers = 1
    shares_disk = True

    def __init__(self, failing: str = "") -> None:
        self.keys: list[str] = []
        self._failing = failing

    def run(self, function, jobs):
        del function
        for job in jobs:
            self.keys.append(job.key)
            if job.key == self._failing:
                yield Done(job, None, "it broke")
            else:
                yield Done(job, TrialResult(job.key, "complete", outcome_hash=job.key))

    def close(self) -> None:
        pass


class Silent:
    def begin(self, trials: int, kept: int) -> None: ...

    def trial(self, result: TrialResult) -> None: ...

    def say(self, text: str) -> None: ...

    def stop(self) -> None: ...


def trials(*seeds: int) -> list[Trial]:
    return [Trial({"name": "x", "seed": seed}, 0, {}) for seed in seeds]


def test_what_is_finished_is_read_and_not_run_again(tmp_path: Path) -> None:
    for expected in ([1, 2], [3]):
        recorder = Recorder()
        with StudyFolder.open(DESIGN, tmp_path / "s") as folder:
            results = Study(folder, recorder, Silent()).run(trials(1, 2, *expected))
        assert recorder.keys == [trial.key for trial in trials(*expected)]
        assert all(result.status == "complete" for result in results)


def test_a_failed_trial_is_told_and_tried_again_next_time(tmp_path: Path) -> None:
    bad = trials(2)[0].key
    with StudyFolder.open(DESIGN, tmp_path / "s") as folder:
        results = Study(folder, Recorder(bad), Silent()).run(trials(1, 2))
    assert [result.status for result in results] == ["complete", "failed"]
    again = Recorder()
    with StudyFolder.open(DESIGN, tmp_path / "s") as folder:
        Study(folder, again, Silent()).run(trials(1, 2))
    assert again.keys == [bad]


def test_equal_trials_are_run_once_and_told_twice(tmp_path: Path) -> None:
    recorder = Recorder()
    with StudyFolder.open(DESIGN, tmp_path / "s") as folder:
        results = Study(folder, recorder, Silent()).run(trials(1, 1))
    assert len(recorder.keys) == 1
    assert len(results) == 2


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(CampaignError, match="not a study's"):
        StudyFolder.open(DESIGN, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["thesis.txt"]


def test_another_design_is_another_study(tmp_path: Path) -> None:
    StudyFolder.open(DESIGN, tmp_path / "s").close()
    with pytest.raises(CampaignError, match="it differs in seeds"):
        StudyFolder.open({**DESIGN, "seeds": [2]}, tmp_path / "s")


def test_a_folder_in_use_is_not_used_twice(tmp_path: Path) -> None:
    with (
        StudyFolder.open(DESIGN, tmp_path / "s"),
        pytest.raises(CampaignError, match="in use by another command"),
    ):
        StudyFolder.open(DESIGN, tmp_path / "s")
