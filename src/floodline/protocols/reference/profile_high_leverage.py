"""GMX v2's leverage: 0.5 % maintenance margin, and a liquidation always closes the whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from floodline.protocols.reference.profile_parameter import GMX, ratio, usd

if TYPE_CHECKING:
    from floodline.protocols.reference.profiles import Profile


def high_leverage(base: Profile) -> Profile:
    """Return a profile with GMX v2's margins, fees and full closes; the rest is the base's."""
    return replace(
        base,
        name="high_leverage",
        description="GMX v2: 1 % initial and 0.5 % maintenance margin, liquidations close all.",
        markets={
            name: replace(
                market,
                maker_fee=ratio("0.0004", f"{GMX}: 4 bp where an order improves the balance"),
                taker_fee=ratio("0.0006", f"{GMX}: 6 bp where it worsens the balance"),
                min_initial_ratio=ratio("0.01", f"{GMX}: least collateral factor, 1 %"),
                maintenance_scalar=ratio(
                    "0.5", f"{GMX}: ETH and BTC are liquidated below 0.5 % of their size"
                ),
                min_position_margin=usd(1, f"{GMX}: least collateral of $1"),
            )
            for name, market in base.markets.items()
        },
        liquidation=replace(
            base.liquidation,
            capacity_multiplier=ratio(1_000, f"{GMX} has no window: one too wide to be reached"),
            close_factor=ratio(1, f"{GMX}: always the whole position"),
            penalty_ratio=ratio("0.002", f"{GMX}: 20 bp of the size"),
            penalty_fund_share=ratio("0.37", f"{GMX}: 37 % of the fee to the protocol"),
        ),
    )
