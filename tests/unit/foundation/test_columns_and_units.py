"""Growing columns keep what they hold; units are exact."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodline.foundation.columns import Columns
from floodline.foundation.units import from_wad, to_gwei_wei, to_us, wad


@given(st.lists(st.integers(0, 700), max_size=12))
def test_columns_grow_and_keep_their_values_and_their_blanks(sizes):
    columns = Columns({"value": np.int64, "mark": np.int8}, {"mark": -1})
    wanted = []
    for number, size in enumerate(sizes):
        rows = columns.extend(size)
        columns.data["value"][rows] = number
        wanted += [number] * size
    found = columns.trimmed()
    assert found["value"].tolist() == wanted
    assert found["mark"].tolist() == [-1] * len(wanted)


@given(st.decimals(0, 10**9, places=6))
def test_wad_is_exact_for_decimals(amount):
    assert wad(amount) == int(amount * 10**6) * 10**12


@pytest.mark.parametrize(("seconds", "microseconds"), [(0.3, 300_000), (12, 12_000_000), (0, 0)])
def test_seconds_become_whole_microseconds(seconds, microseconds):
    assert to_us(seconds) == microseconds


def test_gwei_and_wad_have_their_worked_numbers():
    assert to_gwei_wei(1.5) == 1_500_000_000
    assert from_wad(wad("0.025")) == 0.025
