"""Sections of a profile for options: the market, its surface, expiry, scenario margin, closing."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_option_trading import OptionLiquidationParameters
from floodline.protocols.reference.model_options import OptionParameters
from floodline.protocols.reference.model_portfolio import SPOT_STEPS, ScenarioParameters
from floodline.protocols.reference.model_surface import SurfaceParameters, SurfaceState
from floodline.protocols.reference.profile_parameter import (
    CURIE,
    DERIVE,
    SYNTHETIX_BASE,
    Parameter,
    ratio,
    seconds,
    usd,
)

LYRA: Final = "Lyra v1, repository defaults"
DERIBIT: Final = "Deribit standard margin"
PMRM: Final = "Derive v2 portfolio manager (PMRM)"


@dataclass(frozen=True)
class OptionProfile:
    """An option market; the fields are those of `OptionParameters` with ``option_`` before."""

    option_spread: Parameter
    option_fee_ratio: Parameter
    option_fee_cap: Parameter
    option_vega_fee: Parameter
    option_min_delta: Parameter
    option_max_series_size: Parameter
    option_max_net_vega: Parameter
    option_cutoff: Parameter
    option_min_size: Parameter
    option_initial_ratio: Parameter
    option_initial_floor: Parameter
    option_maintenance_ratio: Parameter
    option_locked_ratio: Parameter
    option_fund_fee_share: Parameter
    option_close_shock: Parameter

    def parameters(self) -> OptionParameters:
        """Return the struct for ``OptionMarket``'s constructor."""
        return OptionParameters(*_values(self))


@dataclass(frozen=True)
class OptionLiquidationProfile:
    """How options are closed; the fields of `OptionLiquidationParameters` with ``option_``."""

    option_close_factor: Parameter
    option_penalty_ratio: Parameter
    option_flag_reward_ratio: Parameter

    def parameters(self) -> OptionLiquidationParameters:
        """Return the struct for ``OptionLiquidator``'s constructor."""
        return OptionLiquidationParameters(*_values(self))


@dataclass(frozen=True)
class SurfaceProfile:
    """A volatility surface; the fields of `SurfaceParameters` with ``surface_``, and its start."""

    surface_min_base: Parameter
    surface_max_base: Parameter
    surface_min_factor: Parameter
    surface_max_factor: Parameter
    surface_min_volatility: Parameter
    surface_max_volatility: Parameter
    surface_term_power: Parameter
    surface_standard_size: Parameter
    surface_impact: Parameter
    surface_factor_impact: Parameter
    surface_heartbeat: Parameter
    surface_max_move: Parameter
    surface_move_seconds: Parameter
    surface_halt_seconds: Parameter
    surface_start_base: Parameter
    surface_start_smile: Parameter
    surface_start_rate: Parameter
    surface_start_slope: Parameter

    def parameters(self, *, breaker: bool = False) -> SurfaceParameters:
        """Return the struct for ``VolSurface``'s constructor, with its breaker on or off."""
        found = SurfaceParameters(*_values(self)[: len(SurfaceParameters._fields)])
        return found if breaker else found._replace(max_move=0)

    def start(self) -> SurfaceState:
        """Return what the first publication says."""
        return SurfaceState(
            base=self.surface_start_base.value,
            slope=self.surface_start_slope.value,
            smile=self.surface_start_smile.value,
            rate=self.surface_start_rate.value,
        )


@dataclass(frozen=True)
class ExpiryProfile:
    """Settlement of expiries."""

    expiry_window: Parameter
    expiry_grace: Parameter


@dataclass(frozen=True)
class ListingProfile:
    """Which options are listed at the start, and what stands behind them."""

    listing_near: Parameter
    listing_far: Parameter
    listing_strike_step: Parameter
    option_vault_capital: Parameter

    def strikes(self, spot: int) -> list[int]:
        """Return five strikes, two steps either side of a price; both WAD USD.

        With a step of 10 % and 3,000: 2,400, 2,700, 3,000, 3,300 and 3,600.
        """
        step = self.listing_strike_step.value
        return [spot + spot * step * place // WAD for place in range(-2, 3)]


@dataclass(frozen=True)
class ScenarioProfile:
    """Scenario margin; the fields are those of `ScenarioParameters` with ``scenario_``."""

    scenario_spot_step: Parameter
    scenario_volatility_up: Parameter
    scenario_volatility_down: Parameter
    scenario_short_power: Parameter
    scenario_long_power: Parameter
    scenario_tail_down: Parameter
    scenario_tail_up: Parameter
    scenario_tail_weight: Parameter
    scenario_naked_ratio: Parameter
    scenario_initial_factor: Parameter

    def parameters(self) -> ScenarioParameters:
        """Return the struct for ``PortfolioMargin``'s constructor."""
        return ScenarioParameters(*_values(self))

    def perpetual_ratio(self, *, long: bool) -> float:
        """Return initial margin of a lone perpetual over its notional.

        The larger of four steps and of the dampened tail, times the initial factor. Steps of 5 %,
        tails of -50 and +100 % at 0.3, factor 1.25: 25 % for a long, 37.5 % for a short.
        """
        tail = self.scenario_tail_down if long else self.scenario_tail_up
        dampened = tail.value * self.scenario_tail_weight.value // WAD
        worst = max(SPOT_STEPS * self.scenario_spot_step.value, dampened)
        return worst * self.scenario_initial_factor.value / WAD / WAD


OPTIONS: Final = OptionProfile(
    option_spread=ratio("0.01", f"{LYRA}: 1 % of the premium"),
    option_fee_ratio=ratio("0.0003", "Deribit: 3 bp of the underlying"),
    option_fee_cap=ratio("0.125", "Deribit: at most 12.5 % of the premium"),
    option_vega_fee=usd(100, f"{LYRA}'s coefficient; vega is per 1.00 of volatility here"),
    option_min_delta=ratio("0.15", f"{LYRA}: delta cut-off"),
    option_max_series_size=ratio(5_000, "our choice: half a day of one listed ETH strike"),
    option_max_net_vega=usd(2_000_000, "our choice: 20 points of volatility cost $400,000"),
    option_cutoff=seconds(43_200, f"{LYRA}: trading stops 12 hours before expiry"),
    option_min_size=ratio("0.01", "our choice: about $30 of notional in ETH", "WAD options"),
    option_initial_ratio=ratio("0.15", DERIBIT),
    option_initial_floor=ratio("0.10", DERIBIT),
    option_maintenance_ratio=ratio("0.075", DERIBIT),
    option_locked_ratio=ratio("0.15", f"{DERIBIT}: the vault locks a writer's initial margin"),
    option_fund_fee_share=ratio("0.1", "our choice, as for perpetuals"),
    option_close_shock=ratio("1.3", f"{LYRA}: liquidation at 1.3 times the volatility"),
)

OPTION_LIQUIDATION: Final = OptionLiquidationProfile(
    option_close_factor=ratio("0.5", f"{CURIE}; Aave v3"),
    option_penalty_ratio=ratio("0.01", "our choice: below the vault's gain from the shock"),
    option_flag_reward_ratio=ratio("0.0003", SYNTHETIX_BASE),
)

SURFACE: Final = SurfaceProfile(
    surface_min_base=ratio("0.35", LYRA),
    surface_max_base=ratio("2.0", LYRA),
    surface_min_factor=ratio("0.5", LYRA),
    surface_max_factor=ratio("1.5", LYRA),
    surface_min_volatility=ratio("0.55", LYRA),
    surface_max_volatility=ratio("3.0", LYRA),
    surface_term_power=ratio("0.1", f"our choice; {DERIVE} shocks long expiries with 0.13"),
    surface_standard_size=ratio(5, f"{LYRA}: 5 ETH move the base by a point", "WAD options"),
    surface_impact=ratio("0.01", f"{LYRA}: one point"),
    surface_factor_impact=ratio("0.75", LYRA),
    surface_heartbeat=seconds(1_200, f"{DERIVE}: volatility is refused after 20 minutes"),
    surface_max_move=ratio(
        "0.1", f"{LYRA}: its breaker on implied volatility; counts where `volatility_breaker` is on"
    ),
    surface_move_seconds=seconds(86_400, f"{LYRA}: it compares with the average of a day"),
    surface_halt_seconds=seconds(43_200, "our choice: half of the window"),
    surface_start_base=ratio("0.8", "our choice: ETH's usual implied volatility at 30 days"),
    surface_start_smile=ratio("0.1", "our choice: a strike a tenth away costs one per cent more"),
    surface_start_rate=ratio(0, "our choice: cash earns nothing in the house"),
    surface_start_slope=ratio("-0.08", "our choice: puts dearer than calls, as after 2020"),
)

EXPIRY: Final = ExpiryProfile(
    expiry_window=seconds(1_800, f"{DERIVE}: 30-minute average; unused where landing counts"),
    expiry_grace=seconds(1_800, "our choice: one window more for a late observation"),
)

LISTING: Final = ListingProfile(
    listing_near=seconds(86_400, "our choice: options of a day"),
    listing_far=seconds(2_592_000, "our choice: options of thirty days"),
    listing_strike_step=ratio("0.1", "our choice: five strikes, a tenth apart"),
    option_vault_capital=usd(2_000_000, "our choice: a tenth of the perpetuals' liquidity"),
)

SCENARIOS: Final = ScenarioProfile(
    scenario_spot_step=ratio("0.05", f"{PMRM}: 5 to 20 % in steps of 5"),
    scenario_volatility_up=ratio("0.60", PMRM),
    scenario_volatility_down=ratio("0.30", PMRM),
    scenario_short_power=ratio("0.30", PMRM),
    scenario_long_power=ratio("0.13", PMRM),
    scenario_tail_down=ratio("0.5", f"{PMRM} PM2 has dampened tails; depth of our choice"),
    scenario_tail_up=ratio(1, f"{PMRM} PM2 has dampened tails; depth of our choice"),
    scenario_tail_weight=ratio("0.3", f"{PMRM} PM2 dampens by about a third"),
    scenario_naked_ratio=ratio("0.02", f"{PMRM}: naked options 2 % of spot"),
    scenario_initial_factor=ratio("1.25", PMRM),
)


def _values(section: object) -> list[int]:
    return [getattr(section, item.name).value for item in fields(section)]  # type: ignore[arg-type]
