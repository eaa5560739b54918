"""DataFrames by the data dictionary: storage kinds, exact microseconds, labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from floodline.foundation.units import SECOND_US
from floodline.measure.column import Column

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NO_TIME: int = -1
"""Stands for "there is none" where microseconds are integers, as in the record."""


def to_seconds_column(microseconds: npt.ArrayLike) -> Floats:
    """Return seconds of integer microseconds, NaN where there is none (-1).

    1_500_000 is 1.5; -1 is NaN.
    """
    values = np.asarray(microseconds, dtype=np.int64)
    return np.where(values == NO_TIME, np.nan, values / SECOND_US)


def to_microseconds(seconds: pd.Series[Any] | Floats) -> Integers:
    """Return the whole microseconds of a seconds column, -1 where it is empty.

    Exact for anything below 2**53 microseconds (285 years).
    """
    values = np.asarray(seconds, dtype=np.float64)
    empty = np.isnan(values)
    scaled = np.rint(np.where(empty, 0.0, values) * SECOND_US)
    return np.where(empty, NO_TIME, scaled.astype(np.int64))


def to_optional(values: npt.ArrayLike, none: int = -1) -> pd.arrays.IntegerArray:
    """Return a nullable integer column from integers in which `none` stands for none."""
    numbers = np.array(values, dtype=np.int64)
    return pd.arrays.IntegerArray(numbers, numbers == none)


def from_optional(column: pd.Series[Any], none: int = -1) -> Integers:
    """Return a nullable integer column as plain integers, `none` where it is empty."""
    return np.asarray(column.to_numpy(dtype=np.int64, na_value=none), dtype=np.int64)


def to_label(codes: npt.NDArray[Any], names: Sequence[str]) -> pd.Categorical:
    """Return a label column from indices into `names`; used words only, sorted.

    An index of -1 and the empty word are none.
    """
    used = [code for code in np.unique(codes[codes >= 0]).tolist() if names[code]]
    words = sorted({names[code] for code in used})
    place = {word: number for number, word in enumerate(words)}
    remap = np.full(len(names) + 1, -1, dtype=np.int32)  # the last answers for -1
    for code in used:
        remap[code] = place[names[code]]
    return pd.Categorical.from_codes(remap[codes], categories=pd.Index(words, dtype=object))


def words_to_label(words: Iterable[str | None]) -> pd.Categorical:
    """Return a label column from words; None and the empty word are none."""
    listed = [word or None for word in words]
    known = sorted({word for word in listed if word is not None})
    return pd.Categorical(listed, categories=pd.Index(known, dtype=object))


def column_values(column: Column, values: Any) -> Any:
    """Return values as the column stores them: the one place where storage meets pandas.

    ``seconds`` take integer microseconds (-1 for none), ``float`` take floats or None.
    """
    match column.storage:
        case "int":
            return np.asarray(values, dtype=np.int64)
        case "int?":
            return to_optional(values)
        case "seconds":
            return to_seconds_column(values)
        case "float":
            floats = np.asarray(values, dtype=np.float64) + 0.0  # no negative zero
            return np.where(np.isfinite(floats), floats, np.nan)
        case "bool":
            return np.asarray(values, dtype=np.bool_)
        case "label":
            return values if isinstance(values, pd.Categorical) else words_to_label(values)
        case "exact":
            return np.array([str(int(value)) for value in values], dtype=object)
        case "text":
            return np.array([str(value) for value in values], dtype=object)


def build_frame(columns: Sequence[Column], values: Mapping[str, Any]) -> pd.DataFrame:
    """Return a table with the columns of the dictionary, in its order and storage.

    Parameters
    ----------
    columns : Sequence[Column]
        Columns in order.
    values : Mapping[str, array-like]
        Raw values by column name (see `column_values`).

    """
    return pd.DataFrame(
        {column.name: column_values(column, values[column.name]) for column in columns},
        copy=False,
    )


def exact(column: pd.Series[Any]) -> list[int]:
    """Return the integers of an ``exact`` column."""
    return [int(value) for value in column]


def known(values: pd.Series[Any]) -> Floats:
    """Return the values of a float or seconds column that are there."""
    numbers = np.asarray(values, dtype=np.float64)
    found: Floats = numbers[~np.isnan(numbers)]
    return found
