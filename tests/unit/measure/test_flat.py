"""A summary as two columns."""

from __future__ import annotations

import csv

import pytest

from floodline.foundation.errors import AnalysisError
from floodline.measure.flat import flatten, write_summary_csv
from floodline.measure.summary import summarise
from floodline.measure.tables import build_tables

from .run_factory import make_record


def test_figures_are_named_by_their_path():
    summary = {"oracle": {"age_s": 3.0}, "identities": [{"name": "gas", "ok": True}], "tips": [1]}
    assert flatten(summary) == [
        ("oracle.age_s", 3.0),
        ("identities[gas].name", "gas"),
        ("identities[gas].ok", True),
        ("tips[0]", 1),
    ]


def test_every_figure_of_a_run_has_its_own_name_and_one_cell(tmp_path):
    summary = summarise(build_tables(make_record()), metric="bad_debt_ratio", below=0.01)
    path = write_summary_csv(summary, tmp_path / "summary.csv")
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["figure", "value"]
    names = [name for name, _ in rows[1:]]
    assert len(set(names)) == len(names)
    written = dict(rows[1:])
    assert float(written["solvency.bad_debt_usd"]) == summary["solvency"]["bad_debt_usd"]
    assert written["objective.met"] == "true"
    assert written["liquidation.latency_p95_s"] == ""


def test_summary_that_cannot_be_written_is_explained(tmp_path):
    with pytest.raises(AnalysisError, match="cannot be written"):
        write_summary_csv({}, tmp_path / "missing" / "summary.csv")
