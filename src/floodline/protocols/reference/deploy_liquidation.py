"""The contracts that act on accounts in trouble."""

from __future__ import annotations

from floodline.protocols.reference.deploy_core import Core
from floodline.protocols.reference.deploy_site import Site
from floodline.protocols.reference.profiles import asset_id


def deploy_liquidation(site: Site, core: Core, hub: bytes) -> bytes:
    """Deploy the liquidation engine with each market's rules, and return its address."""
    profile = site.profile
    engine = site.deploy(
        "LiquidationEngine",
        core.house,
        hub,
        tuple(profile.keeper.parameters(asset_id(site.gas_market))),
        profile.vault_loss_share.value,
    )
    site.configure("ClearingHouse", core.house, "setEngine", engine, True)
    rules = tuple(profile.liquidation.parameters())
    for address in core.markets.values():
        site.configure("LiquidationEngine", engine, "setLiquidationParameters", address, rules)
    return engine
