"""Tables on disk: canonical CSV, the way back, and the hash of a run's outcome."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from floodline.foundation.errors import AnalysisError
from floodline.measure.cells import cells, quoted
from floodline.measure.column import Column, Storage
from floodline.measure.dictionary import TABLES, dictionary_json
from floodline.measure.frame import build_frame
from floodline.measure.tables import Tables

ROWS_AT_ONCE: Final = 131_072
_PARSED: Final[dict[Storage, Any]] = {
    "int": pa.int64(),
    "int?": pa.int64(),
    "seconds": pa.float64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "label": pa.dictionary(pa.int32(), pa.string()),
    "text": pa.string(),
    "exact": pa.string(),
}


def write_tables(tables: Tables, folder: Path) -> list[Path]:
    r"""Write every table as ``<name>.csv`` and return the paths in name order.

    The bytes depend on the values alone: columns in the dictionary's order, ``\n`` line ends,
    the spellings of `floodline.measure.cells`.

    Raises
    ------
    AnalysisError
        If the folder cannot be written.

    """
    paths: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in sorted(tables):
            path = folder / f"{name}.csv"
            _write(tables[name], TABLES[name].matched(list(tables[name].columns)), path)
            paths.append(path)
    except OSError as error:
        raise AnalysisError(
            f"the tables cannot be written to {folder}: {error.strerror or error}",
            "free some space or choose another folder with --out",
        ) from error
    return paths


def _write(table: pd.DataFrame, columns: tuple[Column, ...], path: Path) -> None:
    with path.open("wb") as file:
        file.write((",".join(quoted(column.name) for column in columns) + "\n").encode())
        for start in range(0, len(table), ROWS_AT_ONCE):
            part = table.iloc[start : start + ROWS_AT_ONCE]
            texts = [cells(column.storage, part[column.name]) for column in columns]
            lines = pc.binary_join_element_wise(*texts, ",")
            ended = pc.binary_join_element_wise(lines, "", "\n")
            data = ended.combine_chunks() if isinstance(ended, pa.ChunkedArray) else ended
            _, offsets, bytes_ = data.buffers()
            size = int(np.frombuffer(offsets, dtype=np.int32)[len(data)])
            file.write(memoryview(bytes_)[:size])


def read_tables(folder: Path) -> Tables:
    """Read the tables of a run back, each column in the storage of the dictionary.

    Raises
    ------
    AnalysisError
        If a table is missing or does not fit the dictionary.

    """
    return {name: read_table(folder, name) for name in TABLES}


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """Read one table; see `read_tables`."""
    path = folder / f"{name}.csv"
    if not path.is_file():
        raise AnalysisError(
            f"there is no table {name}.csv in {folder}",
            "name the tables folder of a run (data/runs/<run>/tables), or run the campaign again",
        )
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file), [])
    columns = TABLES[name].matched(header)
    try:
        parsed = pa_csv.read_csv(
            path,
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                column_types={column.name: _PARSED[column.storage] for column in columns},
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowException as error:
        raise AnalysisError(
            f"table {name}.csv in {folder} is damaged: {error}",
            "restore the file, or run the campaign again: the same seed gives the same bytes",
        ) from error
    return build_frame(
        columns, {column.name: _raw(column, parsed.column(column.name)) for column in columns}
    )


def _raw(column: Column, values: Any) -> Any:
    """Return parsed values as `build_frame` takes them."""
    if values.null_count and column.storage in {"int", "bool", "exact"}:
        raise AnalysisError(
            f"column {column.name} has an empty cell, which the data dictionary rules out",
            "restore the file, or run the campaign again: the same seed gives the same bytes",
        )
    match column.storage:
        case "int?":
            return np.asarray(pc.fill_null(values, -1).to_numpy())
        case "seconds":
            floats = values.to_numpy(zero_copy_only=False)
            scaled = np.rint(np.where(np.isnan(floats), -1e-6, floats) * 1_000_000)
            return scaled.astype(np.int64)
        case "float":
            return values.to_numpy(zero_copy_only=False)
        case "label":
            whole = values.unify_dictionaries().combine_chunks()
            return _sorted_label(whole)
        case "text":
            return pc.fill_null(values, "").to_pylist()
        case "exact":
            return values.to_pylist()
        case _:
            return values.to_numpy()


def _sorted_label(whole: Any) -> pd.Categorical:
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], whole.type)
    label = whole.to_pandas()
    found = pd.Categorical(label)
    words = sorted(str(word) for word in found.categories)
    return found.reorder_categories(pd.Index(words, dtype=object))


def write_dictionary(folder: Path) -> Path:
    """Write ``dictionary.json`` and return its path."""
    path = folder / "dictionary.json"
    path.write_text(json.dumps(dictionary_json(), indent=1) + "\n", encoding="utf-8")
    return path


def outcome_hash(folder: Path) -> str:
    """Return the SHA-256 over a run's tables in name order, as hexadecimal digits.

    Each table enters as its file's name, its size in bytes and its bytes; the same campaign gives
    the same hash on any machine.

    Raises
    ------
    AnalysisError
        If a table is missing.

    """
    digest = hashlib.sha256()
    for name in TABLES:
        path = folder / f"{name}.csv"
        if not path.is_file():
            raise AnalysisError(
                f"there is no table {name}.csv in {folder}", "run the campaign again"
            )
        digest.update(f"{path.name}\n{path.stat().st_size}\n".encode())
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()
