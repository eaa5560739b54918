"""The reference protocol's formulas in exact integers, rounded as the contracts round.

Each function is the twin of one in ``contracts/libraries``; a differential test holds the two
together to the last digit.
"""

from __future__ import annotations

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_parameters import KeeperParameters, MarketParameters

DAY_S = 86_400
"""Seconds in a day."""


class ModelRevert(Exception):  # noqa: N818 - the field's word
    """What the contract would revert with.

    Parameters
    ----------
    name : str
        The custom error's name.
    arguments : tuple
        Its arguments, in the order of the ABI.

    """

    def __init__(self, name: str, *arguments: object) -> None:
        super().__init__(f"{name}{arguments}")
        self.name = name
        self.arguments = arguments


def div_up(numerator: int, divisor: int) -> int:
    """Return the quotient rounded towards plus infinity; ``div_up(3, 2)`` is 2."""
    return -(-numerator // divisor)


def div_truncated(numerator: int, divisor: int) -> int:
    """Return the quotient rounded towards zero, as Solidity's `/`; ``(-3, 2)`` gives -1."""
    quotient = abs(numerator) // abs(divisor)
    return quotient if (numerator < 0) == (divisor < 0) else -quotient


def mul_wad(left: int, right: int) -> int:
    """Return ``left * right / 1e18`` rounded down, for amounts that are not negative."""
    return left * right // WAD


def mul_wad_up(left: int, right: int) -> int:
    """Return ``left * right / 1e18`` rounded up, for amounts that are not negative."""
    return div_up(left * right, WAD)


def fill_price(skew: int, size_delta: int, price: int, skew_scale: int) -> int:
    """Return the average price of an order, rounded against the trader.

    ``P * (1 + (skew + delta / 2) / K)``, the mean of the premiums before and after the order
    (Synthetix v3 ``calculateFillPrice``). 100 units at 3,000 with K = 300,000 and no skew fill at
    3,000.5.

    Parameters
    ----------
    skew, size_delta, skew_scale : int
        WAD units of the asset; the first two are signed.
    price : int
        Oracle price, WAD USD.

    Returns
    -------
    int
        WAD USD.

    Raises
    ------
    ModelRevert
        ``FillPriceNotPositive`` if the premium would be -100 % or less.

    """
    numerator = 2 * skew_scale + 2 * skew + size_delta
    if numerator <= 0:
        raise ModelRevert("FillPriceNotPositive", skew, size_delta)
    divide = div_up if size_delta > 0 else int.__floordiv__
    return divide(price * numerator, 2 * skew_scale)


def order_fee_up(skew: int, size_delta: int, fill: int, parameters: MarketParameters) -> int:
    """Return an order's fee: maker while it reduces |skew|, taker after it crosses zero.

    With skew -40, 100 bought at 3,000, 0.01 % and 0.05 %: 40 make (12 USD), 60 take (90 USD).

    Parameters
    ----------
    skew, size_delta : int
        Signed WAD units.
    fill : int
        Fill price, WAD USD.
    parameters : MarketParameters
        The market's.

    Returns
    -------
    int
        WAD USD, rounded up.

    """
    size = abs(size_delta)
    making = 0 if (skew < 0) == (size_delta < 0) else min(size, abs(skew))
    weighted = making * parameters.maker_fee + (size - making) * parameters.taker_fee
    return div_up(weighted * fill, WAD * WAD)


def funding_velocity(skew: int, parameters: MarketParameters) -> int:
    """Return the funding rate's acceleration, WAD per day squared.

    ``clamp(skew / K, -1, 1) * max_velocity``: 1 % proportional skew at 9 per day squared is 0.09.
    """
    scale = parameters.skew_scale
    bounded = max(-scale, min(scale, skew))
    return div_truncated(bounded * parameters.max_funding_velocity, scale)


def accrue_funding(
    rate: int, accumulator: int, velocity: int, elapsed_s: int, price: int
) -> tuple[int, int]:
    """Return funding rate and accumulator after a time at constant skew and price.

    ``rate(t) = rate + velocity t``; ``F(t) = F - (rate + rate(t)) / 2 t P`` with t in days. From
    rate zero, velocity 0.09, one day at 3,000: rate 0.09 and F falls by 135 USD a unit.

    Parameters
    ----------
    rate : int
        WAD per day.
    accumulator : int
        WAD USD per unit.
    velocity : int
        WAD per day squared.
    elapsed_s : int
        Seconds.
    price : int
        WAD USD.

    Returns
    -------
    tuple of int
        New rate and new accumulator.

    """
    new_rate = rate + div_truncated(velocity * elapsed_s, DAY_S)
    paid = div_truncated((rate + new_rate) * elapsed_s * price, 2 * DAY_S * WAD)
    return new_rate, accumulator - paid


def scaled_ratio_up(ratio: int, side_size: int, price: int, parameters: MarketParameters) -> int:
    """Return the initial margin ratio that a side's open interest asks for, WAD.

    Linear from `ratio` at ``oi_scale_start`` to the maximum at ``oi_scale_full`` (dYdX v4). From
    20 to 50 million, 5 % and 100 %: at 35 million half of the way, 52.5 %.
    """
    start, full = parameters.oi_scale_start, parameters.oi_scale_full
    interest = mul_wad_up(side_size, price)
    if full == 0 or interest <= start:
        return ratio
    share = min(div_up((interest - start) * WAD, full - start), WAD)
    return ratio + mul_wad_up(share, parameters.max_initial_ratio - ratio)


def requirement_up(
    size_abs: int, price: int, parameters: MarketParameters, side_size: int = 0
) -> tuple[int, int]:
    """Return a position's initial and maintenance margin, WAD USD, rounded up.

    Ratio ``min(|size| / K * slope + minimum, maximum)`` on notional, plus the position minimum and
    the reserved liquidation reward; maintenance scales the ratio. 100 units at 3,000 with
    K = 300,000, slope 1.16, minimum 2 %, scalar 0.28, 15 USD and 3 bp: 6,221 and 1,817.48.

    Parameters
    ----------
    size_abs : int
        WAD units.
    price : int
        WAD USD.
    parameters : MarketParameters
        The market's.
    side_size : int
        Open interest of the position's side, WAD units; counts where initial margin scales with it.

    """
    notional = mul_wad_up(size_abs, price)
    ratio = min(
        div_up(size_abs * parameters.initial_ratio_slope, parameters.skew_scale)
        + parameters.min_initial_ratio,
        parameters.max_initial_ratio,
    )
    fixed = parameters.min_position_margin + max(
        mul_wad_up(notional, parameters.flag_reward_ratio), parameters.min_flag_reward
    )
    initial = mul_wad_up(notional, scaled_ratio_up(ratio, side_size, price, parameters)) + fixed
    maintenance = mul_wad_up(notional, mul_wad_up(ratio, parameters.maintenance_scalar)) + fixed
    return initial, maintenance


def reward_due(
    closed_notional: int,
    flag_reward_ratio: int,
    gas_price: int,
    gas_asset_price: int,
    keeper: KeeperParameters,
) -> int:
    """Return the keeper's reward by the formula, before payment limits, WAD USD.

    ``cost + max(min_profit, cost * profit_ratio, notional * flag_ratio)``, capped by a constant
    where that switch is on. 400,000 gas at 50 gwei and 3,000 USD cost 60; with 30 % and 9 USD of
    flag reward 78 are due.

    Parameters
    ----------
    closed_notional : int
        WAD USD.
    flag_reward_ratio : int
        WAD.
    gas_price : int
        Price per gas that counts as cost, wei.
    gas_asset_price : int
        WAD USD per 1e18 wei.
    keeper : KeeperParameters
        The engine's.

    Returns
    -------
    int
        WAD USD.

    """
    cost = mul_wad_up(keeper.gas_units * gas_price, gas_asset_price)
    due = cost + max(
        keeper.min_profit,
        mul_wad(cost, keeper.profit_ratio),
        mul_wad(closed_notional, flag_reward_ratio),
    )
    return min(due, keeper.constant_cap) if keeper.cap_enabled else due
