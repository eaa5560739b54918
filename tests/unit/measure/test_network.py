"""What the chain was offered, what it carried, and whether its queue stood still."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from floodline.foundation.units import SECOND_US
from floodline.measure.network import expected_gas, failure_load, network_summary, queue_verdict
from floodline.measure.tables import build_tables

from .run_factory import GAS_LIMIT, GAS_USED, SLOT_US, add_block, bare_record, make_record

SECONDS = SLOT_US / SECOND_US


def run_of(blocks: int, each: int = 2, extra: int = 0):
    """Blocks of `each` transactions, created a slot before; `extra` more that never get in."""
    record = bare_record(blocks * each + extra)
    for number in range(blocks):
        add_block(record, list(range(number * each, (number + 1) * each)))
    created = np.repeat(np.arange(blocks) * SLOT_US, each)
    record.transactions["created_us"][: blocks * each] = created
    return record


def test_rates_and_both_utilisations():
    found = network_summary(build_tables(run_of(4)))
    per_s = 2 * GAS_USED / SECONDS
    assert found["included"] == {"tx_per_s": 2 / SECONDS, "gas_per_s": pytest.approx(per_s)}
    assert found["offered"] == found["included"] == found["accepted"]
    assert found["rho_limit"] == pytest.approx(2 * GAS_USED / GAS_LIMIT)
    assert found["rho_target"] == pytest.approx(2 * found["rho_limit"])


def test_what_never_got_in_is_offered_all_the_same():
    found = network_summary(build_tables(run_of(4, extra=8)))
    assert found["offered"]["tx_per_s"] == pytest.approx(2 * found["included"]["tx_per_s"])
    assert found["rho_limit"] == pytest.approx(4 * GAS_USED / GAS_LIMIT)


def test_a_transaction_outside_a_block_counts_with_the_use_of_its_kind():
    record = run_of(1, each=1, extra=1)
    record.transactions["gas_limit"][:] = [2 * GAS_USED, 4 * GAS_USED]
    assert expected_gas(build_tables(record)).tolist() == [GAS_USED, 2 * GAS_USED]


def test_capacity_is_the_best_ten_blocks_in_a_row():
    record = bare_record(50)
    first = 0
    for count in [1] * 10 + [3] * 10 + [1] * 5:
        if first + count <= 50:
            add_block(record, list(range(first, first + count)))
            first += count
    found = network_summary(build_tables(record))["capacity"]
    assert found["tx_per_s"] == pytest.approx(3 / SECONDS)


@pytest.mark.parametrize(
    ("slope", "noise", "verdict"),
    [(1_000, 2_000, "growing"), (-1_000, 2_000, "draining"), (0, 2_000, "steady")],
)
def test_the_queue_verdict_follows_the_drift(slope, noise, verdict):
    record = run_of(64)
    rng = np.random.default_rng(3)
    record.blocks = [
        replace(row, pool_gas=int(100_000 + slope * number + noise * rng.standard_normal()))
        for number, row in enumerate(record.blocks)
    ]
    found = queue_verdict(build_tables(record))
    assert found["verdict"] == verdict
    assert found["low"] <= found["drift_gas_per_s"] <= found["high"]


def test_a_short_run_has_no_verdict():
    assert queue_verdict(build_tables(run_of(31)))["verdict"] is None


def test_the_failure_load_is_the_least_load_at_which_critical_transactions_are_late():
    # Thirty blocks: in the second ten the keeper's transactions wait for five slots.
    record = run_of(30, each=1)
    roles = [label.role for label in record.actors]
    record.transactions["actor"][:] = roles.index("keeper")
    assert failure_load(build_tables(record)) is None
    late = slice(10, 20)
    record.transactions["created_us"][late] -= 4 * SLOT_US
    found = failure_load(build_tables(record))
    assert found is not None
    assert 0 < found <= 20 * 2 * GAS_USED / GAS_LIMIT / 10


def test_a_run_without_a_block_has_no_figures():
    assert network_summary(build_tables(bare_record())) == {}


def test_the_made_run_has_a_summary_of_plain_numbers():
    found = network_summary(build_tables(make_record()))
    assert found["rho_target"] == pytest.approx(2 * found["rho_limit"])
    assert found["state_growth"] is None
