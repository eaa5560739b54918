"""V5 to V7: what full blocks do to the base fee, to whom it shuts out, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from floodline.foundation.units import ETHER, GWEI
from floodline.validation import closed_forms, rig
from floodline.validation.law import Effort, Finding

LIMIT: Final = 30_000_000
TARGET: Final = LIMIT // 2
SLOT_S: Final = 12
TRANSFER: Final = 21_000
CAP_MULTIPLE: Final = 2.0


def lock_out(effort: Effort) -> list[Finding]:
    """V5: blocks that a bidder with a fixed cap still gets into."""
    fullness = [2.0, 1.5] if effort.quick else [2.0, 1.5, 1.2, 1.1]
    found = []
    for full in fullness:
        expected = closed_forms.lock_out_blocks(CAP_MULTIPLE, full)
        tables = rig.run(
            {
                "name": "lock-out",
                "slots": expected + 4,
                "chain": {"gas_limit": LIMIT, "base_fee_gwei": 1},
                "actors": [bidder(), stuffer(round(full * TARGET) - TRANSFER)],
            }
        )
        blocks = _blocks_of(tables, "bidder")
        in_a_row = blocks == list(range(1, len(blocks) + 1))
        found.append(
            Finding(
                f"cap {CAP_MULTIPLE:g} times the base fee, blocks {full:g} times the target",
                expected,
                len(blocks) if in_a_row else -1,
                0.0,
                unit="blocks",
            )
        )
    return found


def stuffing(effort: Effort) -> list[Finding]:
    """V6: base fees of n full blocks, as the flood's transactions paid them."""
    blocks = [10, 25] if effort.quick else [10, 25, 50]
    tables = rig.run(
        {
            "name": "stuffing",
            "slots": max(blocks),
            "chain": {"gas_limit": LIMIT, "base_fee_gwei": 1},
            "actors": [stuffer(LIMIT)],
        }
    )
    found = []
    for count in blocks:
        expected = closed_forms.stuffing_cost_wei(LIMIT, GWEI, count)
        paid = _base_fees_paid_wei(tables, "stuffer", count)
        # Each step of the recursion drops less than a wei of about 10^9 and more.
        found.append(
            Finding(
                f"{count} full blocks from 1 gwei",
                expected / ETHER,
                paid / ETHER,
                count * 1e-9,
                unit="ether",
            )
        )
    return found


def ramp_and_hold(effort: Effort) -> list[Finding]:
    """V7: shutting capped bidders out with full blocks, then holding the fee at the target."""
    holds = [5, 10] if effort.quick else [5, 10, 40]
    ramp = closed_forms.lock_out_blocks(CAP_MULTIPLE, 2.0)
    found = []
    for hold in holds:
        tables = rig.run(
            {
                "name": "ramp-and-hold",
                "slots": ramp + hold,
                "chain": {"gas_limit": LIMIT, "base_fee_gwei": 1},
                "actors": [
                    bidder(from_s=ramp * SLOT_S),
                    stuffer(LIMIT, name="ramp", to_s=ramp * SLOT_S),
                    stuffer(TARGET, name="hold", from_s=ramp * SLOT_S),
                ],
            }
        )
        expected = closed_forms.ramp_and_hold_cost_wei(LIMIT, GWEI, CAP_MULTIPLE, hold)
        paid = sum(_base_fees_paid_wei(tables, name, ramp + hold) for name in ("ramp", "hold"))
        found += [
            Finding(
                f"ramp {ramp} blocks, hold {hold}: cost",
                *(expected / ETHER, paid / ETHER, 0.01),
                unit="ether",
            ),
            Finding(
                f"ramp {ramp} blocks, hold {hold}: capped bidders let in",
                *(0.0, float(len(_blocks_of(tables, "bidder"))), 0.0),
                unit="transactions",
            ),
        ]
    return found


def stuffer(
    gas: int, *, name: str = "stuffer", from_s: float = 0.0, to_s: float | None = None
) -> Mapping[str, Any]:
    """Return a flood that burns exactly this much gas in every block, at any price.

    One transaction may use 2^24 gas (EIP-7825): two share a block.
    """
    return {
        "flood": {
            "name": name,
            "arrival": {"deterministic": {"tx_per_s": 2 / SLOT_S}},
            "kind": "burner",
            "gas": {"constant": gas / 2},
            "tip_gwei": {"constant": 0.001},
            "max_fee_gwei": 10_000_000,
            "senders": 100,
            "from_s": from_s,
            "to_s": to_s,
        }
    }


def bidder(*, from_s: float = 0.0) -> Mapping[str, Any]:
    """Return one transfer a block, under a cap that does not move, with a tip above the flood's."""
    return {
        "flood": {
            "name": "bidder",
            "arrival": {"deterministic": {"tx_per_s": 1 / SLOT_S}},
            "kind": "transfer",
            "tip_gwei": {"constant": 1},
            "max_fee_gwei": CAP_MULTIPLE,
            "senders": 200,
            "from_s": from_s,
        }
    }


def _blocks_of(tables: Mapping[str, pd.DataFrame], actor: str) -> list[int]:
    """Return the blocks that hold a transaction of an actor."""
    rows = tables["transactions"]
    chosen = rows[(rows["actor"] == actor) & rows["block"].notna()]
    return sorted(int(block) for block in chosen["block"].unique())


def _base_fees_paid_wei(tables: Mapping[str, pd.DataFrame], actor: str, blocks: int) -> float:
    """Return what an actor's transactions in the first blocks paid, tips deducted."""
    rows = tables["transactions"]
    chosen = rows[(rows["actor"] == actor) & (rows["block"] <= blocks)]
    columns = ["effective_price_wei", "tip_wei", "gas_used"]
    price, tip, gas = (chosen[name].to_numpy(dtype=np.float64) for name in columns)
    return float(((price - tip) * gas).sum())
