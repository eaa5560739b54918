"""The runs and studies that a dashboard shows: found on disk, read when they have changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import orjson

from floodline.foundation.errors import AnalysisError
from floodline.foundation.suggest import suggestion
from floodline.study.folder import MANIFEST, STATUS, is_run, read_run
from floodline.study.store import is_study, read_study

Kind = Literal["run", "study"]
_SIGNS: Final = (STATUS, MANIFEST, "summary.json", "study.json", "trials.csv")
"""Files whose times tell that an entry has changed; the folder's own time tells it too."""


@dataclass(frozen=True)
class Entry:
    """One run or study, as a line of the list.

    Attributes
    ----------
    kind : {"run", "study"}
        Which of the two.
    name : str
        Its folder's name.
    status : str
        "running", "complete", "interrupted", "failed", "killed", "stopped", or "damaged".
    campaign : str
        The campaign's name.
    verb : str
        "run", or the study's command.
    seed : int or None
        A run's seed.
    objective : str
        "met", "missed", or empty where there is none or it is not known yet.
    identities : str
        "hold", "broken", or empty where it is not known yet.
    bad_debt_usd, base_fee_peak_gwei : float or None
        Of a finished run.
    latency_p50_s : float or None
        Of a finished run; median of its liquidations.
    changed_s : float
        When it last changed, in seconds since 1970.
    outcome : str
        The first digits of a run's outcome hash.

    """

    kind: Kind
    name: str
    status: str
    campaign: str
    verb: str
    seed: int | None
    objective: str
    identities: str
    bad_debt_usd: float | None
    latency_p50_s: float | None
    base_fee_peak_gwei: float | None
    changed_s: float
    outcome: str

    def dump(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


class Library:
    """What there is below some folders.

    Parameters
    ----------
    place : Path or None
        A run, a study, or a folder that holds them, also in its ``runs`` and ``studies``;
        ``data`` below the present folder by default.

    Raises
    ------
    AnalysisError
        If the place that was named is not there.

    """

    def __init__(self, place: Path | None) -> None:
        if place is not None and not place.is_dir():
            raise AnalysisError(
                f"{place} is not a folder", "name a run, a study, or a folder that holds them"
            )
        self.place = place if place is not None else Path("data")
        self._known: dict[Path, tuple[tuple[float, ...], Entry]] = {}

    @property
    def only(self) -> tuple[Kind, str] | None:
        """Kind and name, where the place is itself a run or a study."""
        if is_run(self.place):
            return "run", self.place.resolve().name
        if is_study(self.place):
            return "study", self.place.resolve().name
        return None

    def entries(self) -> list[Entry]:
        """Return every run and study, the latest first."""
        found = [self._entry(kind, path) for kind, path in self._paths()]
        return sorted(found, key=lambda entry: (-entry.changed_s, entry.name))

    def find(self, kind: Kind, name: str) -> Path:
        """Return the folder of a run or a study that is in the list.

        Raises
        ------
        AnalysisError
            If there is none of that name.

        """
        paths = {path.resolve().name: path for each, path in self._paths() if each == kind}
        if name not in paths:
            raise AnalysisError(
                f"there is no {kind} called '{name}'{suggestion(name, list(paths))}"
            )
        return paths[name]

    def _paths(self) -> Iterator[tuple[Kind, Path]]:
        place = self.place
        if is_run(place):
            yield "run", place
            return
        if is_study(place):
            yield "study", place
        seen = set()
        for folder in (place, place / "runs", place / "studies"):
            if not folder.is_dir():
                continue
            for path in sorted(folder.iterdir()):
                name = path.name
                if is_run(path) and ("run", name) not in seen:
                    seen.add(("run", name))
                    yield "run", path
                elif is_study(path) and ("study", name) not in seen:
                    seen.add(("study", name))
                    yield "study", path

    def _entry(self, kind: Kind, path: Path) -> Entry:
        signs = tuple(_time(path / name) for name in _SIGNS)
        known = self._known.get(path)
        if known is not None and known[0] == signs and known[1].status != "running":
            return known[1]
        try:
            entry = _run(path, max(signs)) if kind == "run" else _study(path, max(signs))
        except (AnalysisError, OSError, KeyError, TypeError, ValueError):
            name = path.resolve().name
            entry = Entry(
                kind, name, "damaged", "", kind, None, "", "", None, None, None, max(signs), ""
            )
        self._known[path] = (signs, entry)
        return entry


def _time(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _run(path: Path, changed_s: float) -> Entry:
    info = read_run(path)
    manifest = info.manifest
    status = info.status
    if status == "killed":
        told = _json(path / STATUS).get("status", "killed")
        status = "killed" if told == "running" else str(told)
    summary = _json(path / "summary.json")
    objective = summary.get("objective")
    return Entry(
        kind="run",
        name=path.resolve().name,
        status=status,
        campaign=str(manifest.get("name", summary.get("name", ""))),
        verb="run",
        seed=manifest.get("seed"),
        objective="" if not objective else "met" if objective["met"] else "missed",
        identities="" if not summary else "hold" if summary["identities_ok"] else "broken",
        bad_debt_usd=summary["solvency"]["bad_debt_usd"] if summary else None,
        latency_p50_s=summary["liquidation"]["latency_p50_s"] if summary else None,
        base_fee_peak_gwei=summary["economics"]["base_fee"]["peak_gwei"] if summary else None,
        changed_s=changed_s,
        outcome=str(manifest.get("outcome_hash", ""))[:12],
    )


def _study(path: Path, changed_s: float) -> Entry:
    info = read_study(path)
    return Entry(
        kind="study",
        name=info.name,
        status=info.status,
        campaign=str(info.design.get("name", "")),
        verb=info.verb,
        seed=None,
        objective="",
        identities="",
        bad_debt_usd=None,
        latency_p50_s=None,
        base_fee_peak_gwei=None,
        changed_s=changed_s,
        outcome="",
    )


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    found: dict[str, Any] = orjson.loads(path.read_bytes())
    return found
