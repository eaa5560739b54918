"""Canonical CSV: the bytes, the way back, the outcome hash."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floodline.foundation.errors import AnalysisError
from floodline.measure.cells import cells, quoted
from floodline.measure.column import Column
from floodline.measure.dictionary import TABLES
from floodline.measure.files import outcome_hash, read_tables, write_dictionary, write_tables
from floodline.measure.frame import column_values, to_microseconds, to_seconds_column
from floodline.measure.summary import summarise
from floodline.measure.tables import build_tables

from .run_factory import bare_record, make_record


def spelled(storage, values):
    column = pd.Series(column_values(Column("c", storage, "", ""), values))
    return cells(storage, column).to_pylist()


def test_tables_come_back_as_they_were(tmp_path):
    tables = build_tables(make_record())
    write_tables(tables, tmp_path)
    back = read_tables(tmp_path)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(back[name], table)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 8), st.integers(0, 80), st.integers(0, 10**6))
def test_summary_is_the_same_from_the_csvs_alone(tmp_path_factory, blocks, offered, seed):
    folder = tmp_path_factory.mktemp("tables")
    tables = build_tables(make_record(blocks, offered, seed))
    write_tables(tables, folder)
    objective = {"metric": "bad_debt_ratio", "below": 0.01}
    assert summarise(read_tables(folder), **objective) == summarise(tables, **objective)


def test_empty_run_is_written_and_read_back(tmp_path):
    tables = build_tables(bare_record())
    paths = write_tables(tables, tmp_path)
    assert len(paths) == len(tables) == len(TABLES)
    back = read_tables(tmp_path)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(back[name], table)


def test_writing_what_was_read_gives_the_same_bytes(tmp_path):
    write_tables(build_tables(make_record()), tmp_path / "first")
    write_tables(read_tables(tmp_path / "first"), tmp_path / "second")
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()
    assert outcome_hash(tmp_path / "first") == outcome_hash(tmp_path / "second")


def test_rows_written_in_parts_are_the_rows_written_at_once(tmp_path, monkeypatch):
    tables = build_tables(make_record(offered=50))
    write_tables(tables, tmp_path / "whole")
    monkeypatch.setattr("floodline.measure.files.ROWS_AT_ONCE", 7)
    write_tables(tables, tmp_path / "parts")
    assert outcome_hash(tmp_path / "whole") == outcome_hash(tmp_path / "parts")


def test_seconds_are_spelled_without_zeros_at_the_end():
    values = [0, 1, 300_000, 1_500_000, 12_000_000, 100_000_000, -1, -5_000_000, -250_000]
    assert spelled("seconds", values) == [
        "0",
        "0.000001",
        "0.3",
        "1.5",
        "12",
        "100",
        "",
        "-5",
        "-0.25",
    ]


def test_every_kind_of_cell_has_one_spelling():
    assert spelled("int", [0, -7, 2**62]) == ["0", "-7", str(2**62)]
    assert spelled("int?", [5, -1]) == ["5", ""]
    assert spelled("float", [0.1, 3000, -0.0, float("nan"), None, 1e-7]) == [
        "0.1",
        "3000.0",
        "0.0",
        "",
        "",
        "1e-07",
    ]
    assert spelled("bool", [True, False]) == ["true", "false"]
    assert spelled("label", ["b", None, "", "a,b"]) == ["b", "", "", '"a,b"']
    assert spelled("exact", [10**30, -1]) == [str(10**30), "-1"]


@given(st.integers(0, 2**52))
def test_microseconds_survive_the_way_through_seconds(microseconds):
    assert to_microseconds(to_seconds_column([microseconds])).tolist() == [microseconds]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12))
def test_quoted_words_read_back_by_any_csv_reader(word):
    line = io.StringIO(quoted(word) + ",x\n", newline="")
    assert next(csv.reader(line, strict=True)) == [word, "x"]


def test_hash_changes_with_one_digit_and_is_64_hexadecimal_digits(tmp_path):
    write_tables(build_tables(make_record()), tmp_path)
    before = outcome_hash(tmp_path)
    assert len(bytes.fromhex(before)) == 32
    path = tmp_path / "prices.csv"
    path.write_text(path.read_text().replace("3000", "3001", 1))
    assert outcome_hash(tmp_path) != before


def test_missing_table_is_named(tmp_path):
    write_tables(build_tables(make_record()), tmp_path)
    (tmp_path / "blocks.csv").unlink()
    for read in (read_tables, outcome_hash):
        with pytest.raises(AnalysisError, match=r"blocks\.csv"):
            read(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("base_fee_wei", "base_fee", "missing: base_fee_wei; unknown: base_fee"),
        ("1000000000", "a lot", "damaged"),
        ("1700000012", "", "empty cell"),
    ],
)
def test_table_that_does_not_fit_the_dictionary_is_refused(tmp_path, old, new, message):
    write_tables(build_tables(make_record()), tmp_path)
    path = tmp_path / "blocks.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(AnalysisError, match=message):
        read_tables(tmp_path)


def test_folder_that_cannot_be_written_is_explained(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(AnalysisError, match="cannot be written"):
        write_tables(build_tables(bare_record()), blocked / "tables")


def test_dictionary_is_written_beside_the_tables(tmp_path):
    path = write_dictionary(tmp_path)
    assert path.name == "dictionary.json"
    assert '"transactions"' in path.read_text()
    assert os.linesep == "\n" or "\r" not in path.read_text()


def test_bytes_do_not_depend_on_the_process_or_its_hash_seed(tmp_path):
    script = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[1]); "
        "from measure.run_factory import make_record; "
        "from floodline.measure.tables import build_tables; "
        "from floodline.measure.files import outcome_hash, write_tables; "
        "folder = pathlib.Path(sys.argv[2]); write_tables(build_tables(make_record()), folder); "
        "print(outcome_hash(folder))"
    )
    here = str(Path(__file__).resolve().parent.parent)
    hashes = {
        subprocess.run(
            [sys.executable, "-c", script, here, str(tmp_path / seed)],
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": os.pathsep.join(sys.path),
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert len(hashes) == 1
    assert len(hashes.pop()) == 64
