"""Growing typed columns: a table of a million rows without a million objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt


class Columns:
    """Numpy columns that grow together by doubling.

    Parameters
    ----------
    dtypes : Mapping[str, numpy dtype]
        Column names with their types.
    fill : Mapping[str, int]
        What a new row holds where nothing else is said (0 otherwise).

    """

    def __init__(self, dtypes: Mapping[str, npt.DTypeLike], fill: Mapping[str, int]) -> None:
        self._dtypes = dict(dtypes)
        self._fill = dict(fill)
        self._capacity = 1024
        self.length = 0
        self.data: dict[str, npt.NDArray[Any]] = {
            name: self._blank(name, self._capacity) for name in self._dtypes
        }

    def _blank(self, name: str, size: int) -> npt.NDArray[Any]:
        return np.full(size, self._fill.get(name, 0), dtype=self._dtypes[name])

    def extend(self, count: int) -> slice:
        """Add blank rows and return their slice."""
        start, end = self.length, self.length + count
        if end > self._capacity:
            while self._capacity < end:
                self._capacity *= 2
            for name, column in self.data.items():
                grown = self._blank(name, self._capacity)
                grown[:start] = column[:start]
                self.data[name] = grown
        self.length = end
        return slice(start, end)

    def trimmed(self) -> dict[str, npt.NDArray[Any]]:
        """Return the filled part of every column."""
        return {name: column[: self.length] for name, column in self.data.items()}
