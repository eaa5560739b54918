"""A study under way: trials handed to an executor, results kept, what is finished not run again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from floodline.study.executor import Executor
from floodline.study.store import StudyFolder
from floodline.study.trial import Job, Trial, TrialResult, run_job


class StudyProgress(Protocol):
    """Is told how a study goes."""

    def begin(self, trials: int, kept: int) -> None:
        """Begin a batch of trials, of which some are kept from before."""

    def trial(self, result: TrialResult) -> None:
        """Take note of a trial that has come to its end."""

    def say(self, text: str) -> None:
        """Take note of something worth a line."""

    def stop(self) -> None:
        """End."""


class Study:
    """Runs the trials of one study.

    Parameters
    ----------
    folder : StudyFolder
        Keeps them.
    executor : Executor
        Where they run.
    progress : StudyProgress
        Is told how it goes.
    keep_runs : bool
        Keep every run's folder with its tables in the study's ``runs``.

    """

    def __init__(
        self,
        folder: StudyFolder,
        executor: Executor,
        progress: StudyProgress,
        *,
        keep_runs: bool = False,
    ) -> None:
        self.folder = folder
        self.ran = 0
        """Trials that were run, not read, so far."""
        self._executor = executor
        self._progress = progress
        self._keep_runs = keep_runs

    @property
    def path(self) -> Path:
        """The study's folder."""
        return self.folder.path

    def say(self, text: str) -> None:
        """Tell whoever watches."""
        self._progress.say(text)
        self.folder.note("say", text=text)

    def run(self, trials: Sequence[Trial]) -> list[TrialResult]:
        """Return the result of every trial, in their order; equal trials are run once."""
        results: dict[str, TrialResult] = {}
        todo: dict[str, Trial] = {}
        for trial in trials:
            if trial.key in results or trial.key in todo:
                continue
            kept = self.folder.find(trial.key)
            if kept is not None:
                results[trial.key] = kept
            else:
                todo[trial.key] = trial
        self._progress.begin(len(results) + len(todo), len(results))
        self.folder.note("begin", trials=len(results) + len(todo), kept=len(results))
        place = self.path.resolve() if self._executor.shares_disk else None
        jobs = [Job(trial.campaign, key, place, self._keep_runs) for key, trial in todo.items()]
        for done in self._executor.run(run_job, jobs):
            result = done.result or TrialResult(done.job.key, "failed", done.error)
            self.folder.keep(result)
            results[result.key] = result
            self.ran += 1
            self._progress.trial(result)
            self.folder.note("trial", **_facts(result))
        return [results[trial.key] for trial in trials]


def _facts(result: TrialResult) -> dict[str, object]:
    """Return what the study's log says of a trial."""
    objective = result.objective or {}
    return {
        "key": result.key,
        "status": result.status,
        "identities_ok": result.identities_ok,
        "metric": objective.get("metric"),
        "value": objective.get("value"),
        "met": objective.get("met"),
    }
