"""What the blocks cost and who gained: fees and profit by role, base fee, the keepers' result."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from floodline.foundation.units import ETHER, GWEI, from_wad
from floodline.measure.fees import burned_wei, fees_wei
from floodline.measure.frame import exact, from_optional, known
from floodline.measure.fullness import fullness_of_blocks
from floodline.measure.solvency import HOUSE
from floodline.measure.tables import Tables

KEEPER = "keeper"
"""The role whose rewards are held against its spend."""


def mean_true_price(tables: Tables) -> float | None:
    """Return the mean true price over blocks, USD, or None where there is none."""
    prices = known(tables["blocks"]["price_true_usd"])
    return float(prices.mean()) if len(prices) else None


def spend_by_role(tables: Tables) -> dict[str, dict[str, Any]]:
    """Return gas used and fees paid by each role.

    USD is ETH at the mean true price over the blocks. Exact wei are decimal strings, since they
    may not fit 64 bits.
    """
    transactions, blocks = tables["transactions"], tables["blocks"]
    base = dict(zip(blocks["block"].tolist(), blocks["base_fee_wei"].tolist(), strict=True))
    price = mean_true_price(tables)
    fees = fees_wei(transactions, "role")
    burned = burned_wei(transactions, "role", base)
    gas = from_optional(transactions["gas_used"], 0)
    codes = transactions["role"].cat.codes.to_numpy()
    found: dict[str, dict[str, Any]] = {}
    for code, role in enumerate(transactions["role"].cat.categories):
        wei = fees[role]
        found[str(role)] = {
            "gas_used": int(gas[codes == code].sum()),
            "fees_wei": str(wei),
            "burned_wei": str(burned[role]),
            "fees_eth": wei / ETHER,
            "fees_usd": wei / ETHER * price if price is not None else None,
        }
    return found


def pnl_by_role(tables: Tables) -> dict[str, float]:
    """Return what each role's accounts in the protocol gained, USD; below 0 what they lost.

    What was withdrawn and the equity at the true price at the end, less what was deposited. A
    debt is nobody's loss but the protocol's: who owes walks away, so that equity counts as 0 at
    least. An account that deposited 100, withdrew 30 and stands at 90 gained 20; one that deposited
    100 and stands at -40 lost 100. A role that sent transactions but has no account gained 0.
    Gas is not in it, nor are tokens held outside the protocol's ledger.
    """
    accounts = tables["accounts"]
    found = {str(role): 0.0 for role in tables["transactions"]["role"].cat.categories}
    rows = zip(
        accounts["role"],
        exact(accounts["withdrawn_wad"]),
        exact(accounts["deposited_wad"]),
        accounts["equity_true_usd"],
        strict=True,
    )
    for role, withdrawn, deposited, equity in rows:
        gain = from_wad(withdrawn - deposited) + max(float(equity), 0.0)
        found[str(role)] = found.get(str(role), 0.0) + gain
    return dict(sorted(found.items()))


def net_profit_by_role(tables: Tables) -> dict[str, float]:
    """Return what each customers' role gained in the protocol, less its fees for gas, USD."""
    gained, spent = pnl_by_role(tables), spend_by_role(tables)
    fees = {role: found["fees_usd"] or 0.0 for role, found in spent.items()}
    return {role: gained[role] - fees.get(role, 0.0) for role in gained if role not in HOUSE}


def base_fee_summary(tables: Tables) -> dict[str, Any]:
    """Return the base fee's start, peak and end in gwei, and the block of the peak."""
    blocks = tables["blocks"]
    if not len(blocks):
        return {"start_gwei": None, "peak_gwei": None, "end_gwei": None, "peak_block": None}
    fees = blocks["base_fee_wei"].to_numpy()
    peak = int(np.argmax(fees))
    return {
        "start_gwei": int(fees[0]) / GWEI,
        "peak_gwei": int(fees[peak]) / GWEI,
        "end_gwei": int(fees[-1]) / GWEI,
        "peak_block": int(blocks["block"].iloc[peak]),
    }


def economics_summary(tables: Tables) -> dict[str, Any]:
    """Return spend by role, the base fee, fullness, and the keepers' rewards against their gas."""
    spend = spend_by_role(tables)
    rewards = float(known(tables["liquidations"]["reward_usd"]).sum())
    keeper = spend.get(KEEPER)
    cost = keeper["fees_usd"] if keeper else 0.0
    blocks = tables["blocks"]
    moments = fullness_of_blocks(tables)
    used, limit = int(blocks["gas_used"].sum()), int(blocks["gas_limit"].sum())
    return {
        "by_role": spend,
        "pnl_usd": pnl_by_role(tables),
        "base_fee": base_fee_summary(tables),
        "fullness": used / limit if limit else None,
        "over_target": asdict(moments) if moments is not None else None,
        "keeper_rewards_usd": rewards,
        "keeper_result_usd": rewards - cost if cost is not None else None,
    }
