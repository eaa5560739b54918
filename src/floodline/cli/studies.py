"""What all studies share on the command line: where they run, where they are kept, progress."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from floodline.cli.log import set_up_log
from floodline.cli.output import GREEN, RED, note, say
from floodline.foundation.errors import Interrupted

if TYPE_CHECKING:
    from floodline.study.executor import Executor
    from floodline.study.study import Study, StudyProgress
    from floodline.study.trial import Trial, TrialResult


@dataclass(frozen=True)
class Flags:
    """The flags that every study has.

    Attributes
    ----------
    file : Path
        The campaign file.
    overrides : tuple of str
        ``--set`` texts.
    seed : int or None
        The first seed; the campaign's own by default.
    seeds : int
        How many.
    workers : int or None
        Processes on this machine; one a core by default.
    cluster : str or None
        Address of a Dask scheduler to use instead.
    out : Path or None
        The study's folder.
    keep_runs : bool
        Keep every run's folder.
    as_json : bool
        Data as JSON on stdout.
    progress : {"auto", "plain", "none"}
        How progress is shown.

    """

    file: Path
    overrides: tuple[str, ...]
    seed: int | None
    seeds: int
    workers: int | None
    cluster: str | None
    out: Path | None
    keep_runs: bool
    as_json: bool
    progress: str


@contextmanager
def opened(flags: Flags, verb: str, design: Mapping[str, Any]) -> Iterator[Study]:
    """Open the folder of a study and its workers; say where it was left if it is interrupted.

    Parameters
    ----------
    flags : Flags
        Of the command.
    verb : str
        Its verb.
    design : Mapping
        What besides the versions makes the study what it is; has ``name`` and ``campaign``.

    """
    from floodline.study.store import StudyFolder  # noqa: PLC0415 - heavy
    from floodline.study.study import Study  # noqa: PLC0415
    from floodline.study.versions import study_versions  # noqa: PLC0415

    set_up_log(0)
    progress = make_study_progress(flags.progress)
    whole = {"verb": verb, **design, "versions": study_versions()}
    with ExitStack() as stack:
        folder = stack.enter_context(StudyFolder.open(whole, flags.out))
        executor = make_executor(flags)
        stack.callback(executor.close)
        stack.callback(progress.stop)
        try:
            yield Study(folder, executor, progress, keep_runs=flags.keep_runs)
        except (KeyboardInterrupt, Interrupted) as stop:
            raise Interrupted(
                f"interrupted; every finished trial is kept in {folder.path}",
                "the same command goes on from there",
            ) from stop


def make_executor(flags: Flags) -> Executor:
    """Return this machine's processes, or the cluster that was asked for."""
    if flags.cluster is not None:
        from floodline.study.cluster import DaskCluster  # noqa: PLC0415 - heavy

        return DaskCluster(flags.cluster)
    from floodline.study.processes import Processes  # noqa: PLC0415

    return Processes(flags.workers or cores())


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def make_study_progress(kind: str) -> StudyProgress:
    """Return the progress display for ``auto``, ``plain`` or ``none``."""
    if kind == "none":
        return SilentStudy()
    return LiveStudy() if kind == "auto" and sys.stderr.isatty() else PlainStudy()


def verdict_on_failures(failed: Sequence[tuple[Trial, str]], total: int, place: Path) -> bool:
    """Say which trials failed and why; whether none did."""
    from floodline.study.design import label_of  # noqa: PLC0415

    if not failed:
        say(f"all {total} runs are sound", GREEN)
        return True
    say(f"{len(failed)} of {total} runs FAILED; the rest is kept", RED)
    for trial, error in failed[:10]:
        say(f"  seed {trial.seed}, {label_of(trial.setting) or 'base'}: {error}", RED)
    if len(failed) > 10:
        say(f"  ... and {len(failed) - 10} more; see {place / 'trials.csv'}", RED)
    return False


class SilentStudy:
    """Shows nothing."""

    def begin(self, trials: int, kept: int) -> None:
        """Begin a batch."""

    def trial(self, result: TrialResult) -> None:
        """Take note of a trial."""

    def say(self, text: str) -> None:
        """Take note of a finding."""

    def stop(self) -> None:
        """End."""


class _Counting(SilentStudy):
    """Counts trials, and reckons how long the rest of a batch will take."""

    def __init__(self) -> None:
        self.total = self.done = self.kept = self.failed = 0
        self._began = time.monotonic()

    def begin(self, trials: int, kept: int) -> None:
        self.total, self.kept, self.done, self.failed = trials, kept, 0, 0
        self._began = time.monotonic()

    def trial(self, result: TrialResult) -> None:
        self.done += 1
        self.failed += result.status != "complete"

    def describe(self) -> str:
        """Return one line on how the batch stands."""
        parts = [f"{self.kept + self.done}/{self.total} runs"]
        if self.kept:
            parts.append(f"{self.kept} kept from before")
        if self.failed:
            parts.append(f"{self.failed} failed")
        left = self.total - self.kept - self.done
        if self.done and left:
            pace = (time.monotonic() - self._began) / self.done
            parts.append(f"{pace * left:.0f} s to go")
        return " · ".join(parts)


class PlainStudy(_Counting):
    """A line now and then."""

    def begin(self, trials: int, kept: int) -> None:
        """Say how much there is to do."""
        super().begin(trials, kept)
        note(self.describe())

    def trial(self, result: TrialResult) -> None:
        """Say how far it is, ten times in a batch."""
        super().trial(result)
        every = max(1, (self.total - self.kept) // 10)
        if self.done % every == 0 or result.status != "complete":
            note(self.describe())

    def say(self, text: str) -> None:
        """Write a finding."""
        note(text)


class LiveStudy(_Counting):
    """One line that is written over again."""

    def __init__(self) -> None:
        super().__init__()
        self._live: Any = None

    def begin(self, trials: int, kept: int) -> None:
        """Show how much there is to do."""
        super().begin(trials, kept)
        self._show()

    def trial(self, result: TrialResult) -> None:
        """Show how far it is."""
        super().trial(result)
        self._show()

    def say(self, text: str) -> None:
        """Write a finding above the line."""
        self.stop()
        note(text)

    def stop(self) -> None:
        """Remove the line."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _show(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - keeps `floodline --help` quick
        from rich.live import Live  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        line = Text(self.describe(), no_wrap=True, overflow="ellipsis")
        if self._live is None:
            self._live = Live(line, console=Console(stderr=True), transient=True)
            self._live.start()
        else:
            self._live.update(line)
