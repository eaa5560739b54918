"""A summary as two columns, for a spreadsheet: the figure's path and its value."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from floodline.foundation.errors import AnalysisError

Scalar = str | int | float | bool | None


def flatten(summary: Mapping[str, Any]) -> list[tuple[str, Scalar]]:
    """Return every figure of a summary with its path, in the summary's order.

    ``{"oracle": {"age_p50_s": 3.0}}`` gives ``[("oracle.age_p50_s", 3.0)]``. Items of a list go by
    their ``name`` where they have one, else by their place from 0.
    """
    found: list[tuple[str, Scalar]] = []

    def walk(path: str, value: Any) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                walk(f"{path}.{key}" if path else str(key), inner)
        elif isinstance(value, list | tuple):
            for place, inner in enumerate(value):
                named = isinstance(inner, Mapping) and "name" in inner
                walk(f"{path}[{inner['name'] if named else place}]", inner)
        else:
            found.append((path, value))

    walk("", summary)
    return found


def _cell(value: Scalar) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def write_summary_csv(summary: Mapping[str, Any], path: Path) -> Path:
    """Write a summary as ``summary.csv`` (columns ``figure`` and ``value``) and return the path.

    Raises
    ------
    AnalysisError
        If the file cannot be written.

    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("figure", "value"))
            writer.writerows((figure, _cell(value)) for figure, value in flatten(summary))
    except OSError as error:
        raise AnalysisError(
            f"the summary cannot be written to {path}: {error.strerror or error}",
            "free some space or choose another folder",
        ) from error
    return path
