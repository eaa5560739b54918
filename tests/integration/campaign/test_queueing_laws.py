"""The machine against the closed forms of bulk-service queues (V1 and V2 of the metrics).

Equal transactions of half a million gas in blocks of five million: ten fit. They are really burnt
by the node, the base fee stays out of it, and time to inclusion is read from the run's tables.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from floodline.campaign.session import Session
from floodline.measure.identities import check
from floodline.measure.tables import build_tables
from floodline.validation.closed_forms import exponential_slot_wait_s, fixed_slot_wait_s

pytestmark = pytest.mark.anvil

Finished = Callable[[dict[str, Any]], Session]

SLOT_S, FIT = 12.0, 10


def queue_of(rho: float, slots: int, block_time: str) -> dict[str, Any]:
    """A campaign that is nothing but the queue."""
    return {
        "name": "queue",
        "seed": 11,
        "slots": slots,
        "background": "off",
        "tick_s": 12,
        "chain": {
            "gas_limit": 5_000_000,
            "gas_target": 5_000_000,
            "base_fee_gwei": 0.001,
            "block_time": block_time,
        },
        "builder": {"policy": "fifo"},
        "network": {"delay": {"constant": 0}},
        "market": {"ETH": {"gbm": {"start_usd": 3000, "vol": 0.1}}},
        "book": {"accounts": 0},
        "actors": [
            {
                "flood": {
                    "arrival": {"poisson": {"tx_per_s": rho * FIT / SLOT_S}},
                    "kind": "burner",
                    "gas": {"constant": 500_000},
                    "tip_gwei": {"constant": 1},
                    "senders": 2_000,
                }
            }
        ],
    }


def waits_s(session: Session) -> np.ndarray[Any, Any]:
    """Waits of all transactions that came before the last tenth of the run, which all got in."""
    record = session.record("complete")
    assert record is not None
    tables = build_tables(record)
    assert [identity.name for identity in check(tables) if not identity.ok] == []
    assert max(row.tx_count for row in record.blocks) == FIT
    table = tables["transactions"]
    early = table["created_s"] < 0.9 * session.world.end_us / 1e6
    waits = table["wait_s"][early].to_numpy(dtype=float)
    assert not np.isnan(waits).any()
    return waits


@pytest.mark.parametrize(("rho", "known_s"), [(0.6, 6.184), (0.8, 7.318)])
def test_fixed_slots_first_come_first_served_wait_as_the_bulk_queue_does(
    finished: Finished, rho: float, known_s: float
) -> None:
    wait_s = fixed_slot_wait_s(rho * FIT / SLOT_S, FIT, SLOT_S)
    assert wait_s == pytest.approx(known_s, abs=0.001)
    measured = waits_s(finished(queue_of(rho, 500, "fixed")))
    assert measured.mean() == pytest.approx(wait_s, rel=0.03)


def test_exponential_block_times_wait_as_the_markov_queue_does(finished: Finished) -> None:
    wait_s = exponential_slot_wait_s(0.6 * FIT / SLOT_S, FIT, SLOT_S)
    assert wait_s == pytest.approx(18.94, abs=0.01)
    measured = waits_s(finished(queue_of(0.6, 2_000, "exponential")))
    assert measured.mean() == pytest.approx(wait_s, rel=0.05)
