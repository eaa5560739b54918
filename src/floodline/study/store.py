"""A study's folder: its design, one file for each finished trial, and the tables made from them.

A trial's file appears whole or not at all, so that a study that was stopped, however roughly, is
taken up again where it was: what is finished is read, the rest is run, nothing is run twice.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import orjson

from floodline.foundation.closing import Closing
from floodline.foundation.errors import AnalysisError, CampaignError
from floodline.study.folder import campaign_hash, is_held, take, write_json
from floodline.study.trial import TrialResult

MARKER: Final = ".floodline-study"
DESIGN: Final = "study.json"
COMMAND: Final = "command.json"
LOG: Final = "log.jsonl"


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
        if not take(self._lock):
            raise CampaignError(
                f"{self.path} is in use by another command",
                "wait for it, or name another folder with --out DIR",
            )
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

    def remember(self, command_line: Sequence[str]) -> None:
        """Write down the words that ask this question, to ask it again."""
        write_json(self.path / COMMAND, {"command_line": list(command_line)})

    def note(self, event: str, **fields: Any) -> None:
        """Add a line to ``log.jsonl``, for whoever follows the study."""
        with (self.path / LOG).open("ab") as log:
            log.write(orjson.dumps({"event": event, **fields}, option=orjson.OPT_APPEND_NEWLINE))

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


@dataclass(frozen=True)
class StudyInfo:
    """One study's folder as `list_studies` finds it.

    Attributes
    ----------
    name : str
        The folder's own name.
    path : Path
        The folder.
    status : str
        "running", "complete" (its trials' table is written), or "stopped" before that.
    design : dict
        What makes the study what it is.

    """

    name: str
    path: Path
    status: str
    design: dict[str, Any]

    @property
    def verb(self) -> str:
        """The command that asked."""
        return str(self.design.get("verb", "study"))

    @property
    def command_line(self) -> list[str]:
        """The words of that command; none in a study that was made without one."""
        path = self.path / COMMAND
        return list(_read(path)["command_line"]) if path.is_file() else []


def is_study(path: Path) -> bool:
    """Whether a folder is a study of ours."""
    return path.is_dir() and not path.is_symlink() and (path / MARKER).is_file()


def read_study(path: Path) -> StudyInfo:
    """Return what a study's folder says of itself.

    Raises
    ------
    AnalysisError
        If the folder is not a study, or its design is missing or damaged.

    """
    if not is_study(path):
        raise AnalysisError(f"{path} is not a study's folder", "studies are kept in data/studies")
    if not (path / DESIGN).is_file():
        raise AnalysisError(f"{path / DESIGN} is missing", "start the study's command again")
    done = (path / "trials.csv").is_file()
    status = "running" if is_held(path / MARKER) else "complete" if done else "stopped"
    return StudyInfo(path.resolve().name, path, status, _read(path / DESIGN))


def list_studies(root: Path | None = None) -> list[StudyInfo]:
    """Return the studies in a folder (``data/studies`` by default) in the order of their names."""
    root = studies_dir() if root is None else root
    if not root.is_dir():
        return []
    return [read_study(path) for path in sorted(root.iterdir()) if is_study(path)]


def find_study(given: str, root: Path | None = None) -> StudyInfo | None:
    """Return the study that a person means by a path, a name, or the one name that starts so."""
    path = Path(given)
    if is_study(path):
        return read_study(path)
    root = studies_dir() if root is None else root
    names = [study.name for study in list_studies(root)]
    near = [given] if given in names else [name for name in names if name.startswith(given)]
    return read_study(root / near[0]) if len(near) == 1 else None


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise AnalysisError(f"{path} is damaged: {error}", "remove it and start again") from error
    return content


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    return {key for key in {*one, *other} if one.get(key) != other.get(key)}
