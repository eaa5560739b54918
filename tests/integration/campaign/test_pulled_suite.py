"""The whole suite on pulled prices: no publisher speaks on chain, whoever acts brings the price."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from matrix_campaign import QUIET, run, tiny

pytestmark = pytest.mark.anvil

BOOK = {
    "accounts": 30,
    "long_share": 0.6,
    "options": {
        "share": 0.6,
        "writer_share": 0.9,
        "call_share": 0.1,
        "perpetual_share": 0.2,
        "notional": {"constant": 6.0},
    },
    "collateral": {"share": 0.6, "part": 0.9},
}
PRICED = {
    "open",
    "liquidate",
    "liquidate_option",
    "trade_option",
    "settle_series",
    "sell_collateral",
    "deleverage",
    "vault_process",
    "vault_hedge",
}
"""Calls that read prices."""


def suite(**switches: Any) -> dict[str, Any]:
    plain = tiny(
        {
            "oracle": "pull",
            "options": True,
            "collateral": "multi",
            "vault": True,
            **switches,
        },
        {"volatility": {"interval_s": 60}},
        {"option_traders": {"accounts": 8, "rate_per_s": 0.5, "view_sd": 0.5}},
        {"option_keepers": {}},
        {"arbitrageurs": {}},
        {"collateral_sellers": {"fee": {"fixed": {"max_fee_gwei": 100, "tip_gwei": 30}}}},
        {"deleveragers": {}},
        {"providers": {"count": 2, "deposit_usd": 50_000}},
        {"caretakers": {}},
        {"runners": {"count": 3}},
        crash=0.3,
        slots=24,
        oracle=QUIET,
        book=BOOK,
        overrides={
            "pull_age_default": 60,
            "pull_age_strict": 40,
            "vault_deposit_delay": 12,
            "vault_redemption_delay": 24,
            "hedge_interval": 60,
            "gate_seconds": 12,
            "listing_near": 440,
            "option_cutoff": 0,
            "expiry_grace": 12,
            "expiry_window": 24,
        },
    )
    plain["actors"][1]["keepers"]["only_if_profitable"] = False
    plain["actors"][1]["keepers"]["fee"] = {"fixed": {"max_fee_gwei": 100, "tip_gwei": 20}}
    return plain


def test_every_call_that_needs_a_price_brings_it(tmp_path: Path) -> None:
    left = run(suite(adl="queue"), tmp_path)
    assert "StalePrice" not in left.reasons, left.tables["transactions"].query(
        "reason == 'StalePrice'"
    )[["kind", "role", "created_s"]]
    assert left.done["push_price"] == 0
    assert set(left.done) >= PRICED, PRICED - set(left.done)
    assert left.priced >= PRICED, PRICED - left.priced
    assert left.done["withdraw"] > 0
    names = left.contracts
    assert {f"Carrying{name}" for name in ("OptionMarket", "ClearingHouse", "LPVault")} <= names
