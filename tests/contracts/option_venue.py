"""Options on top of the venue: what the tests of options share."""

from types import SimpleNamespace

from conftest import ETH, USDC

from floodline.foundation.units import wad
from floodline.protocols.reference.profile_options import (
    EXPIRY,
    OPTION_LIQUIDATION,
    OPTIONS,
    SCENARIOS,
    SURFACE,
)

DAY_S = 86_400
STRIKES = (2_700, 2_850, 3_000, 3_150, 3_300, 3_450)


def add_options(venue, deploy, owner, publisher, vault, now):
    """Deploy and wire everything that options need, list twelve of them and publish volatility."""
    surface = deploy("VolSurface", tuple(SURFACE.parameters()), [publisher])
    expiries = deploy(
        "ExpiryPrices", venue.hub, EXPIRY.expiry_window.value, EXPIRY.expiry_grace.value
    )
    market = deploy(
        "OptionMarket", venue.house, venue.hub, surface, expiries, ETH, tuple(OPTIONS.parameters())
    )
    margin = deploy("PortfolioMargin", venue.house, venue.hub, tuple(SCENARIOS.parameters()))
    liquidator = deploy(
        "OptionLiquidator",
        venue.house,
        venue.hub,
        venue.engine,
        tuple(OPTION_LIQUIDATION.parameters()),
    )
    surface.setMarket(market, sender=owner)
    margin.setSurface(ETH, surface, sender=owner)
    venue.house.registerProduct(market, vault, sender=owner)
    venue.house.setMarginModel(margin, sender=owner)
    venue.house.setEngine(liquidator, True, sender=owner)
    venue.house.depositFor(vault, 2_000_000 * USDC, sender=owner)
    expiry = now + 30 * DAY_S
    for strike in STRIKES:
        for is_call in (True, False):
            market.listSeries(wad(strike), expiry, is_call, sender=owner)
    surface.push(tuple(SURFACE.start()), now, sender=publisher)
    return SimpleNamespace(
        **vars(venue),
        surface=surface,
        expiries=expiries,
        options=market,
        margin=margin,
        liquidator=liquidator,
        vault=vault,
        expiry=expiry,
        at_the_money=STRIKES.index(3_000) * 2,
    )
