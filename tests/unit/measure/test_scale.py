"""Cost grows with the number of transactions, not faster."""

from __future__ import annotations

import time

import numpy as np
import pytest

from floodline.foundation.units import GWEI, SECOND_US
from floodline.measure.files import read_tables, write_tables
from floodline.measure.summary import summarise
from floodline.measure.tables import build_tables

from .run_factory import STATES, add_block, bare_record


def flooded(size):
    record = bare_record(size)
    draws = np.random.default_rng(5)
    ledger = record.transactions
    ledger["created_us"][:] = np.sort(draws.integers(0, 600 * SECOND_US, size))
    ledger["arrived_us"][:] = ledger["created_us"] + 300_000
    ledger["actor"][:] = 3
    ledger["tip_wei"][:] = draws.integers(1, GWEI, size)
    ledger["status"][:] = STATES.index("rejected")
    for number in range(50):
        add_block(record, [number])
        ledger["nonce"][number] = number
    return record


def seconds_for(record, folder):
    start = time.perf_counter()
    tables = build_tables(record)
    summary = summarise(tables)
    write_tables(tables, folder)
    assert len(read_tables(folder)["transactions"]) == summary["run"]["offered"]
    assert summary["identities_ok"]
    return time.perf_counter() - start


@pytest.mark.slow
def test_ten_times_the_transactions_cost_at_most_fifteen_times_as_much(tmp_path):
    small, large = flooded(100_000), flooded(1_000_000)
    seconds_for(small, tmp_path / "warm")
    quick = min(seconds_for(small, tmp_path / "small") for _ in range(2))
    assert seconds_for(large, tmp_path / "large") < 15 * quick
