"""Delta hedgers push the way the price goes, the more the nearer expiry is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attack_campaign import falling, row, run, tally

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil


def attacked(folder: Path, mitigation: str = "", **parameters: Any) -> Tables:
    hedgers = {"straddles": 8_000, "margin_usd": 8_000_000, "expiry_s": 3_600, **parameters}
    actors = [{"oracle": {}}, {"hedgers": hedgers}]
    return run(folder, *actors, slots=20, market=falling(-0.02, over_s=120), mitigation=mitigation)


def premium(tables: Tables) -> float:
    """What the hedgers' demand makes the next order pay, over the price."""
    return float(tables["blocks"]["skew"].abs().max()) / 300_000


def test_demand_grows_with_gamma(tmp_path: Path) -> None:
    near, far = attacked(tmp_path), attacked(tmp_path, expiry_s=30 * 86_400)
    assert tally(near, "hedgers", "wanted_usd") > 3 * tally(far, "hedgers", "wanted_usd")
    assert premium(near) > 0.02
    assert premium(near) > 3 * premium(far)
    assert row(near, "hedgers")["got"] >= 3


def test_a_cap_on_open_interest_bounds_what_they_can_do(tmp_path: Path) -> None:
    tables = attacked(tmp_path, "oi_caps")
    assert tables["blocks"]["open_interest_usd"].max() <= 10_000_000
    assert premium(tables) < 0.02
    assert tally(tables, "hedgers", "open_reverted") > 0
