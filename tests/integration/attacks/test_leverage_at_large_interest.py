"""Leverage against a market that is already crowded: margins that grow with open interest."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import QUIET, run

pytestmark = pytest.mark.anvil

DEEP = {"skew_scale": 3_000_000, "oi_scale_start": 5_000_000, "oi_scale_full": 25_000_000}


def interest(folder: Path, mitigation: str = "") -> float:
    """The largest open interest that traders who want eighteen times their margin reach."""
    traders = {
        "accounts": 60,
        "rate_per_s": 2,
        "mix": {"open": 1, "close": 0, "cancel": 0},
        "margin_usd": {"constant": 50_000},
        "leverage": {"constant": 18},
        "long_share": 1,
    }
    tables = run(
        folder,
        {"oracle": {}},
        {"traders": traders},
        slots=8,
        market=QUIET,
        protocol={"overrides": DEEP},
        mitigation=mitigation,
    )
    return float(tables["blocks"]["open_interest_usd"].max())


def test_fixed_margins_let_everybody_in_and_scaled_ones_do_not(tmp_path: Path) -> None:
    crowded = interest(tmp_path)
    assert crowded > 30_000_000
    assert interest(tmp_path, "oi_margin") < crowded / 2
