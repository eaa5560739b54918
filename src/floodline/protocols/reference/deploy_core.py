"""Token, ledger, insurance fund and perpetual markets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from floodline.chain.keccak import keccak256
from floodline.protocols.reference.deploy_liquidity import deploy_vault
from floodline.protocols.reference.deploy_site import Site
from floodline.protocols.reference.profiles import asset_id
from floodline.protocols.reference.switches import Fund

COUNTERPARTY: Final = keccak256(b"floodline counterparty")[12:]
"""Ledger account that takes the traders' other side without a vault; nobody holds its key."""

HOUSES_OWN: Final = bytes(20)
"""As a product's backer: the house's counterparty."""


FUNDS: Final[Mapping[Fund, str]] = {
    Fund.WHAT_IT_HAS: "InsuranceFund",
    Fund.ALL_OR_NOTHING: "AllOrNothingFund",
}
"""The fund's contract by its switch."""


class Core(NamedTuple):
    """Addresses of what every deployment has."""

    token: bytes
    house: bytes
    fund: bytes
    markets: dict[str, bytes]
    counterparty: bytes
    """Ledger account that takes the other side of the traders."""


def deploy_core(site: Site, hub: bytes, token: bytes = b"") -> Core:
    """Deploy the ledger with its fund and the markets as its products.

    Parameters
    ----------
    site : Site
        Where to, and by which profile.
    hub : bytes
        Where prices come from.
    token : bytes
        The settlement token, if it is there already.

    """
    profile = site.profile
    token = token or site.deploy("MockUSDC")
    house = site.deploy_with_hub("ClearingHouse", hub, token, profile.gate_seconds.value)
    fund = site.deploy(FUNDS[profile.switches.fund], house)
    site.configure("ClearingHouse", house, "setInsuranceFund", fund)
    backer = deploy_vault(site, house, hub) if profile.switches.vault else COUNTERPARTY
    site.configure("ClearingHouse", house, "setCounterparty", backer)
    markets: dict[str, bytes] = {}
    for market in site.prices_e8:
        parameters = tuple(profile.market_parameters(market))
        markets[market] = site.deploy("PerpMarket", house, hub, asset_id(market), parameters)
        site.configure("ClearingHouse", house, "registerProduct", markets[market], HOUSES_OWN)
    return Core(token, house, fund, markets, backer)
