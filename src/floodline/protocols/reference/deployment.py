"""Deploying the reference protocol: its parts in their order, each by what the profile has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from floodline.chain.abi import ContractInterface
from floodline.foundation.units import USDC, WAD
from floodline.protocols.interface import Call, SetupChain
from floodline.protocols.reference.deploy_collateral import deploy_collateral
from floodline.protocols.reference.deploy_core import deploy_core
from floodline.protocols.reference.deploy_liquidation import deploy_liquidation
from floodline.protocols.reference.deploy_liquidity import Pools, deploy_pools, seed
from floodline.protocols.reference.deploy_options import OptionSuite, deploy_options
from floodline.protocols.reference.deploy_oracles import deploy_oracles, hand_over, prepay
from floodline.protocols.reference.deploy_settlement import deploy_auction, deploy_orders
from floodline.protocols.reference.deploy_site import CONFIGURE_GAS, Site
from floodline.protocols.reference.switches import Collateral, Oracle

_WAD_PER_UNIT: Final = WAD // USDC


@dataclass(frozen=True)
class Deployment:
    """Addresses of a deployed protocol; None where the profile does not have the mechanism."""

    token: bytes
    hub: bytes
    house: bytes
    fund: bytes
    engine: bytes
    waterfall: bytes
    deleverager: bytes | None
    lens: bytes
    feeds: dict[str, bytes]
    """By market: what the hub reads."""
    sources: dict[str, bytes]
    """By market: where publishers transmit."""
    references: dict[str, bytes]
    """By market: the pool's average that breakers hold prices against, where there is one."""
    sequencer: bytes | None
    """The sequencer's uptime feed."""
    pools: dict[str, bytes]
    """By market: its spot pool, where there is one."""
    base_tokens: dict[str, bytes]
    """By market: the asset as a token, where there is a pool."""
    markets: dict[str, bytes]
    counterparty: bytes
    """Ledger account behind the markets: a vault's, or one of nobody's."""
    oracle: Oracle
    """Kind of the feeds."""
    hand_over: dict[str, list[tuple[str, tuple[object, ...]]]]
    """By market: the deployer's last calls on its feed, with their arguments."""
    vaults: dict[bytes, str]
    """Contract name of each vault of liquidity providers, by address."""
    orders: bytes | None
    auction: bytes | None
    contracts: tuple[str, ...]
    """Names of the contracts that were deployed."""
    options: OptionSuite | None = None
    collateral: bytes | None = None
    """The vault of tokens that count as margin."""


def deploy(site: Site) -> Deployment:
    """Deploy and wire everything that the profile has, and publish each market's start price."""
    switches = site.profile.switches
    multi = switches.collateral is Collateral.MULTI
    pooled = switches.amm or multi or switches.oracle is Oracle.TWAP
    token = site.deploy("MockUSDC") if pooled else b""
    pools = deploy_pools(site, token) if pooled else Pools({}, {})
    oracles = deploy_oracles(site, pools.pools)
    hub = oracles.hub
    core = deploy_core(site, hub, token)
    liquidation = deploy_liquidation(site, core, hub)
    engine = liquidation.engine
    orders = deploy_orders(site, core, hub)
    auction = deploy_auction(site, core, hub, liquidation.waterfall)
    prepay(site, oracles, [module for module in (orders, auction) if module is not None])
    collateral = deploy_collateral(site, core, hub, pools)
    lens = site.deploy("Lens", core.house, hub, engine)
    options = deploy_options(site, core, hub, engine) if switches.options else None
    vaults = _vaults(core.counterparty, options) if switches.vault else {}
    readers = [*core.markets.values(), liquidation.engine, liquidation.waterfall, lens]
    readers += [core.house, *vaults]
    if liquidation.deleverager is not None:
        readers.append(liquidation.deleverager)
    if options is not None:
        readers += [*options.markets.values(), options.liquidator, options.expiries]
    prepay(site, oracles, readers)
    return Deployment(
        token=core.token,
        hub=hub,
        house=core.house,
        fund=core.fund,
        engine=liquidation.engine,
        waterfall=liquidation.waterfall,
        deleverager=liquidation.deleverager,
        lens=lens,
        feeds=oracles.feeds,
        sources=oracles.sources,
        references=oracles.references,
        sequencer=oracles.sequencer,
        pools=pools.pools,
        base_tokens=pools.base_tokens,
        markets=core.markets,
        counterparty=core.counterparty,
        oracle=switches.oracle,
        hand_over=hand_over(site),
        vaults=vaults,
        orders=orders,
        auction=auction,
        contracts=tuple(site.deployed),
        options=options,
        collateral=collateral,
    )


def _vaults(counterparty: bytes, options: OptionSuite | None) -> dict[bytes, str]:
    found = {counterparty: "LPVault"}
    if options is not None:
        found[options.backer] = "HedgedVault"
    return found


def capitalise(
    site: Site, deployment: Deployment, *, liquidity_wad: int, insurance_wad: int
) -> None:
    """Put capital behind the markets, through the vault where there is one, and into the fund."""
    capital = {deployment.fund: insurance_wad}
    if site.profile.switches.vault:
        seed(site, deployment.counterparty, deployment.token, liquidity_wad)
    else:
        capital = {deployment.counterparty: liquidity_wad, **capital}
    if deployment.options is not None:
        amount = site.profile.listing.option_vault_capital.value
        if site.profile.switches.vault:
            seed(site, deployment.options.backer, deployment.token, amount)
        else:
            capital[deployment.options.backer] = amount
    funded = {account: amount for account, amount in capital.items() if amount}
    deposit(site.chain, deployment, site.interfaces, funded)


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
