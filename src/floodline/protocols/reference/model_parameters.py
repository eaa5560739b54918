"""The reference contracts' parameter structs, field for field and in the order of the ABI.

They are named tuples of plain integers, so they go into a constructor call as they are. Ratios and
dollars are WAD (1e18).
"""

from __future__ import annotations

from typing import NamedTuple


class MarketParameters(NamedTuple):
    """Everything that can be tuned on one perpetual market (Solidity ``MarketParameters``)."""

    skew_scale: int
    """Skew at which the premium reaches 100 %, WAD units of the asset."""
    max_funding_velocity: int
    """Funding acceleration at full proportional skew, WAD per day squared."""
    maker_fee: int
    """Fee on the part of an order that reduces |skew|, WAD ratio of notional."""
    taker_fee: int
    """Fee on the part of an order that increases |skew|, WAD ratio of notional."""
    max_side_size: int
    """Largest open interest of one side, WAD units of the asset."""
    max_side_value: int
    """Largest open interest of one side at the oracle price, WAD USD."""
    min_initial_ratio: int
    """Initial margin ratio of an infinitely small position, WAD."""
    initial_ratio_slope: int
    """Growth of the initial margin ratio per |size| / skew_scale, WAD."""
    max_initial_ratio: int
    """Upper bound of the initial margin ratio, WAD."""
    maintenance_scalar: int
    """Maintenance over initial margin ratio, WAD."""
    min_position_margin: int
    """Margin added to every open position, WAD USD."""
    min_notional: int
    """Smallest notional of an open position, WAD USD."""
    flag_reward_ratio: int
    """Share of notional reserved for, and paid to, the liquidating keeper, WAD."""
    min_flag_reward: int
    """Smallest liquidation reward reserved in margin, WAD USD."""
    locked_oi_ratio: int
    """Counterparty capital locked per unit of open notional, WAD."""
    fund_fee_share: int
    """Share of trading fees that goes to the insurance fund, WAD."""
    oi_scale_start: int
    """Open interest of a side from which its initial margin grows, WAD USD."""
    oi_scale_full: int
    """Open interest at which `max_initial_ratio` is asked for, WAD USD; zero means fixed margin."""


class LiquidationParameters(NamedTuple):
    """Liquidation rules of one market (Solidity ``LiquidationParameters``)."""

    window_seconds: int
    """Length of the rolling window, seconds."""
    capacity_multiplier: int
    """Capacity multiplier of the window, WAD."""
    max_premium: int
    """Proportional skew below which one chunk a block may exceed the window, WAD."""
    dust_notional: int
    """Notional up to which a position is always closed whole, WAD USD."""
    close_factor: int
    """Share closed while equity is at least half of maintenance, WAD."""
    penalty_ratio: int
    """Penalty on closed notional, WAD."""
    penalty_fund_share: int
    """Share of the penalty that is charged, to the insurance fund, WAD."""
    spiral_guard: bool
    """Whether reward and penalty are limited to the maintenance margin that a chunk frees."""


class CollateralParameters(NamedTuple):
    """How one token counts as collateral (Solidity struct of that name)."""

    asset: bytes
    """Asset id in the oracle hub."""
    pool: bytes | str
    """Spot pool against the settlement token that it is sold through."""
    cap: int
    """Most that the vault takes of it, WAD units."""
    haircut_slope: int
    """Growth of the haircut per unit that an account holds, WAD per WAD unit."""
    min_haircut: int
    """Smallest haircut, WAD."""
    max_haircut: int
    """Largest haircut, WAD, below one."""
    max_slippage: int
    """Furthest below the oracle's value that a sale may end, WAD, at most `min_haircut`."""


class KeeperParameters(NamedTuple):
    """How keepers are paid (Solidity ``KeeperParameters``)."""

    gas_asset: bytes
    """Asset id whose price converts gas cost to USD."""
    gas_units: int
    """Gas budget of one liquidation, gas."""
    min_profit: int
    """Least profit over cost, WAD USD."""
    profit_ratio: int
    """Least profit over cost, WAD ratio of cost."""
    margin_scaling: int
    """Share of the account's remaining margin that may pay the reward, WAD."""
    constant_cap: int
    """Constant cap of the reward, WAD USD; applies when `cap_enabled`."""
    cap_enabled: bool
    """Whether the constant cap applies."""
    reimburse_tip: bool
    """Whether the priority fee counts as cost."""


class AssetConfiguration(NamedTuple):
    """Where an asset's price comes from and when it is refused (Solidity struct of that name)."""

    feed: bytes | str
    """Address of the AggregatorV3-compatible feed."""
    min_price: int
    """Smallest price accepted, WAD USD."""
    max_price: int
    """Largest price accepted, WAD USD."""
    max_age_default: int
    """Largest age of the observation for trading, seconds."""
    max_age_strict: int
    """Largest age of the observation for liquidation and withdrawal, seconds."""
