"""From run folders to a page and figures."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from floodline.foundation.errors import AnalysisError
from floodline.measure.files import read_tables
from floodline.measure.summary import summarise
from floodline.report.export import write_figures
from floodline.report.figure import Run
from floodline.report.page import Source, render
from floodline.study.folder import find_run


def build_report(names: Sequence[str], out: Path | None, figures: Path | None) -> list[Path]:
    """Write the report of one run, or of several side by side; return what was written.

    Parameters
    ----------
    names : Sequence[str]
        Folders, names, or the start of names of runs.
    out : Path or None
        The page; ``report.html`` in the run's folder, or ``comparison.html`` here, by default.
    figures : Path or None
        Folder for the figures as PNG, SVG and JSON, if they are wanted.

    Raises
    ------
    AnalysisError
        If there is no such run, or a table is missing or damaged.

    """
    infos = [find_run(name) for name in names]
    folders = [info.path for info in infos]
    page = out or (folders[0] / "report.html" if len(folders) == 1 else Path("comparison.html"))
    if page.is_dir():
        raise AnalysisError(f"{page} is a folder", "name the file: --out report.html")
    labels = _labels(folders)
    runs, sources = [], []
    for label, folder in zip(labels, folders, strict=True):
        manifest = _manifest(folder)
        runs.append(_run(label, folder, manifest))
        link = Path(os.path.relpath(folder.resolve(), page.resolve().parent)).as_posix()
        sources.append(Source(label, manifest, link))
    title = " vs ".join(labels) if len(labels) > 1 else _title(sources[0], labels[0])
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(render(title, runs, sources), encoding="utf-8")
    return [page, *(write_figures(runs, figures) if figures else [])]


def _run(label: str, folder: Path, manifest: dict[str, Any]) -> Run:
    """Read a run's tables and compute its summary from them anew."""
    tables = read_tables(folder / "tables")
    objective = manifest.get("campaign", {}).get("objective") or {}
    summary = summarise(
        tables,
        metric=objective.get("metric"),
        below=objective.get("below"),
        above=objective.get("above"),
        extra={"status": manifest.get("status", "incomplete")},
    )
    return Run(label, dict(tables), summary)


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
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
