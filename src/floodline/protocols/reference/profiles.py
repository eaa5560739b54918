"""Parameter profiles of the reference protocol; every number names its unit and its source.

``base`` is a middle-of-the-road venue, ``aggressive`` is Synthetix v3 on Base (thin maintenance
margin, keeper pay capped by a constant), ``conservative`` has Derive's margins and pays keepers
their tip. A number that no production protocol gave says so and why it was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal

from floodline.foundation.units import FEED, WAD, wad
from floodline.protocols.reference.model_parameters import (
    AssetConfiguration,
    KeeperParameters,
    LiquidationParameters,
    MarketParameters,
)

WAD_PER_FEED_UNIT = 10**10
"""WAD per unit of an 8-decimal feed."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number with its unit and where it comes from."""

    value: int
    """What the contract is given."""
    unit: str
    """Its unit; WAD amounts are multiplied by 1e18."""
    source: str
    """The protocol or document, or the reason for our own choice."""


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

    def parameters(self) -> MarketParameters:
        """Return the struct for ``PerpMarket``'s constructor."""
        return MarketParameters(*_values(self))


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

    def parameters(self) -> LiquidationParameters:
        """Return the struct for ``setLiquidationParameters``."""
        return LiquidationParameters(*_values(self))


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


@dataclass(frozen=True)
class Profile:
    """All parameters of a deployment."""

    name: str
    description: str
    markets: Mapping[str, MarketProfile]
    """By market name."""
    liquidation: LiquidationProfile
    keeper: KeeperProfile
    oracle: OracleProfile
    gate_seconds: Parameter
    """How long withdrawals rest after an uncovered deficit."""
    vault_loss_share: Parameter
    """The counterparty's share of a shortfall left by the insurance fund."""


def asset_id(name: str) -> bytes:
    """Return the 32-byte asset id of a market: its ASCII name, padded with zeros on the right."""
    return name.encode("ascii").ljust(32, b"\0")


def rows(profile: Profile) -> list[tuple[str, float, str, str]]:
    """Return every parameter of a profile as (key, value, unit, source), in natural units.

    The keys are those that a campaign's ``protocol.overrides`` takes.
    """
    found: list[tuple[str, float, str, str]] = []

    def add(prefix: str, owner: object) -> None:
        for field in fields(owner):  # type: ignore[arg-type]
            part = getattr(owner, field.name)
            if isinstance(part, Parameter):
                unit = part.unit.removeprefix("WAD ")
                scale = WAD if unit != part.unit else 1
                found.append((prefix + field.name, part.value / scale, unit, part.source))

    for market, given in profile.markets.items():
        add(f"{market}.", given)
    for section in (profile.liquidation, profile.keeper, profile.oracle, profile):
        add("", section)
    return found


def _values(profile: MarketProfile | LiquidationProfile) -> list[int]:
    return [getattr(profile, field.name).value for field in fields(profile)]


def _ratio(amount: str | int | Decimal, source: str, unit: str = "WAD ratio") -> Parameter:
    return Parameter(wad(amount), unit, source)


def _usd(amount: str | int, source: str) -> Parameter:
    return Parameter(wad(amount), "WAD USD", source)


_BASE = "Synthetix v3 on Base, February 2025"
_ARBITRUM = "Synthetix v3 on Arbitrum"
_CURIE = "Perpetual Protocol v2 (curie)"

_ETH = MarketProfile(
    skew_scale=_ratio(300_000, _BASE, "WAD ETH"),
    max_funding_velocity=_ratio(9, _BASE, "WAD per day squared"),
    maker_fee=_ratio(0, _ARBITRUM),
    taker_fee=_ratio("0.0005", f"{_ARBITRUM}; GMX v2 takes 4 to 6 bp"),
    max_side_size=_ratio(30_700, _BASE, "WAD ETH"),
    max_side_value=_usd(50_000_000, _BASE),
    min_initial_ratio=_ratio(
        "0.05", "between the 2 % of Synthetix and dYdX v4 and the 10 % of curie and Derive"
    ),
    initial_ratio_slope=_ratio("1.16", _BASE),
    max_initial_ratio=_ratio(1, "a position never needs more margin than its notional"),
    maintenance_scalar=_ratio("0.60", "dYdX v4 large caps (3 % of 5 %)"),
    min_position_margin=_usd(15, _BASE),
    min_notional=_usd(100, f"{_CURIE} closes positions up to $100 whole; none smaller opens here"),
    flag_reward_ratio=_ratio("0.0003", _BASE),
    min_flag_reward=_usd(1, f"{_BASE}: the least profit of a keeper, kept in margin"),
    locked_oi_ratio=_ratio("0.1", _BASE),
    fund_fee_share=_ratio("0.1", "our choice: a tenth of trading fees grows the fund"),
)

_BTC = replace(
    _ETH,
    skew_scale=_ratio(12_500, _BASE, "WAD BTC"),
    max_side_size=_ratio(1_200, _BASE, "WAD BTC"),
    initial_ratio_slope=_ratio("1.54", _BASE),
)

_LIQUIDATION = LiquidationProfile(
    window_seconds=Parameter(30, "seconds", _BASE),
    capacity_multiplier=_ratio("1.5", _BASE),
    max_premium=_ratio("0.0005", _BASE),
    dust_notional=_usd(100, _CURIE),
    close_factor=_ratio("0.5", f"{_CURIE}; Aave v3"),
    penalty_ratio=_ratio("0.025", _CURIE),
    penalty_fund_share=_ratio("0.5", f"{_CURIE}: half to the insurance fund"),
)

_KEEPER = KeeperProfile(
    gas_units=Parameter(
        400_000, "gas", "liquidation measured on this protocol (data/reference/gas.csv), rounded up"
    ),
    min_profit=_usd(1, _ARBITRUM),
    profit_ratio=_ratio("0.3", _ARBITRUM),
    margin_scaling=_ratio("0.4", _ARBITRUM),
    constant_cap=_usd(30, f"{_BASE}; applies only where the cap is on"),
    cap_enabled=Parameter(0, "switch", "off: a constant cap makes keepers strike when gas is dear"),
    reimburse_tip=Parameter(0, "switch", f"{_BASE}: only the base fee is reimbursed"),
)

_ORACLE = OracleProfile(
    heartbeat=Parameter(3_600, "seconds", "Chainlink ETH/USD and BTC/USD on mainnet"),
    deviation=_ratio("0.005", "Chainlink ETH/USD and BTC/USD on mainnet"),
    max_age_default=Parameter(
        7_200, "seconds", "two heartbeats: one missed update does not stop trading"
    ),
    max_age_strict=Parameter(
        3_660,
        "seconds",
        "heartbeat and a minute. Synthetix's 60 s presume a pull feed; a push feed that is quiet "
        "is fresh by its own contract until its heartbeat, so a strict age below it would stop "
        "all liquidations in a calm market",
    ),
    lower_bound=_ratio("0.1", "a tenth of the start price; Venus 2022 shows a bound set too high"),
    upper_bound=_ratio(10, "ten times the start price"),
)

BASE = Profile(
    name="base",
    description="5 % initial and 3 % maintenance margin, uncapped keeper pay.",
    markets={"ETH": _ETH, "BTC": _BTC},
    liquidation=_LIQUIDATION,
    keeper=_KEEPER,
    oracle=_ORACLE,
    gate_seconds=Parameter(
        3_600, "seconds", "our choice, one heartbeat; Derive and dYdX v4 gate withdrawals likewise"
    ),
    vault_loss_share=_ratio(
        "0.5", "our choice: a capped share, so that the haircut, as in Derive v2, is exercised too"
    ),
)

AGGRESSIVE = replace(
    BASE,
    name="aggressive",
    description="Synthetix v3 on Base: 2 % initial, 0.56 % maintenance, keeper pay capped at $30.",
    markets={
        name: replace(
            market,
            maker_fee=_ratio("0.000001", _BASE),
            min_initial_ratio=_ratio("0.02", _BASE),
            maintenance_scalar=_ratio("0.28", _BASE),
        )
        for name, market in BASE.markets.items()
    },
    keeper=replace(
        _KEEPER,
        margin_scaling=_ratio("0.3", _BASE),
        cap_enabled=Parameter(1, "switch", f"{_BASE}: $30 whatever gas costs"),
    ),
)

CONSERVATIVE = replace(
    BASE,
    name="conservative",
    description="Derive: 10 % initial and 6.5 % maintenance margin; keepers get their tip back.",
    markets={
        name: replace(
            market,
            min_initial_ratio=_ratio("0.10", "Derive v2 standard manager, perpetuals"),
            maintenance_scalar=_ratio("0.65", "Derive v2 standard manager (6.5 % of 10 %)"),
        )
        for name, market in BASE.markets.items()
    },
    keeper=replace(
        _KEEPER,
        reimburse_tip=Parameter(
            1, "switch", "our choice: under congestion the tip, not the base fee, wins the place"
        ),
    ),
)

PROFILES: Mapping[str, Profile] = {
    profile.name: profile for profile in (BASE, AGGRESSIVE, CONSERVATIVE)
}
"""All profiles by name."""

START_PRICES_E8: Mapping[str, int] = {"ETH": 3_000 * FEED, "BTC": 60_000 * FEED}
"""Round start prices for tests and examples, 8 decimals."""
