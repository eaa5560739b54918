"""The contracts that act on accounts in trouble."""

from __future__ import annotations

from typing import NamedTuple

from floodline.protocols.reference.deploy_core import Core
from floodline.protocols.reference.deploy_site import Site
from floodline.protocols.reference.profiles import asset_id
from floodline.protocols.reference.switches import Deleveraging
from floodline.protocols.reference.switches import Liquidation as LiquidationKind


class Liquidation(NamedTuple):
    """Addresses; None where the profile does not have the mechanism."""

    engine: bytes
    waterfall: bytes
    deleverager: bytes | None


def deploy_liquidation(site: Site, core: Core, hub: bytes) -> Liquidation:
    """Deploy the loss waterfall, the liquidation engine and deleveraging."""
    profile = site.profile
    waterfall = site.deploy("LossWaterfall", core.house, profile.vault_loss_share.value)
    site.admit_engine(core.house, waterfall)
    engine = site.deploy(
        "LiquidationEngine",
        core.house,
        hub,
        waterfall,
        tuple(profile.keeper.parameters(asset_id(site.gas_market))),
    )
    site.admit_engine(core.house, engine)
    if profile.switches.liquidation is LiquidationKind.CHUNKS:
        rules = tuple(profile.liquidation.parameters())
        for address in core.markets.values():
            site.configure("LiquidationEngine", engine, "setLiquidationParameters", address, rules)
    deleverager = None
    if profile.switches.adl is not Deleveraging.NONE:
        seconds = profile.deleveraging_seconds.value
        site.configure("LossWaterfall", waterfall, "setDeleveragingSeconds", seconds)
        rule = profile.switches.adl.rule
        deleverager = site.deploy("AutoDeleverager", core.house, hub, waterfall, rule)
        site.admit_engine(core.house, deleverager)
    return Liquidation(engine, waterfall, deleverager)
