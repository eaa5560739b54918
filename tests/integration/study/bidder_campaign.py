"""V4's system: one class of bidders at a known quantile of the tips of a flood that fills blocks.

What bids higher goes first, so that the bidders see the share 1 - q of the load only; they starve
once that alone fills the blocks, at a load of 1 / (1 - q) of the capacity.
"""

from __future__ import annotations

from typing import Any

GAS_LIMIT = 30_000_000
TX_GAS = 600_000


def bidders(bid_gwei: float) -> dict[str, Any]:
    """Return a campaign whose traders bid so much, amid tips between 1 and 11 gwei."""
    return {
        "name": "bidders",
        "slots": 50,
        "background": "off",
        "chain": {"gas_limit": GAS_LIMIT},
        "market": {"ETH": {"jump_diffusion": {"start_usd": 3000, "vol": 0.1}}},
        "book": {"accounts": 2},
        "actors": [
            {"oracle": {"deviation": 0.5, "heartbeat_s": 100_000}},
            {
                "traders": {
                    "accounts": 60,
                    "rate_per_s": 0.02,
                    "mix": {"open": 1, "close": 0, "cancel": 0},
                    "fee": {"fixed": {"max_fee_gwei": 1_000_000, "tip_gwei": bid_gwei}},
                }
            },
            {
                "flood": {
                    "arrival": {"poisson": {"load": 1}},
                    "kind": "burner",
                    "gas": {"constant": TX_GAS},
                    "tip_gwei": {"uniform": {"low": 1, "high": 11}},
                    "max_fee_gwei": 1_000_000,
                    "senders": 20_000,
                }
            },
        ],
        "objective": {"metric": "inclusion_p50_s:trader", "below": 120},
    }
