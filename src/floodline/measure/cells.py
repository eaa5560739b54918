"""Columns as the text of CSV cells, canonical to the byte, and made on arrays.

The same value is always spelled the same: no locale, no rounding mode, no version of a writer.
Integers are digits; seconds are their whole microseconds with the zeros at the end cut off; other
floats are Python's shortest exact spelling; booleans are true and false; nothing is the empty cell.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from floodline.foundation.units import SECOND_US
from floodline.measure.column import Storage
from floodline.measure.frame import Integers, to_microseconds

Cells = Any
"""A pyarrow array of strings (pyarrow has no types to check against)."""


def quoted(word: str) -> str:
    """Return a word as a CSV cell, in quotes only where it needs them (RFC 4180)."""
    if any(mark in word for mark in ',"\n\r') or word != word.strip():
        return '"' + word.replace('"', '""') + '"'
    return word


def _seconds(microseconds: Integers) -> Cells:
    """Return seconds as decimal text: 1_500_000 is 1.5, 12_000_000 is 12, -1 is empty."""
    empty = microseconds == -1
    size = np.abs(microseconds)
    whole = pc.cast(pa.array(size // SECOND_US), pa.string())
    rest = pc.utf8_lpad(pc.cast(pa.array(size % SECOND_US), pa.string()), 6, "0")
    joined = pc.binary_join_element_wise(whole, pc.utf8_rtrim(rest, "0"), ".")
    text = pc.utf8_rtrim(joined, ".")
    if bool((microseconds < -1).any()):
        sign = pa.array(np.where(microseconds < 0, "-", ""))
        text = pc.binary_join_element_wise(sign, text, "")
    return pc.if_else(pa.array(empty), pa.scalar("", pa.string()), text)


def cells(storage: Storage, column: pd.Series[Any]) -> Cells:
    """Return one column (or a slice of it) as the text of its cells."""
    match storage:
        case "int":
            return pc.cast(pa.array(column.to_numpy(dtype=np.int64)), pa.string())
        case "int?":
            gone = column.isna().to_numpy()
            numbers = pa.array(column.to_numpy(dtype=np.int64, na_value=0), mask=gone)
            return pc.fill_null(pc.cast(numbers, pa.string()), "")
        case "seconds":
            return _seconds(to_microseconds(column))
        case "float":
            values = column.to_numpy(dtype=np.float64).tolist()
            return pa.array(["" if v != v else repr(v) for v in values], pa.string())  # noqa: PLR0124
        case "bool":
            return pa.array(np.where(column.to_numpy(dtype=np.bool_), "true", "false"))
        case "label":
            words = [quoted(str(word)) for word in column.cat.categories] + [""]
            codes = column.cat.codes.to_numpy().astype(np.int64)
            codes = np.where(codes < 0, len(words) - 1, codes)
            return pc.take(pa.array(words, pa.string()), pa.array(codes))
        case "text" | "exact":
            return pa.array([quoted(str(word)) for word in column], pa.string())
