"""Spot pools and the vaults of liquidity providers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from floodline.foundation.errors import CampaignError
from floodline.foundation.units import USDC, WAD
from floodline.protocols.interface import Call
from floodline.protocols.reference.deploy_site import Site

BASE_TOKENS: Final[Mapping[str, tuple[str, int]]] = {
    "ETH": ("MockWETH", 18),
    "BTC": ("MockWBTC", 8),
}
"""Token contract and decimals of each asset that can be held."""

_FEED_TO_WAD: Final = 10**10
_WAD_PER_UNIT: Final = WAD // USDC
_LIQUIDITY_GAS: Final = 400_000
_NO_WAIT: Final = (0, 0)


class Pools(NamedTuple):
    """Addresses of spot pools and of their base tokens, by market; empty without any."""

    pools: dict[str, bytes]
    base_tokens: dict[str, bytes]


def deploy_pools(site: Site, token: bytes) -> Pools:
    """Deploy a spot pool for each market at its start price, filled to the profile's depth."""
    found = Pools({}, {})
    depth = site.profile.amm.amm_depth.value
    for market, price in site.prices_e8.items():
        if market not in BASE_TOKENS:
            raise CampaignError(
                f"protocol.switches.amm: {market} has no token to trade",
                f"use markets among: {', '.join(BASE_TOKENS)}",
            )
        contract, decimals = BASE_TOKENS[market]
        base = site.deploy(contract)
        pool = site.deploy("SpotAmm", base, token, site.profile.amm.amm_fee.value)
        amounts = {
            base: depth * 10**decimals // (price * _FEED_TO_WAD),
            token: depth // _WAD_PER_UNIT,
        }
        owner = site.chain.deployer
        for asset, amount in amounts.items():
            site.configure("MockUSDC", asset, "mint", owner, amount)
            site.configure("MockUSDC", asset, "approve", pool, amount)
        data = site.interfaces["SpotAmm"].encode("addLiquidity", *amounts.values(), 0, owner)
        site.chain.send(owner, Call(pool, data, _LIQUIDITY_GAS, "SpotAmm.addLiquidity"))
        found.pools[market] = pool
        found.base_tokens[market] = base
    return found


def deploy_vault(site: Site, house: bytes, hub: bytes) -> bytes:
    """Deploy the vault that is to be the house's counterparty; nothing waits until `seed`."""
    rest = tuple(site.profile.vault.parameters())[2:]
    given = (house, "Floodline pool", "FLP", (*_NO_WAIT, *rest))
    return site.deploy_with_hub("LPVault", hub, *given)


def deploy_option_vault(site: Site, house: bytes, hub: bytes) -> bytes:
    """Deploy a vault that can hedge in perpetuals; nothing waits until `seed`."""
    rest = tuple(site.profile.vault.parameters())[2:]
    return site.deploy(
        "HedgedVault", house, hub, "Floodline option pool", "FOP", (*_NO_WAIT, *rest)
    )


def seed(site: Site, vault: bytes, token: bytes, amount_wad: int) -> None:
    """Put the deployer's capital into a vault, and let everybody after it wait."""
    owner, units = site.chain.deployer, amount_wad // _WAD_PER_UNIT
    if units:
        site.configure("MockUSDC", token, "mint", owner, units)
        site.configure("MockUSDC", token, "approve", vault, units)
        site.configure("LPVault", vault, "requestDeposit", units, owner)
        data = site.interfaces["LPVault"].encode("process", 1)
        site.chain.send(owner, Call(vault, data, _LIQUIDITY_GAS, "LPVault.process"))
    parameters = tuple(site.profile.vault.parameters())
    site.configure("LPVault", vault, "setParameters", parameters)
