"""What all studies share on the command line: where they run, where they are kept, progress."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from floodline.cli.log import set_up_log
from floodline.cli.output import DIM, GREEN, RED, note, say
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
    command_line : tuple of str
        The words as they were typed, to ask again.

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
    command_line: tuple[str, ...] = ()


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
        if flags.command_line:
            folder.remember(flags.command_line)
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
    from floodline.cli.progress import is_terminal  # noqa: PLC0415

    return LiveStudy() if kind == "auto" and is_terminal() else PlainStudy()


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


def say_files(folder: Path, *names: str) -> None:
    """Say where a study's tables are, and the command that draws them."""
    for name in names:
        say(f"  {folder / name}")
    say(f"  page and plots: floodline report {shlex.quote(str(folder))}", DIM)


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
        left_s = self.remaining_s()
        if left_s is not None:
            parts.append(f"{left_s:.0f} s to go")
        return " · ".join(parts)

    def remaining_s(self) -> float | None:
        """Return how long the rest of the batch will take at its pace so far; None if unknown."""
        left = self.total - self.kept - self.done
        if not self.done or not left:
            return None
        return (time.monotonic() - self._began) / self.done * left


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
    """A panel that is drawn over again; see `floodline.cli.study_panel`."""

    def __init__(self) -> None:
        super().__init__()
        from floodline.cli.progress import Screen  # noqa: PLC0415 - heavy
        from floodline.cli.study_panel import StudyStanding  # noqa: PLC0415

        self._standing = StudyStanding()
        self._screen = Screen()

    def begin(self, trials: int, kept: int) -> None:
        """Show how much there is to do."""
        super().begin(trials, kept)
        self._standing.begin(trials, kept)
        self._show()

    def trial(self, result: TrialResult) -> None:
        """Show how far it is."""
        super().trial(result)
        self._standing.take(result)
        self._standing.remaining_s = self.remaining_s()
        self._show()

    def say(self, text: str) -> None:
        """Write a finding above the panel."""
        self._screen.note(text)

    def stop(self) -> None:
        """Remove the panel."""
        self._screen.stop()

    def _show(self) -> None:
        from floodline.cli.study_panel import panel  # noqa: PLC0415

        self._screen.show(lambda: panel(self._standing, self._screen.marks))
