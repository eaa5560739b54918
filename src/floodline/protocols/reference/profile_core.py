"""Sections of a profile that every deployment has: markets, liquidation, keepers, oracle."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from floodline.foundation.units import wad
from floodline.protocols.reference.model_parameters import (
    AssetConfiguration,
    KeeperParameters,
    LiquidationParameters,
    MarketParameters,
)
from floodline.protocols.reference.profile_parameter import Parameter

WAD_PER_FEED_UNIT: Final = 10**10
"""WAD per unit of an 8-decimal feed."""


@dataclass(frozen=True)
class MarketProfile:
    """Parameters of one market; the fields are those of `MarketParameters`."""

    skew_scale: Parameter
    max_funding_velocity: Parameter
    maker_fee: Parameter
    taker_fee: Parameter
    max_side_size: Parameter
    max_side_value: Parameter
    min_initial_ratio: Parameter
    initial_ratio_slope: Parameter
    max_initial_ratio: Parameter
    maintenance_scalar: Parameter
    min_position_margin: Parameter
    min_notional: Parameter
    flag_reward_ratio: Parameter
    min_flag_reward: Parameter
    locked_oi_ratio: Parameter
    fund_fee_share: Parameter
    oi_scale_start: Parameter
    oi_scale_full: Parameter

    def parameters(self, *, scaled_by_oi: bool = False) -> MarketParameters:
        """Return the struct for ``PerpMarket``'s constructor.

        Parameters
        ----------
        scaled_by_oi : bool
            Whether initial margin grows with open interest.

        """
        given = MarketParameters(*_values(self))
        return given if scaled_by_oi else given._replace(oi_scale_start=0, oi_scale_full=0)


@dataclass(frozen=True)
class LiquidationProfile:
    """Liquidation rules; the fields are those of `LiquidationParameters`."""

    window_seconds: Parameter
    capacity_multiplier: Parameter
    max_premium: Parameter
    dust_notional: Parameter
    close_factor: Parameter
    penalty_ratio: Parameter
    penalty_fund_share: Parameter
    spiral_guard: Parameter

    def parameters(self) -> LiquidationParameters:
        """Return the struct for ``setLiquidationParameters``."""
        return LiquidationParameters(
            self.window_seconds.value,
            self.capacity_multiplier.value,
            self.max_premium.value,
            self.dust_notional.value,
            self.close_factor.value,
            self.penalty_ratio.value,
            self.penalty_fund_share.value,
            bool(self.spiral_guard.value),
        )


@dataclass(frozen=True)
class KeeperProfile:
    """Keeper pay; the fields are those of `KeeperParameters` without the gas asset."""

    gas_units: Parameter
    min_profit: Parameter
    profit_ratio: Parameter
    margin_scaling: Parameter
    constant_cap: Parameter
    cap_enabled: Parameter
    reimburse_tip: Parameter

    def parameters(self, gas_asset: bytes) -> KeeperParameters:
        """Return the struct for the engine's constructor; `gas_asset` is a 32-byte asset id."""
        return KeeperParameters(
            gas_asset,
            self.gas_units.value,
            self.min_profit.value,
            self.profit_ratio.value,
            self.margin_scaling.value,
            self.constant_cap.value,
            bool(self.cap_enabled.value),
            bool(self.reimburse_tip.value),
        )


@dataclass(frozen=True)
class OracleProfile:
    """Push feed and hub: what publishers promise and what consumers refuse."""

    heartbeat: Parameter
    deviation: Parameter
    max_age_default: Parameter
    max_age_strict: Parameter
    lower_bound: Parameter
    upper_bound: Parameter

    def bounds_e8(self, start_price_e8: int) -> tuple[int, int]:
        """Return smallest and largest answer a feed accepts, for a start price; 8 decimals."""
        lower = start_price_e8 * self.lower_bound.value // wad(1)
        return max(lower, 1), start_price_e8 * self.upper_bound.value // wad(1)

    def asset_configuration(self, feed: bytes | str, start_price_e8: int) -> AssetConfiguration:
        """Return the struct for ``OracleHub.configureAsset``."""
        lower, upper = self.bounds_e8(start_price_e8)
        return AssetConfiguration(
            feed,
            lower * WAD_PER_FEED_UNIT,
            upper * WAD_PER_FEED_UNIT,
            self.max_age_default.value,
            self.max_age_strict.value,
        )


def _values(profile: MarketProfile) -> list[int]:
    return [getattr(profile, field.name).value for field in fields(profile)]
