"""Leverage against a market that is already crowded: margins that grow with open interest."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, won

pytestmark = pytest.mark.anvil


def test_fixed_margins_let_everybody_in(tmp_path: Path) -> None:
    tables = attack(tmp_path, "crowded-side")
    assert won(tables, "crowded-side")
    assert tables["blocks"]["open_interest_usd"].max() > 40_000_000
    assert tables["trades"]["account"].nunique() > 40


@pytest.mark.parametrize("mitigation", ["oi_margin", "oi_caps"])
def test_margins_that_grow_and_caps_keep_the_side_small(tmp_path: Path, mitigation: str) -> None:
    tables = attack(tmp_path, "crowded-side", mitigation=mitigation)
    assert not won(tables, "crowded-side")
    assert 5_000_000 < tables["blocks"]["open_interest_usd"].max() < 10_000_000
