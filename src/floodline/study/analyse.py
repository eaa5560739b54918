"""A run judged again from its exported tables alone, without what the run itself wrote down."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from floodline.measure.files import outcome_hash, read_tables
from floodline.measure.flat import write_summary_csv
from floodline.measure.summary import summarise
from floodline.measure.tables import Tables
from floodline.study.folder import RunInfo


@dataclass(frozen=True)
class Analysis:
    """What the tables of a run say.

    Attributes
    ----------
    tables : Tables
        DataFrames by name, read from the CSVs.
    summary : dict
        As `floodline.measure.summary.summarise` makes it.
    as_written : bool or None
        Whether the CSVs are byte for byte those that the run wrote; None where it left no manifest.
    csv : Path
        The summary as ``summary.csv``.

    """

    tables: Tables
    summary: dict[str, Any]
    as_written: bool | None
    csv: Path


def analyse(run: RunInfo, out: Path | None = None) -> Analysis:
    """Read a run's CSVs, compute its summary from them, and write that as two columns.

    Parameters
    ----------
    run : RunInfo
        The run; its manifest, where there is one, gives objective and outcome hash.
    out : Path, optional
        The file to write; ``summary.csv`` in the run's folder by default.

    Raises
    ------
    AnalysisError
        If a table is missing or damaged, or the file cannot be written.

    """
    folder = run.path / "tables"
    tables = read_tables(folder)
    digest = outcome_hash(folder)
    written = run.manifest.get("outcome_hash")
    objective = (run.manifest.get("campaign") or {}).get("objective") or {}
    summary = summarise(
        tables,
        metric=objective.get("metric"),
        below=objective.get("below"),
        above=objective.get("above"),
        extra={"run_dir": str(run.path), "outcome_hash": digest, "status": run.status},
    )
    path = write_summary_csv(summary, out or run.path / "summary.csv")
    return Analysis(tables, summary, None if written is None else written == digest, path)
