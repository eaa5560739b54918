"""A run's folder: made safely, marked, locked while it is written, listed, removed.

A folder is ours only if it holds our marker (`MARKER`); nothing else is ever overwritten or
removed, and even in our folders only the entries that a run writes (`OWNED`).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Literal

import orjson

from floodline.foundation.closing import Closing
from floodline.foundation.errors import AnalysisError, CampaignError
from floodline.foundation.suggest import suggestion
from floodline.foundation.workspace import runs_dir

_TRIES: Final = 5
_PAUSE_S: Final = 0.02

Status = Literal["running", "complete", "interrupted", "failed"]
"""What became of a run; "running" in a folder that nobody holds means that it was killed."""

MARKER: Final = ".floodline-run"
MANIFEST: Final = "manifest.json"
STATUS: Final = "status.json"
OWNED: Final = (
    MANIFEST,
    STATUS,
    "tables",
    "evidence",
    "dictionary.json",
    "summary.json",
    "summary.csv",
    "report.html",
    "log.jsonl",
    "node.log",
    "anvil.log",
    "anvil-live.log",
    "geth.log",
    "hardhat.log",
    MARKER,
)
"""The entries that a run writes, the marker last, so that a broken removal can be repeated."""


def campaign_hash(campaign: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of a campaign's plain data, whatever the order of its keys.

    Parameters
    ----------
    campaign : Mapping
        ``Campaign.model_dump(mode="json")``.

    """
    canonical = orjson.dumps(campaign, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()


def default_folder(campaign: Mapping[str, Any]) -> Path:
    """Return ``data/runs/<name>-<seed>-<first 8 digits of the campaign's hash>``."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", str(campaign["name"])).strip(".-") or "run"
    return runs_dir() / f"{name}-{campaign['seed']}-{campaign_hash(campaign)[:8]}"


class RunFolder(Closing):
    """The folder that one run writes to; held (locked) until `close`.

    Made by `RunFolder.prepare`; a context manager.
    """

    def __init__(self, path: Path, campaign: Mapping[str, Any], lock: IO[bytes]) -> None:
        self.path = path
        self.campaign = campaign
        self.campaign_hash = campaign_hash(campaign)
        self._lock = lock

    @classmethod
    def prepare(cls, campaign: Mapping[str, Any], out: Path | None = None) -> RunFolder:
        """Make, or empty for a repeat, the folder of a run, before anything else starts.

        Parameters
        ----------
        campaign : Mapping
            ``Campaign.model_dump(mode="json")``; has ``name`` and ``seed``.
        out : Path, optional
            The folder; `default_folder` by default.

        Raises
        ------
        CampaignError
            If the folder cannot be written, holds something else or another campaign's run, or is
            being written by another run at this moment.

        """
        path = default_folder(campaign) if out is None else out
        digest = campaign_hash(campaign)
        _refuse_foreign(path, digest)
        try:
            path.mkdir(parents=True, exist_ok=True)
            lock = (path / MARKER).open("a+b")
        except OSError as error:
            raise CampaignError(
                f"{path}: the run folder cannot be written: {error.strerror}",
                "name a folder that you may write with --out DIR",
            ) from error
        try:
            _hold(lock, path)
            for name in OWNED:
                if name != MARKER:
                    _remove_entry(path / name)
            lock.truncate(0)
            lock.write(orjson.dumps({"floodline_run": 1, "campaign_hash": digest}))
            lock.flush()
            folder = cls(path, campaign, lock)
            folder.tables.mkdir()
            folder.set_status("running")
        except OSError as error:
            lock.close()
            raise CampaignError(
                f"{path}: the run folder cannot be written: {error.strerror}",
                "free space there, or name another folder with --out DIR",
            ) from error
        except CampaignError:
            lock.close()
            raise
        return folder

    @property
    def tables(self) -> Path:
        """Where the CSVs go."""
        return self.path / "tables"

    def set_status(self, status: Status, message: str = "") -> None:
        """Say in ``status.json`` what became of the run."""
        write_json(self.path / STATUS, {"status": status, "message": message})

    def finish(self, manifest: Mapping[str, Any]) -> Path:
        """Write ``manifest.json``, the mark that the run's files are all there; return its path.

        Parameters
        ----------
        manifest : Mapping
            As `floodline.study.manifest.build_manifest` makes it; its ``status`` is kept.

        """
        self.set_status(manifest["status"])
        path = self.path / MANIFEST
        write_json(path, manifest)
        return path

    def close(self) -> None:
        """Let go of the folder; a second call does nothing."""
        self._lock.close()


@dataclass(frozen=True)
class RunInfo:
    """One run folder as `list_runs` finds it.

    Attributes
    ----------
    name : str
        The folder's own name.
    path : Path
        The folder.
    status : str
        "complete", "interrupted", "failed", "running", or "killed" (no manifest, nobody writes).
    manifest : dict
        Its manifest; empty where it has none.

    """

    name: str
    path: Path
    status: str
    manifest: dict[str, Any]

    @property
    def summary(self) -> dict[str, Any]:
        """The run's ``summary.json``.

        Raises
        ------
        AnalysisError
            If there is none, or it is damaged.

        """
        return _read_json(self.path / "summary.json")


def is_run(path: Path) -> bool:
    """Whether a folder is a run of ours."""
    return path.is_dir() and not path.is_symlink() and (path / MARKER).is_file()


def read_run(path: Path) -> RunInfo:
    """Return what a run folder says of itself.

    Raises
    ------
    AnalysisError
        If the folder is not a run, or its manifest is damaged.

    """
    if not is_run(path):
        raise AnalysisError(f"{path} is not a run folder", "`floodline runs ls` lists the runs")
    if (path / MANIFEST).is_file():
        manifest = _read_json(path / MANIFEST)
        return RunInfo(path.name, path, str(manifest.get("status", "complete")), manifest)
    return RunInfo(path.name, path, "running" if is_held(path / MARKER) else "killed", {})


def list_runs(root: Path | None = None) -> list[RunInfo]:
    """Return the runs in a folder (``data/runs`` by default) in the order of their names."""
    root = runs_dir() if root is None else root
    if not root.is_dir():
        return []
    return [read_run(path) for path in sorted(root.iterdir()) if is_run(path)]


def find_run(given: str, root: Path | None = None) -> RunInfo:
    """Return the run that a person means: a path, a folder's name, or the one name that starts so.

    Raises
    ------
    AnalysisError
        If no run, or more than one, is meant.

    """
    path = Path(given)
    if is_run(path):
        return read_run(path)
    names = [run.name for run in list_runs(root)]
    near = [given] if given in names else [name for name in names if name.startswith(given)]
    if len(near) == 1:
        return read_run((runs_dir() if root is None else root) / near[0])
    if near:
        raise AnalysisError(f"'{given}' may mean {', '.join(near)}", "give more of the name")
    raise AnalysisError(
        f"no run is called '{given}'{suggestion(given, names)}",
        "`floodline runs ls` lists the runs",
    )


def remove_run(path: Path) -> list[Path]:
    """Remove a run's files, and the folder if nothing else is in it.

    Returns
    -------
    list[Path]
        What was left because no run writes it.

    Raises
    ------
    AnalysisError
        If the folder is not a run, or its run is still going on.

    """
    info = read_run(path)
    if info.status == "running":
        raise AnalysisError(f"{path}: this run is still going on", "stop it first, with Ctrl-C")
    try:
        left = sorted(entry for entry in path.iterdir() if entry.name not in OWNED)
        for name in OWNED:
            _remove_entry(path / name)
        if not left:
            path.rmdir()
    except OSError as error:
        raise AnalysisError(f"{path} cannot be removed: {error.strerror}") from error
    return left


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON so that a reader finds the old file or the new one, never half of it."""
    partial = path.with_name(f".{path.name}.part")
    with partial.open("wb") as file:
        file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = orjson.loads(path.read_bytes())
    except OSError as error:
        raise AnalysisError(
            f"{path}: {error.strerror}", "the run did not finish; run its campaign again"
        ) from error
    except orjson.JSONDecodeError as error:
        raise AnalysisError(f"{path} is damaged: {error}", "run its campaign again") from error
    if not isinstance(content, dict):
        raise AnalysisError(f"{path} is damaged: it holds no mapping", "run its campaign again")
    return content


def _refuse_foreign(path: Path, digest: str) -> None:
    try:
        if path.exists() and not path.is_dir():
            raise CampaignError(f"{path} is a file", "name a folder with --out DIR")
        foreign = path.is_dir() and not is_run(path.resolve()) and any(path.iterdir())
    except OSError as error:
        raise CampaignError(
            f"{path}: the run folder cannot be read: {error.strerror}",
            "name a folder that you may write with --out DIR",
        ) from error
    if foreign:
        raise CampaignError(
            f"{path} holds files that are not a run's; they would be mixed with it",
            "name a new or an empty folder with --out DIR",
        )
    marker = path / MARKER
    if marker.is_file() and marker.stat().st_size:
        try:
            held = _read_json(marker).get("campaign_hash")
        except AnalysisError:
            held = None
        if held != digest:
            raise CampaignError(
                f"{path} holds the run of another campaign",
                f"name another folder, or remove that run: floodline runs rm {path}",
            )


def _hold(lock: IO[bytes], path: Path) -> None:
    if not take(lock):
        raise CampaignError(
            f"{path} is being written by another run",
            "wait for it, or name another folder with --out DIR",
        )


def take(lock: IO[bytes]) -> bool:
    """Take a lock, and whether that worked; one who only looks (`is_held`) has it for a moment."""
    for _ in range(_TRIES):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_S)
        else:
            return True
    return False


def is_held(marker_file: Path) -> bool:
    """Whether somebody is writing the folder that this marker is in."""
    with marker_file.open("rb") as marker:
        try:
            fcntl.flock(marker, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _remove_entry(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)
