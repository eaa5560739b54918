"""The notebook of the tutorial, executed anew, prints what is kept in it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from docs_pages import ROOT
from nbmake.nb_run import NotebookRun

import floodline

pytestmark = [pytest.mark.anvil, pytest.mark.slow]

NOTEBOOK = ROOT / "docs" / "tutorial" / "first-flood.ipynb"


def printed(cell: Any) -> str:
    """What a cell shows as text, in one piece; the warnings of a kernel are not among it."""
    found = ""
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream" and output["name"] == "stderr":
            continue
        data = output.get("data", {})
        text = output.get("text") or ("" if "image/png" in data else data.get("text/plain", ""))
        found += text.rstrip() + "\n" if text else ""
    return found


def test_the_notebook_prints_what_is_kept_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = nbformat.read(NOTEBOOK, as_version=4)
    shutil.copytree(ROOT / "data" / "campaigns", tmp_path / "data" / "campaigns")
    folder = tmp_path / "docs" / "tutorial"
    folder.mkdir(parents=True)
    monkeypatch.setenv("PYTHONPATH", str(Path(floodline.__file__).parents[1]))
    programs = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    copy = shutil.copy(NOTEBOOK, folder)
    made = NotebookRun(Path(copy), default_timeout=300).execute()
    assert made.error is None, made.error.trace
    for fresh, old in zip(made.nb.cells, kept.cells, strict=True):
        assert printed(fresh) == printed(old), f"make notebook; {old.source[:60]}"


def test_every_code_cell_that_is_kept_was_executed_without_an_error() -> None:
    cells = [cell for cell in nbformat.read(NOTEBOOK, 4).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    kinds = {output.output_type for cell in cells for output in cell.outputs}
    assert "error" not in kinds
    pictures = [o for cell in cells for o in cell.outputs if "image/png" in o.get("data", {})]
    assert len(pictures) == 1
