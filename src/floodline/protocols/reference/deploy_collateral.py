"""The vault of tokens that count as margin."""

from __future__ import annotations

from floodline.protocols.reference.deploy_core import Core
from floodline.protocols.reference.deploy_liquidity import Pools
from floodline.protocols.reference.deploy_site import Site
from floodline.protocols.reference.profiles import asset_id
from floodline.protocols.reference.switches import Collateral


def deploy_collateral(site: Site, core: Core, hub: bytes, pools: Pools) -> bytes | None:
    """Deploy the vault where tokens count, and admit each pool's asset."""
    if site.profile.switches.collateral is not Collateral.MULTI:
        return None
    vault = site.deploy("CollateralVault", core.house, hub)
    site.configure("ClearingHouse", core.house, "registerCollateral", vault)
    for market, token in pools.base_tokens.items():
        rules = site.profile.collateral.parameters(asset_id(market), pools.pools[market])
        site.configure("CollateralVault", vault, "setCollateral", token, tuple(rules))
    return vault
