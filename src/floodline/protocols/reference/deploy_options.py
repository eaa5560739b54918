"""Options on every market's asset: surface, market, expiry prices, scenario margin, closing."""

from __future__ import annotations

from typing import Final, NamedTuple

from floodline.chain.keccak import keccak256
from floodline.protocols.facets import OptionSeries
from floodline.protocols.reference.deploy_core import Core
from floodline.protocols.reference.deploy_hedges import hedge_options
from floodline.protocols.reference.deploy_liquidity import deploy_option_vault
from floodline.protocols.reference.deploy_site import Site
from floodline.protocols.reference.profile_core import WAD_PER_FEED_UNIT
from floodline.protocols.reference.profiles import asset_id
from floodline.protocols.reference.switches import ExpiryPrice, MarginRule

OPTION_VAULT: Final = keccak256(b"floodline option vault")[12:]
"""Ledger account of option traders' other side without a vault; nobody holds its key."""


class OptionSuite(NamedTuple):
    """Addresses of everything that options need, and what is listed."""

    backer: bytes
    """Ledger account that takes the traders' other side: a hedged vault's, or one of nobody's."""
    markets: dict[str, bytes]
    surfaces: dict[str, bytes]
    expiries: bytes
    margin: bytes
    liquidator: bytes
    lens: bytes
    series: dict[str, list[OptionSeries]]


def deploy_options(site: Site, core: Core, hub: bytes, engine: bytes) -> OptionSuite:
    """Deploy and wire options, list the first of them and publish where volatility starts."""
    profile, house = site.profile, core.house
    landing = profile.switches.expiry_price is ExpiryPrice.LANDING
    expiries = site.deploy(
        "ExpiryPrices",
        hub,
        0 if landing else profile.expiry.expiry_window.value,
        profile.expiry.expiry_grace.value,
    )
    margin = site.deploy("PortfolioMargin", house, hub, tuple(profile.scenarios.parameters()))
    if profile.switches.margin is MarginRule.CAPPED:
        site.configure("PortfolioMargin", margin, "setCapped", True)
    site.configure("ClearingHouse", house, "setMarginModel", margin)
    closing = tuple(profile.option_liquidation.parameters())
    liquidator = site.deploy("OptionLiquidator", house, hub, engine, closing)
    site.configure("ClearingHouse", house, "setEngine", liquidator, True)
    backer = deploy_option_vault(site, house, hub) if profile.switches.vault else OPTION_VAULT
    surfaces: dict[str, bytes] = {}
    markets: dict[str, bytes] = {}
    for market in site.prices_e8:
        surfaces[market], markets[market] = _market(site, house, hub, expiries, market, backer)
        site.configure("PortfolioMargin", margin, "setSurface", asset_id(market), surfaces[market])
    lens = site.deploy("OptionLens", house)
    series = {market: _list(site, market, address) for market, address in markets.items()}
    if profile.switches.vault:
        hedge_options(site, core, backer, markets)
    return OptionSuite(backer, markets, surfaces, expiries, margin, liquidator, lens, series)


def _market(
    site: Site, house: bytes, hub: bytes, expiries: bytes, market: str, backer: bytes
) -> tuple[bytes, bytes]:
    """Deploy an asset's surface and option market, and publish volatility."""
    profile = site.profile
    publishers = [site.chain.deployer, *site.publishers]
    rules = profile.surface.parameters(breaker=profile.switches.volatility_breaker)
    surface = site.deploy("VolSurface", tuple(rules), publishers)
    address = site.deploy(
        "OptionMarket",
        house,
        hub,
        surface,
        expiries,
        asset_id(market),
        tuple(profile.options.parameters()),
    )
    site.configure("VolSurface", surface, "setMarket", address)
    site.configure("ClearingHouse", house, "registerProduct", address, backer)
    start = tuple(profile.surface.start())
    site.configure("VolSurface", surface, "push", start, site.chain.now_s - 1)
    return surface, address


def _list(site: Site, market: str, address: bytes) -> list[OptionSeries]:
    """List calls and puts of two expiries around the start price."""
    listing = site.profile.listing
    now = site.chain.now_s
    strikes = listing.strikes(site.prices_e8[market] * WAD_PER_FEED_UNIT)
    found: list[OptionSeries] = []
    for left in (listing.listing_near.value, listing.listing_far.value):
        for strike in strikes:
            for is_call in (True, False):
                expiry = now + left
                site.configure("OptionMarket", address, "listSeries", strike, expiry, is_call)
                found.append(OptionSeries(len(found), market, expiry, strike, is_call))
    return found
