"""The profile that does on purpose what failed in production, one change a failure mode.

The modes are numbered as in the table of failure modes in ``docs/mechanisms.md``. Everything else
is the base profile, so that a comparison of the two shows the practice and nothing besides.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from floodline.protocols.reference.profile_parameter import (
    CURIE,
    SYNTHETIX_BASE,
    Parameter,
    ratio,
    seconds,
    usd,
)
from floodline.protocols.reference.switches import Fund

if TYPE_CHECKING:
    from floodline.protocols.reference.profiles import Profile


def bad_practice(base: Profile) -> Profile:
    """Return a profile with the practices that a flood turns into losses."""
    return replace(
        base,
        name="bad_practice",
        description="What failed in production: capped keeper pay, a fund that reverts, zero bids, "
        "short windows, dust, no gate.",
        switches=base.switches.model_copy(update={"fund": Fund.ALL_OR_NOTHING}),
        markets={
            name: replace(
                market,
                min_notional=usd(0, "F10: Aave v3 had no least debt; dust pays nobody's gas"),
                min_position_margin=usd(0, "F10: nothing is kept for the liquidation of dust"),
                min_flag_reward=usd(0, "F10: nothing is kept for the liquidation of dust"),
            )
            for name, market in base.markets.items()
        },
        liquidation=replace(
            base.liquidation,
            capacity_multiplier=ratio(
                "0.02", "F5: a window for quiet days, as Synthetix v2x's small largest delta"
            ),
            max_premium=ratio(0, "F5: no way around a window that is full"),
            penalty_ratio=ratio("0.1", "F12: above 1/LTV, as with Aave's CRV market"),
            penalty_fund_share=ratio(1, "F12: all of the penalty leaves the account"),
            spiral_guard=Parameter(0, "switch", "F12: the penalty may exceed what a chunk frees"),
            close_factor=ratio("0.5", f"{CURIE}; Aave v3: half, so that the spiral has steps"),
        ),
        keeper=replace(
            base.keeper,
            cap_enabled=Parameter(1, "switch", f"F1: {SYNTHETIX_BASE}: $30 whatever gas costs"),
        ),
        orders=replace(
            base.orders,
            settlement_window=seconds(6, "F4: half a slot; 60 s are 30 blocks on Base, 5 on L1"),
            order_escrow=usd("0.4", f"F2: {SYNTHETIX_BASE}: a reward fixed for a cheap chain"),
            refund_unused=Parameter(0, "switch", "F2: paid for before anybody knows gas's price"),
        ),
        auction=replace(
            base.auction,
            auction_fast_seconds=seconds(60, "F7: the price is gone before a flood ends"),
            auction_fast_end=ratio(0, "F7: no floor; zero bids won 36 % in Maker's March 2020"),
            auction_slow_seconds=seconds(1_200, "F7: and stays at zero for a while"),
            clipper_cusp=ratio(0, "F7: never too cheap to be sold"),
            clipper_tail_seconds=seconds(86_400, "F7: never too old to be sold"),
            auction_buffer_ratio=ratio(0, "F11: an account leaves at its margin and comes back"),
            auction_tip=usd(100, "F11: each start pays, so that starts are farmed"),
            auction_dust_notional=usd(0, "F11: dust pays for its start too"),
        ),
        gate_seconds=seconds(0, "F14: who hears first of a deficit leaves first"),
    )
