"""Every column of an answer's table says what it is."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from floodline.measure.differences import paired_difference
from floodline.measure.statistics import mean_interval, ratio_interval
from floodline.study import attribution, compare, economics
from floodline.study.answer_tables import COLUMNS, describe, write_answer
from floodline.study.breakpoint import shares_by_load
from floodline.study.folder import write_json
from floodline.study.sensitivity import draw_shares, indices
from floodline.study.threshold_search import SearchPlan, ThresholdSearch

VALUES = [1.0, 2.0, 4.0]


def searched() -> ThresholdSearch:
    search = ThresholdSearch(SearchPlan(1, 2))
    search.tell([1.0, 2.0], [False, True])
    return search


def screened(method: str) -> pd.DataFrame:
    shares = draw_shares(method, 2, 4, 1)
    return indices(method, ["a", "b"], shares, shares[:, 0])


PAIRED = paired_difference(VALUES, [2.0, 4.0, 9.0])
ATTEMPT = economics.Attempt(
    1,
    {"actors.flood.to_s": 5.0},
    mean_interval(VALUES),
    mean_interval(VALUES),
    {"bad_debt_usd": PAIRED},
    {"bad_debt_usd": ratio_interval(VALUES, VALUES)},
    0.1,
    True,
)
TABLES = {
    "comparison": compare.table_of([compare.Line("m", "c", 3, 1.0, 2.0, PAIRED)]),
    "attribution": attribution.table_of(
        [attribution.Share("m", "oracle", False, mean_interval(VALUES), 0.5)]
    ),
    "economics": economics.table_of([ATTEMPT]),
    "breakpoint": shares_by_load(searched()),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_written_with_every_column_described(name: str, tmp_path: Path) -> None:
    write_json(tmp_path / "dictionary.json", {"tables": {"trials": []}})
    write_answer(TABLES[name], tmp_path, name)
    tables = json.loads((tmp_path / "dictionary.json").read_text())["tables"]
    assert set(tables) == {"trials", name}
    assert [column["name"] for column in tables[name]] == list(TABLES[name].columns)
    assert all(column["meaning"] for column in tables[name])
    own = [c for c in TABLES[name].columns if c not in COLUMNS[name]]
    assert name == "economics" or not own
    assert pd.read_parquet(tmp_path / f"{name}.parquet").columns.tolist() == list(
        TABLES[name].columns
    )


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_every_index_is_described(method: str) -> None:
    assert set(screened(method).columns) <= set(COLUMNS["sensitivity"])


def test_what_is_named_after_a_figure_or_a_key_says_so() -> None:
    assert describe("economics", "spend per bad_debt_usd low")["meaning"].startswith("lower end")
    assert "added to bad_debt_usd" in describe("economics", "bad_debt_usd rise")["meaning"]
    assert describe("economics", "actors.flood.to_s")["meaning"] == "varied campaign key"
