"""Many transactions; what they cost in time is measured by `floodline bench campaign`."""

from __future__ import annotations

import numpy as np

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


def test_a_large_flood_is_summarised_and_comes_back_from_its_csvs_as_it_went(tmp_path):
    tables = build_tables(flooded(100_000))
    summary = summarise(tables)
    assert summary["identities_ok"]
    assert summary["run"]["offered"] == 100_000
    write_tables(tables, tmp_path)
    assert summarise(read_tables(tmp_path)) == summary
