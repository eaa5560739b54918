"""What traced blocks say, on a node that really executed them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from floodline.campaign.session import Session
from floodline.measure.network import network_summary
from floodline.measure.tables import build_tables

pytestmark = pytest.mark.anvil

Finished = Callable[[dict[str, Any]], Session]


def flooded(kind: str, gas: int, **trace: int) -> dict[str, Any]:
    """Five equal transactions a slot, each from an account of its own."""
    return {
        "name": f"traced-{kind}",
        "slots": 4,
        "background": "off",
        "market": {"ETH": {"gbm": {"start_usd": 3000, "vol": 0.1}}},
        "book": {"accounts": 0},
        "network": {"delay": {"constant": 0}},
        "trace": trace,
        "actors": [
            {
                "flood": {
                    "arrival": {"deterministic": {"tx_per_s": 5 / 12}},
                    "kind": kind,
                    "gas": {"constant": gas},
                    "tip_gwei": {"constant": 1},
                    "senders": 100,
                }
            }
        ],
    }


def tables_of(session: Session) -> dict[str, Any]:
    record = session.record("complete")
    assert record is not None
    return build_tables(record)


def test_storage_floods_grow_the_state_by_the_slots_they_write(finished: Finished) -> None:
    # 30,000 + 7 slots of 22,400 gas.
    tables = tables_of(finished(flooded("storage", 186_800, growth_every=2)))
    growth = tables["state_growth"]
    assert growth["block"].tolist() == [2, 4]
    assert growth["new_slots"].tolist() == [35, 35]
    assert growth["new_bytes"].tolist() == [35 * 64, 35 * 64]
    summary = network_summary(tables)
    assert summary["state_growth"] == {
        "flood": {"slots_per_block": 35.0, "bytes_per_block": 35.0 * 64}
    }


def test_transfers_to_one_account_wait_in_line_and_fresh_slots_do_not(finished: Finished) -> None:
    line = tables_of(finished(flooded("transfer", 21_000, conflicts_every=4)))["conflicts"]
    assert line["transactions"].tolist() == [5]
    assert line["critical_path_gas"].tolist() == [105_000]
    free = tables_of(finished(flooded("storage", 186_800, conflicts_every=4)))["conflicts"]
    assert free["parallelism_bound"].iloc[0] == pytest.approx(5, abs=0.01)


def test_nothing_is_traced_unless_asked(finished: Finished) -> None:
    tables = tables_of(finished(flooded("transfer", 21_000)))
    assert not len(tables["state_growth"])
    assert not len(tables["conflicts"])
    assert network_summary(tables)["parallelism_bound"] is None
