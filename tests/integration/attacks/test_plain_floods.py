"""Floods of bytes, of state, of nothing, and of failures, against one low tip."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attack_campaign import LOW_TIP, VOLATILE, landed, publisher, row, run

pytestmark = pytest.mark.anvil


@pytest.mark.parametrize("kind", [{"calldata": {"data_bytes": 2000}}, "storage", "burner"], ids=str)
def test_a_flood_shuts_a_low_tip_out_of_open_blocks_only(tmp_path: Path, kind: Any) -> None:
    """Transactions smaller than an update leave no gap that one fits into."""
    flood = {
        "flood": {
            "arrival": {"deterministic": {"load": 4}},
            "kind": kind,
            "gas": {"constant": 100_000},
            "tip_gwei": {"constant": 5},
            "cap_multiple": 4,
            "senders": 3000,
        }
    }
    given: dict[str, Any] = {"slots": 8, "market": VOLATILE}
    open_blocks = run(tmp_path, publisher(LOW_TIP), flood, **given)
    assert landed(open_blocks) < 0.4
    assert row(open_blocks, "flood")["gas_used"] > 6 * 25_000_000
    protected = run(tmp_path, publisher(LOW_TIP), flood, mitigation="reserved_lane", **given)
    assert landed(protected) > 0.8


def test_failing_spam_beats_a_tip_where_blocks_are_drawn_by_lot_and_not_where_tips_count(
    tmp_path: Path,
) -> None:
    """Spam in place of tips: many cheap attempts crowd a random builder's draw."""
    spam = {
        "flood": {
            "arrival": {"deterministic": {"tx_per_s": 300}},
            "kind": "failing",
            "tip_gwei": {"constant": 0.01},
            "cap_multiple": 8,
            "senders": 5000,
        }
    }

    def waits(mitigation: str) -> float:
        given: dict[str, Any] = {"slots": 6, "market": VOLATILE, "mitigation": mitigation}
        tables = run(tmp_path, publisher(LOW_TIP), spam, **given)
        assert row(tables, "flood")["in_blocks"] > 5_000
        return landed(tables)

    assert waits("lottery") < 0.7
    assert waits("") > 0.8
