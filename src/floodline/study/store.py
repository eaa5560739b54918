"""A study's folder: its design, one file for each finished trial, and the tables made from them.

A trial's file appears whole or not at all, so that a study that was stopped, however roughly, is
taken up again where it was: what is finished is read, the rest is run, nothing is run twice.
"""

from __future__ import annotations

import fcntl
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

import orjson

from floodline.foundation.closing import Closing
from floodline.foundation.errors import AnalysisError, CampaignError
from floodline.study.folder import campaign_hash, write_json
from floodline.study.trial import TrialResult

MARKER: Final = ".floodline-study"
DESIGN: Final = "study.json"


def studies_dir() -> Path:
    """Return the folder that studies go to by default: ``data/studies`` below the present one."""
    return Path("data", "studies")


class StudyFolder(Closing):
    """The folder of one study, held (locked) until `close`; made by `StudyFolder.open`."""

    def __init__(self, path: Path, design: Mapping[str, Any], lock: IO[bytes]) -> None:
        self.path = path
        self.design = dict(design)
        self._lock = lock

    @classmethod
    def open(cls, design: Mapping[str, Any], out: Path | None = None) -> StudyFolder:
        """Make a study's folder, or take one up again.

        Parameters
        ----------
        design : Mapping
            Everything that makes the study what it is, as plain data: ``verb``, ``name``, the
            campaign, what varies, the seeds, the versions. Another design is another study.
        out : Path, optional
            The folder; ``data/studies/<verb>-<name>-<8 digits of the design's hash>`` by default.

        Raises
        ------
        CampaignError
            If the folder cannot be written, holds something else, or is in use.

        """
        digest = campaign_hash(design)
        word = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{design['verb']}-{design['name']}")
        path = out or studies_dir() / f"{word}-{digest[:8]}"
        try:
            path.mkdir(parents=True, exist_ok=True)
            if not (path / MARKER).is_file() and any(path.iterdir()):
                raise CampaignError(
                    f"{path} holds files that are not a study's", "name another folder with --out"
                )
            lock = (path / MARKER).open("a+b")
        except OSError as error:
            raise CampaignError(
                f"{path}: the study's folder cannot be written: {error.strerror}",
                "name a folder that you may write with --out DIR",
            ) from error
        folder = cls(path, design, lock)
        try:
            folder._begin(digest)
        except BaseException:
            lock.close()
            raise
        return folder

    def _begin(self, digest: str) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CampaignError(
                f"{self.path} is in use by another command",
                "wait for it, or name another folder with --out DIR",
            ) from error
        held = self.path / DESIGN
        if held.is_file() and campaign_hash(_read(held)) != digest:
            changed = sorted(_differing(_read(held), self.design))
            raise CampaignError(
                f"{self.path} holds another study; it differs in {', '.join(changed)}",
                "name another folder with --out DIR, or leave --out away",
            )
        write_json(held, self.design)
        (self.path / "trials").mkdir(exist_ok=True)

    def find(self, key: str) -> TrialResult | None:
        """Return a trial's result if it is complete; a failed one is tried again."""
        path = self._trial(key)
        if not path.is_file():
            return None
        result = TrialResult(**_read(path))
        return result if result.status == "complete" else None

    def keep(self, result: TrialResult) -> None:
        """Keep what became of a trial.

        Raises
        ------
        AnalysisError
            If it cannot be written.

        """
        try:
            write_json(self._trial(result.key), result.dump())
        except OSError as error:
            raise AnalysisError(
                f"{self.path}: a finished trial cannot be kept: {error.strerror}",
                "free some space and start the same command again; it goes on from here",
            ) from error

    def tidy(self) -> None:
        """Remove what only the running study needed."""
        shutil.rmtree(self.path / "setups", ignore_errors=True)
        runs = self.path / "runs"
        if runs.is_dir() and not any(runs.iterdir()):
            runs.rmdir()

    def close(self) -> None:
        """Let go of the folder; a second call does nothing."""
        self._lock.close()

    def _trial(self, key: str) -> Path:
        return self.path / "trials" / f"{key}.json"


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise AnalysisError(f"{path} is damaged: {error}", "remove it and start again") from error
    return content


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    return {key for key in {*one, *other} if one.get(key) != other.get(key)}
