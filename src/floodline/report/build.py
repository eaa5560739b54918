"""From the folders of runs or of a study to a page and figures."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from floodline.foundation.errors import AnalysisError
from floodline.measure.files import read_tables
from floodline.measure.summary import summarise
from floodline.report.catalogue import FIGURES
from floodline.report.export import write_figures
from floodline.report.figure import Run
from floodline.report.page import Source, render
from floodline.report.study_catalogue import STUDY_FIGURES
from floodline.report.study_page import render_study
from floodline.report.study_view import read_view
from floodline.study.folder import RunInfo, find_run
from floodline.study.store import StudyInfo, find_study


def build_report(names: Sequence[str], out: Path | None, figures: Path | None) -> list[Path]:
    """Write the report of a study, of one run, or of several side by side; return the files.

    Parameters
    ----------
    names : Sequence[str]
        Folders, names, or the start of names, of runs or of one study.
    out : Path or None
        The page; ``report.html`` in the folder, or ``comparison.html`` here, by default.
    figures : Path or None
        Folder for the figures as PNG, SVG and JSON, if they are wanted.

    Raises
    ------
    AnalysisError
        If there is no such run or study, or a table is missing or damaged.

    """
    studies = [study for name in names if (study := find_study(name)) is not None]
    if studies and len(names) > 1:
        raise AnalysisError(
            f"{studies[0].name} is a study, which is reported by itself",
            f"floodline report {studies[0].path}",
        )
    if studies:
        return _study(studies[0], out, figures)
    infos = [find_run(name) for name in names]
    page = _page(out, infos[0].path / "report.html" if len(infos) == 1 else Path("comparison.html"))
    text, runs = runs_page(infos, page.resolve().parent)
    _write(page, text)
    return [page, *(write_figures(FIGURES, runs, figures) if figures else [])]


def runs_page(infos: Sequence[RunInfo], place: Path | None = None) -> tuple[str, list[Run]]:
    """Return the page of one run or of several, and the runs as its figures saw them.

    Parameters
    ----------
    infos : sequence of RunInfo
        The runs.
    place : Path, optional
        The folder that the page's links are relative to; without one they are the dashboard's.

    """
    labels = _labels([info.path for info in infos])
    runs, sources = [], []
    for label, info in zip(labels, infos, strict=True):
        runs.append(_run(label, info.path, info.manifest))
        name = info.path.resolve().name
        link = f"/files/run/{name}" if place is None else _link(info.path, place)
        sources.append(Source(label, info.manifest, link))
    title = " vs ".join(labels) if len(labels) > 1 else _title(sources[0], labels[0])
    return render(title, runs, sources, home="/" if place is None else ""), runs


def _study(info: StudyInfo, out: Path | None, figures: Path | None) -> list[Path]:
    view = read_view(info)
    page = _page(out, info.path / "report.html")
    _write(page, render_study(view, _link(info.path, page.resolve().parent)))
    drawn = write_figures(STUDY_FIGURES[view.verb], view, figures) if figures else []
    return [page, *drawn]


def _page(out: Path | None, usual: Path) -> Path:
    page = out or usual
    if page.is_dir():
        raise AnalysisError(f"{page} is a folder", "name the file: --out report.html")
    return page


def _write(page: Path, text: str) -> None:
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AnalysisError(
            f"{page} cannot be written: {error.strerror}", "name another file with --out"
        ) from error


def _link(folder: Path, place: Path) -> str:
    return Path(os.path.relpath(folder.resolve(), place)).as_posix()


def _run(label: str, folder: Path, manifest: dict[str, Any]) -> Run:
    """Read a run's tables and compute its summary from them anew.

    What no table holds, how a real node's generator fared, comes from the summary that was kept.
    """
    tables = read_tables(folder / "tables")
    objective = manifest.get("campaign", {}).get("objective") or {}
    kept = _kept(folder)
    summary = summarise(
        tables,
        metric=objective.get("metric"),
        below=objective.get("below"),
        above=objective.get("above"),
        extra={
            "status": manifest.get("status", "incomplete"),
            **({"node": kept["node"]} if "node" in kept else {}),
        },
    )
    return Run(label, dict(tables), summary)


def _kept(folder: Path) -> dict[str, Any]:
    path = folder / "summary.json"
    if not path.is_file():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _labels(folders: Sequence[Path]) -> list[str]:
    names = [folder.resolve().name for folder in folders]
    if len(set(names)) == len(names):
        return names
    return [f"{name} ({number})" for number, name in enumerate(names, start=1)]


def _title(source: Source, label: str) -> str:
    campaign = source.manifest.get("campaign", {})
    return str(campaign.get("description") or campaign.get("name") or label)
