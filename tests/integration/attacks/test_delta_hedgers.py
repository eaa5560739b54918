"""Delta hedgers push the way the price goes, the more the nearer expiry is."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, row, tally, won

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil


def premium(tables: Tables) -> float:
    """What the hedgers' demand makes the next order pay, over the price."""
    return float(tables["blocks"]["skew"].abs().max()) / 300_000


def test_demand_grows_with_gamma(tmp_path: Path) -> None:
    near = attack(tmp_path, "hedgers")
    far = attack(tmp_path, "hedgers", "actors.hedgers.expiry_s=2_592_000")
    assert (won(near, "hedgers"), won(far, "hedgers")) == (True, False)
    assert tally(near, "hedgers", "wanted_usd") > 3 * tally(far, "hedgers", "wanted_usd")
    assert premium(near) > 0.02
    assert premium(near) > 3 * premium(far)
    assert row(near, "hedgers")["got"] >= 3


def test_a_cap_on_open_interest_bounds_what_they_can_do(tmp_path: Path) -> None:
    tables = attack(tmp_path, "hedgers", mitigation="oi_caps")
    assert not won(tables, "hedgers")
    assert tables["blocks"]["open_interest_usd"].max() <= 10_000_000
    assert premium(tables) < 0.02
    assert tally(tables, "hedgers", "open_reverted") > 0
