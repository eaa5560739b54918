"""Calm looks like calm: blocks near empty or near full, and a base fee that hovers (V11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from floodline.campaign.session import Session
from floodline.measure.fullness import fullness_of_blocks
from floodline.measure.identities import check
from floodline.measure.tables import build_tables

pytestmark = [pytest.mark.anvil, pytest.mark.slow]

Finished = Callable[[dict[str, Any]], Session]

QUIET = {"ETH": {"gbm": {"start_usd": 3000, "vol": 0.1}}}


def test_a_campaign_without_actors_has_mainnets_spread_on_the_real_node(
    finished: Finished,
) -> None:
    """Bounds are three standard errors of 160 blocks about V11's figures."""
    plain = {"name": "calm", "seed": 5, "slots": 160, "market": QUIET, "book": {"accounts": 0}}
    record = finished(plain).record("complete")
    assert record is not None
    tables = build_tables(record)
    assert all(identity.ok for identity in check(tables))
    found = fullness_of_blocks(tables)
    assert found is not None
    assert found.in_envelope
    assert found.sd == pytest.approx(0.85, abs=0.1)
    assert found.lag1 == pytest.approx(-0.10, abs=3 / 160**0.5)
    fees = tables["blocks"]["base_fee_wei"] / 1e9
    assert 0.4 < fees.min() < 1 < fees.max() < 2.5


def test_switched_off_the_chain_is_empty_and_the_base_fee_decays(finished: Finished) -> None:
    plain = {"name": "empty", "slots": 10, "market": QUIET, "book": {"accounts": 0}}
    record = finished({**plain, "background": "off"}).record("complete")
    assert record is not None
    assert [row.tx_count for row in record.blocks] == [0] * 10
    assert record.blocks[-1].base_fee_wei == pytest.approx(1e9 * 0.875**9, rel=1e-6)
