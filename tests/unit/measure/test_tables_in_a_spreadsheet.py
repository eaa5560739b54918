"""The CSVs open in a spreadsheet as they are: one header, one shape, no surprise in a cell."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path

import pytest

from floodline.measure.dictionary import TABLES
from floodline.measure.files import write_tables
from floodline.measure.tables import build_tables

from .run_factory import make_record

SPREADSHEET_DIGITS = 15
"""A cell holds a double: digits of a number beyond these are lost (Excel says 15)."""

NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tables")
    write_tables(build_tables(make_record(blocks=12, offered=200)), path)
    return path


def rows_of(folder: Path, name: str) -> list[list[str]]:
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, strict=True))


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_is_a_rectangle_below_one_header_of_unique_names(folder: Path, name: str) -> None:
    header, *rows = rows_of(folder, name)
    assert len(set(header)) == len(header)
    assert all(word and word == word.strip() for word in header)
    assert {len(row) for row in rows} <= {len(header)}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_the_bytes_need_no_encoding_to_be_chosen(folder: Path, name: str) -> None:
    data = (folder / f"{name}.csv").read_bytes()
    assert data.isascii()
    assert data.endswith(b"\n")
    assert b"\r" not in data


def test_the_dialect_is_recognised_as_the_common_one(folder: Path) -> None:
    for name in ("blocks", "transactions", "liquidations", "prices"):
        sample = (folder / f"{name}.csv").read_text()[:4096]
        dialect = csv.Sniffer().sniff(sample, delimiters=",;\t|")
        assert (dialect.delimiter, dialect.quotechar) == (",", '"')
        assert csv.Sniffer().has_header(sample)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_no_cell_is_taken_for_a_formula(folder: Path, name: str) -> None:
    for row in rows_of(folder, name):
        for cell in row:
            assert not cell.startswith(("=", "+", "@", "\t")), cell
            assert not cell.startswith("-") or NUMBER.fullmatch(cell), cell


@pytest.mark.parametrize("name", sorted(TABLES))
def test_numbers_have_a_decimal_point_and_no_grouping(folder: Path, name: str) -> None:
    header, *rows = rows_of(folder, name)
    storages = {column.name: column.storage for column in TABLES[name].matched(header)}
    for row in rows:
        for column, cell in zip(header, row, strict=True):
            if storages[column] in {"int", "int?", "seconds", "float", "exact"} and cell:
                assert NUMBER.fullmatch(cell), (column, cell)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_only_exact_columns_have_more_digits_than_a_cell_keeps(folder: Path, name: str) -> None:
    header, *rows = rows_of(folder, name)
    storages = {column.name: column.storage for column in TABLES[name].matched(header)}
    for row in rows:
        for column, cell in zip(header, row, strict=True):
            if storages[column] in {"int", "int?"}:
                assert len(cell.lstrip("-")) <= SPREADSHEET_DIGITS, (column, cell)


def test_an_exact_amount_is_off_by_less_than_a_cent_in_a_billion_dollars() -> None:
    amount = 1_234_567_890_123_456_789_012_345_678  # 1,234,567,890.12... dollars in WAD
    cell = float(f"{float(str(amount)):.15g}")
    assert math.isclose(cell / 1e18, amount / 10**18, abs_tol=0.01)
