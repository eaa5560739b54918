"""What a keeper is paid for one chunk, by the contracts' formula."""

from __future__ import annotations

from floodline.foundation.units import WAD
from floodline.protocols.reference.profiles import Profile


def expected_pay_usd(
    profile: Profile,
    flag_ratio: float,
    fund_usd: float,
    *,
    notional_usd: float,
    equity_usd: float,
    gas_usd: float,
) -> float:
    """Return the reward in dollars, payment limits included.

    ``gas + max(least profit, gas ratio, closed flag ratio)``, capped where the cap is on, out of a
    part of the margin and then the fund. $60 of gas, 30 %, $9 of flag reward: $78.

    Parameters
    ----------
    profile : Profile
        All parameters.
    flag_ratio : float
        Keeper's share of a closed notional.
    fund_usd : float
        What the insurance fund has.
    notional_usd, equity_usd : float
        The account's.
    gas_usd : float
        What the protocol reckons as the liquidation's gas.

    """
    keeper = profile.keeper
    closed = notional_usd * profile.liquidation.close_factor.value / WAD
    profit = max(keeper.min_profit.value / WAD, gas_usd * keeper.profit_ratio.value / WAD)
    due = gas_usd + max(profit, closed * flag_ratio)
    if keeper.cap_enabled.value:
        due = min(due, keeper.constant_cap.value / WAD)
    from_margin = max(equity_usd, 0.0) * keeper.margin_scaling.value / WAD
    return min(due, from_margin + max(fund_usd, 0.0))
