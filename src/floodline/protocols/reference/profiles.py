"""Parameter profiles of the reference protocol; every number names its unit and its source.

``base`` is a middle-of-the-road venue, ``aggressive`` is Synthetix v3 on Base (thin maintenance
margin, keeper pay capped by a constant), ``conservative`` has Derive's margins and pays keepers
their tip. A number that no production protocol gave says so and why it was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace

from floodline.foundation.units import FEED, WAD
from floodline.protocols.reference.model_auction_math import AuctionKind, AuctionParameters
from floodline.protocols.reference.model_parameters import MarketParameters
from floodline.protocols.reference.profile_auction import AUCTION, AuctionProfile
from floodline.protocols.reference.profile_bad_practice import bad_practice
from floodline.protocols.reference.profile_collateral import COLLATERAL, CollateralProfile
from floodline.protocols.reference.profile_core import (
    KeeperProfile,
    LiquidationProfile,
    MarketProfile,
    OracleProfile,
)
from floodline.protocols.reference.profile_high_leverage import high_leverage
from floodline.protocols.reference.profile_liquidity import (
    AMM,
    HEDGE,
    VAULT,
    AmmProfile,
    HedgeProfile,
    VaultProfile,
)
from floodline.protocols.reference.profile_options import (
    EXPIRY,
    LISTING,
    OPTION_LIQUIDATION,
    OPTIONS,
    SCENARIOS,
    SURFACE,
    ExpiryProfile,
    ListingProfile,
    OptionLiquidationProfile,
    OptionProfile,
    ScenarioProfile,
    SurfaceProfile,
)
from floodline.protocols.reference.profile_oracles import (
    FEEDS,
    GUARDS,
    FeedsProfile,
    GuardsProfile,
)
from floodline.protocols.reference.profile_orders import ORDERS, OrdersProfile
from floodline.protocols.reference.profile_parameter import (
    CURIE,
    DYDX,
    SYNTHETIX_ARBITRUM,
    SYNTHETIX_BASE,
    Parameter,
    ratio,
    seconds,
    usd,
)
from floodline.protocols.reference.switches import InitialMargin, Liquidation, Switches


@dataclass(frozen=True)
class Profile:
    """All parameters of a deployment."""

    name: str
    description: str
    switches: Switches
    """Variant of each mechanism."""
    markets: Mapping[str, MarketProfile]
    """By market name."""
    liquidation: LiquidationProfile
    keeper: KeeperProfile
    oracle: OracleProfile
    feeds: FeedsProfile
    guards: GuardsProfile
    amm: AmmProfile
    vault: VaultProfile
    hedge: HedgeProfile
    orders: OrdersProfile
    auction: AuctionProfile
    gate_seconds: Parameter
    """How long withdrawals rest after an uncovered deficit."""
    vault_loss_share: Parameter
    """The counterparty's share of a shortfall left by the insurance fund."""
    deleveraging_seconds: Parameter
    """How long bankrupt accounts wait to be deleveraged, where deleveraging is on."""

    options: OptionProfile = OPTIONS
    """The sections on options apply where the switch is on."""
    option_liquidation: OptionLiquidationProfile = OPTION_LIQUIDATION
    surface: SurfaceProfile = SURFACE
    expiry: ExpiryProfile = EXPIRY
    listing: ListingProfile = LISTING
    scenarios: ScenarioProfile = SCENARIOS
    collateral: CollateralProfile = COLLATERAL
    """Applies where the switch is multi."""

    def auction_parameters(self) -> AuctionParameters:
        """Return the auction's struct for the contract, as the switches have it."""
        clipper = self.switches.liquidation is Liquidation.CLIPPER
        kind = AuctionKind.STEPWISE if clipper else AuctionKind.PHASED
        return self.auction.parameters(kind, perps_by_chunks=False)

    def market_parameters(self, market: str) -> MarketParameters:
        """Return a market's struct for the contract, as the switches have it."""
        scaled = self.switches.initial_margin is InitialMargin.OPEN_INTEREST
        return self.markets[market].parameters(scaled_by_oi=scaled)


def asset_id(name: str) -> bytes:
    """Return the 32-byte asset id of a market: its ASCII name, padded with zeros on the right."""
    return name.encode("ascii").ljust(32, b"\0")


def rows(profile: Profile) -> list[tuple[str, float, str, str]]:
    """Return every parameter of a profile as (key, value, unit, source), in natural units.

    The keys are those that a campaign's ``protocol.overrides`` takes.
    """
    found: list[tuple[str, float, str, str]] = []

    def add(prefix: str, owner: object) -> None:
        for inner in fields(owner):  # type: ignore[arg-type]
            part = getattr(owner, inner.name)
            if isinstance(part, Parameter):
                unit = part.unit.removeprefix("WAD ")
                scale = WAD if unit != part.unit else 1
                found.append((prefix + inner.name, part.value / scale, unit, part.source))

    for market, given in profile.markets.items():
        add(f"{market}.", given)
    for field in fields(profile):
        section = getattr(profile, field.name)
        if is_dataclass(section) and not isinstance(section, Parameter):
            add("", section)
    add("", profile)
    return found


_ETH = MarketProfile(
    skew_scale=ratio(300_000, SYNTHETIX_BASE, "WAD ETH"),
    max_funding_velocity=ratio(9, SYNTHETIX_BASE, "WAD per day squared"),
    maker_fee=ratio(0, SYNTHETIX_ARBITRUM),
    taker_fee=ratio("0.0005", f"{SYNTHETIX_ARBITRUM}; GMX v2 takes 4 to 6 bp"),
    max_side_size=ratio(30_700, SYNTHETIX_BASE, "WAD ETH"),
    max_side_value=usd(50_000_000, SYNTHETIX_BASE),
    min_initial_ratio=ratio(
        "0.05", "between the 2 % of Synthetix and dYdX v4 and the 10 % of curie and Derive"
    ),
    initial_ratio_slope=ratio("1.16", SYNTHETIX_BASE),
    max_initial_ratio=ratio(1, "a position never needs more margin than its notional"),
    maintenance_scalar=ratio("0.60", "dYdX v4 large caps (3 % of 5 %)"),
    min_position_margin=usd(15, SYNTHETIX_BASE),
    min_notional=usd(100, f"{CURIE} closes positions up to $100 whole; none smaller opens here"),
    flag_reward_ratio=ratio("0.0003", SYNTHETIX_BASE),
    min_flag_reward=usd(1, f"{SYNTHETIX_BASE}: the least profit of a keeper, kept in margin"),
    locked_oi_ratio=ratio("0.1", SYNTHETIX_BASE),
    fund_fee_share=ratio("0.1", "our choice: a tenth of trading fees grows the fund"),
    oi_scale_start=usd(20_000_000, f"{DYDX} mid caps; where the switch initial_margin says so"),
    oi_scale_full=usd(50_000_000, f"{DYDX} mid caps: all margin is asked for from here"),
)

_BTC = replace(
    _ETH,
    skew_scale=ratio(12_500, SYNTHETIX_BASE, "WAD BTC"),
    max_side_size=ratio(1_200, SYNTHETIX_BASE, "WAD BTC"),
    initial_ratio_slope=ratio("1.54", SYNTHETIX_BASE),
)

_ALT = replace(
    _ETH,
    skew_scale=ratio(1_000_000, "our choice; set it to a campaign's price", "WAD ALT"),
    max_side_size=ratio(100_000, "our choice: a tenth of the scale, as of ETH", "WAD ALT"),
    min_initial_ratio=ratio("0.20", f"{DYDX} long tail"),
    maintenance_scalar=ratio("0.5", f"{DYDX} long tail (10 % of 20 %)"),
)

_LIQUIDATION = LiquidationProfile(
    window_seconds=seconds(30, SYNTHETIX_BASE),
    capacity_multiplier=ratio("1.5", SYNTHETIX_BASE),
    max_premium=ratio("0.0005", SYNTHETIX_BASE),
    dust_notional=usd(100, CURIE),
    close_factor=ratio("0.5", f"{CURIE}; Aave v3"),
    penalty_ratio=ratio("0.025", CURIE),
    penalty_fund_share=ratio("0.5", f"{CURIE}: half to the insurance fund"),
    spiral_guard=Parameter(
        1, "switch", "on: no incentive above 1 / LTV, the lesson of Aave's CRV (arXiv 2212.07306)"
    ),
)

_KEEPER = KeeperProfile(
    gas_units=Parameter(
        400_000, "gas", "liquidation measured on this protocol (data/reference/gas.csv), rounded up"
    ),
    min_profit=usd(1, SYNTHETIX_ARBITRUM),
    profit_ratio=ratio("0.3", SYNTHETIX_ARBITRUM),
    margin_scaling=ratio("0.4", SYNTHETIX_ARBITRUM),
    constant_cap=usd(30, f"{SYNTHETIX_BASE}; applies only where the cap is on"),
    cap_enabled=Parameter(0, "switch", "off: a constant cap makes keepers strike when gas is dear"),
    reimburse_tip=Parameter(0, "switch", f"{SYNTHETIX_BASE}: only the base fee is reimbursed"),
)

_ORACLE = OracleProfile(
    heartbeat=seconds(3_600, "Chainlink ETH/USD and BTC/USD on mainnet"),
    deviation=ratio("0.005", "Chainlink ETH/USD and BTC/USD on mainnet"),
    max_age_default=seconds(7_200, "two heartbeats: one missed update does not stop trading"),
    max_age_strict=seconds(
        3_660,
        "heartbeat and a minute. Synthetix's 60 s presume a pull feed; a push feed that is quiet "
        "is fresh by its own contract until its heartbeat, so a strict age below it would stop "
        "all liquidations in a calm market",
    ),
    lower_bound=ratio("0.1", "a tenth of the start price; Venus 2022 shows a bound set too high"),
    upper_bound=ratio(10, "ten times the start price"),
)

BASE = Profile(
    name="base",
    description="5 % initial and 3 % maintenance margin, uncapped keeper pay.",
    switches=Switches(),
    markets={"ETH": _ETH, "BTC": _BTC, "ALT": _ALT},
    liquidation=_LIQUIDATION,
    keeper=_KEEPER,
    oracle=_ORACLE,
    feeds=FEEDS,
    guards=GUARDS,
    amm=AMM,
    vault=VAULT,
    hedge=HEDGE,
    orders=ORDERS,
    auction=AUCTION,
    gate_seconds=seconds(
        3_600, "our choice, one heartbeat; Derive and dYdX v4 gate withdrawals likewise"
    ),
    vault_loss_share=ratio(
        "0.5", "our choice: a capped share, so that the haircut, as in Derive v2, is exercised too"
    ),
    deleveraging_seconds=seconds(
        60, "our choice: five slots, so that a call gets through a block or two that are full"
    ),
)

AGGRESSIVE = replace(
    BASE,
    name="aggressive",
    description="Synthetix v3 on Base: 2 % initial, 0.56 % maintenance, keeper pay capped at $30.",
    markets={
        name: replace(
            market,
            maker_fee=ratio("0.000001", SYNTHETIX_BASE),
            min_initial_ratio=ratio("0.02", SYNTHETIX_BASE),
            maintenance_scalar=ratio("0.28", SYNTHETIX_BASE),
        )
        for name, market in BASE.markets.items()
    },
    liquidation=replace(
        _LIQUIDATION,
        spiral_guard=Parameter(
            0, "switch", "off: penalties above the freed margin, for all Synthetix seizes at once"
        ),
    ),
    keeper=replace(
        _KEEPER,
        margin_scaling=ratio("0.3", SYNTHETIX_BASE),
        cap_enabled=Parameter(1, "switch", f"{SYNTHETIX_BASE}: $30 whatever gas costs"),
    ),
)

CONSERVATIVE = replace(
    BASE,
    name="conservative",
    description="Derive: 10 % initial and 6.5 % maintenance margin; keepers get their tip back.",
    markets={
        name: replace(
            market,
            min_initial_ratio=ratio("0.10", "Derive v2 standard manager, perpetuals"),
            maintenance_scalar=ratio("0.65", "Derive v2 standard manager (6.5 % of 10 %)"),
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
    profile.name: profile
    for profile in (
        BASE,
        AGGRESSIVE,
        CONSERVATIVE,
        high_leverage(BASE),
        bad_practice(BASE),
    )
}
"""All profiles by name."""

START_PRICES_E8: Mapping[str, int] = {"ETH": 3_000 * FEED, "BTC": 60_000 * FEED}
"""Round start prices for tests and examples, 8 decimals."""
