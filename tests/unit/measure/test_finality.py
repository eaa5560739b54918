"""Time to finality, and what reorganisations undid, from the tables alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floodline.campaign.record import ReorgRow
from floodline.foundation.units import SECOND_US
from floodline.measure.finality import finality_summary
from floodline.measure.tables import build_tables

from .run_factory import SLOT_US, bare_record, make_record

SLOT_S = SLOT_US / SECOND_US


def summary(finality_blocks=2, reorgs=(), **changed):
    record = make_record(**changed)
    record.finality_blocks = finality_blocks
    record.reorgs = list(reorgs)
    return finality_summary(build_tables(record)), record


REORG = ReorgRow(
    number=1,
    time_us=30 * SECOND_US,
    depth=2,
    first_block=1,
    last_block=2,
    transactions=40,
    gas_used=4_000_000,
    trades=5,
    liquidations=3,
    liquidated_usd=1_500.0,
    price_updates=2,
    shortfall_wad=10**18,
    outcomes=(),
    included_again=36,
    same_outcome=30,
)


def test_a_block_is_final_when_enough_lie_on_top():
    found, record = summary(finality_blocks=2)
    assert found["block_mean_s"] == found["block_max_s"] == 2 * SLOT_S
    table = build_tables(record)["blocks"]
    assert table["final_s"].notna().tolist() == [True, True, True, False, False]


def test_a_transaction_waits_for_its_block_and_for_what_lies_on_top():
    near, record = summary(finality_blocks=1)
    far, _ = summary(finality_blocks=2)
    assert far["transaction_p50_s"] is None or (
        far["transaction_p50_s"] >= near["transaction_p50_s"] + SLOT_S * 0.99
    )
    never, _ = summary(finality_blocks=100)
    assert (never["transaction_p50_s"], never["block_mean_s"]) == (None, None)
    assert len(record.blocks) == 5


def test_reorganisations_are_added_up():
    found, _ = summary(reorgs=[REORG, replace(REORG, number=2, depth=1, transactions=36)])
    assert (found["reorgs"], found["deepest"], found["orphaned_blocks"]) == (2, 2, 3)
    assert found["orphan_rate"] == pytest.approx(3 / 8)
    assert found["settlements_undone"] == 16
    assert found["undone"]["liquidated_usd"] == 3_000
    assert found["never_again"] == 4


def test_without_reorganisations_nothing_is_undone():
    found, _ = summary()
    assert (found["reorgs"], found["orphan_rate"], found["settlements_undone"]) == (0, 0, 0)
    assert finality_summary(build_tables(bare_record()))["orphan_rate"] == 0
