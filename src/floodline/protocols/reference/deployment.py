"""Deploying the reference protocol: its parts in their order, each by what the profile has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from floodline.chain.abi import ContractInterface
from floodline.foundation.units import USDC, WAD
from floodline.protocols.interface import Call, SetupChain
from floodline.protocols.reference.deploy_core import deploy_core
from floodline.protocols.reference.deploy_liquidation import deploy_liquidation
from floodline.protocols.reference.deploy_oracles import deploy_oracles
from floodline.protocols.reference.deploy_site import CONFIGURE_GAS, Site

_WAD_PER_UNIT: Final = WAD // USDC


@dataclass(frozen=True)
class Deployment:
    """Addresses of a deployed protocol; None where the profile does not have the mechanism."""

    token: bytes
    hub: bytes
    house: bytes
    fund: bytes
    engine: bytes
    lens: bytes
    feeds: dict[str, bytes]
    markets: dict[str, bytes]
    contracts: tuple[str, ...]
    """Names of the contracts that were deployed."""


def deploy(site: Site) -> Deployment:
    """Deploy and wire everything that the profile has, and publish each market's start price."""
    hub, feeds = deploy_oracles(site)
    core = deploy_core(site, hub)
    engine = deploy_liquidation(site, core, hub)
    lens = site.deploy("Lens", core.house, hub, engine)
    return Deployment(
        token=core.token,
        hub=hub,
        house=core.house,
        fund=core.fund,
        engine=engine,
        lens=lens,
        feeds=feeds,
        markets=core.markets,
        contracts=tuple(site.deployed),
    )


def deposit(
    chain: SetupChain,
    deployment: Deployment,
    interfaces: Mapping[str, ContractInterface],
    amounts_wad: Mapping[bytes, int],
) -> None:
    """Mint and pay in collateral for many accounts; amounts are rounded down to whole units."""
    units = {account: amount // _WAD_PER_UNIT for account, amount in amounts_wad.items()}
    total = sum(units.values())
    token, house = interfaces["MockUSDC"], interfaces["ClearingHouse"]
    owner = chain.deployer
    mint = token.encode("mint", owner, total)
    approve = token.encode("approve", deployment.house, total)
    chain.send(owner, Call(deployment.token, mint, CONFIGURE_GAS, "mint"))
    chain.send(owner, Call(deployment.token, approve, CONFIGURE_GAS, "approve"))
    for account, amount in units.items():
        data = house.encode("depositFor", account, amount)
        chain.send(owner, Call(deployment.house, data, CONFIGURE_GAS, "depositFor"))
