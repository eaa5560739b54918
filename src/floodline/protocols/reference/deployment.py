"""Deploying the reference protocol: which contracts, in which order, wired how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from floodline.chain.abi import ContractInterface
from floodline.chain.keccak import keccak256
from floodline.foundation.units import USDC, WAD
from floodline.protocols.interface import Call, SetupChain
from floodline.protocols.reference.profiles import Profile, asset_id

CONTRACTS: Final = (
    "MockUSDC",
    "OracleHub",
    "PushFeed",
    "ClearingHouse",
    "InsuranceFund",
    "PerpMarket",
    "LiquidationEngine",
    "Lens",
)
"""The contracts that make up the protocol."""

COUNTERPARTY: Final = keccak256(b"floodline counterparty")[12:]
"""Ledger account that takes the other side of the traders; nobody holds its key."""

_GAS: Final = 300_000
_WAD_PER_UNIT: Final = WAD // USDC


@dataclass(frozen=True)
class Deployment:
    """Addresses of a deployed protocol."""

    token: bytes
    hub: bytes
    house: bytes
    fund: bytes
    engine: bytes
    lens: bytes
    feeds: dict[str, bytes]
    markets: dict[str, bytes]


def deploy(
    chain: SetupChain,
    profile: Profile,
    interfaces: Mapping[str, ContractInterface],
    prices_e8: Mapping[str, int],
    publishers: Sequence[bytes],
    gas_market: str,
) -> Deployment:
    """Deploy and wire everything, and publish each market's start price.

    Parameters
    ----------
    chain : SetupChain
        Where to.
    profile : Profile
        All parameters.
    interfaces : Mapping[str, ContractInterface]
        By contract name.
    prices_e8 : Mapping[str, int]
        Start price of each market to deploy, 8 decimals.
    publishers : Sequence[bytes]
        Accounts that may push prices, beside the deployer.
    gas_market : str
        Market whose price turns gas into dollars.

    """

    def configure(contract: str, address: bytes, function: str, *arguments: object) -> None:
        data = interfaces[contract].encode(function, *arguments)
        chain.send(chain.deployer, Call(address, data, _GAS, f"{contract}.{function}"))

    oracle = profile.oracle
    token = chain.deploy("MockUSDC")
    hub = chain.deploy("OracleHub")
    house = chain.deploy("ClearingHouse", token, profile.gate_seconds.value)
    fund = chain.deploy("InsuranceFund", house)
    configure("ClearingHouse", house, "setInsuranceFund", fund)
    configure("ClearingHouse", house, "setCounterparty", COUNTERPARTY)
    feeds: dict[str, bytes] = {}
    for market, price in prices_e8.items():
        low, high = oracle.bounds_e8(price)
        feeds[market] = chain.deploy(
            "PushFeed",
            f"{market} / USD",
            low,
            high,
            oracle.heartbeat.value,
            oracle.deviation.value,
            [chain.deployer, *publishers],
        )
        configuration = oracle.asset_configuration(feeds[market], price)
        configure("OracleHub", hub, "configureAsset", asset_id(market), tuple(configuration))
        configure("PushFeed", feeds[market], "transmit", price, chain.now_s - 1)
    markets: dict[str, bytes] = {}
    for market in prices_e8:
        parameters = profile.markets[market].parameters()
        markets[market] = chain.deploy(
            "PerpMarket", house, hub, asset_id(market), tuple(parameters)
        )
        configure("ClearingHouse", house, "registerProduct", markets[market], bytes(20))
    engine = chain.deploy(
        "LiquidationEngine",
        house,
        hub,
        tuple(profile.keeper.parameters(asset_id(gas_market))),
        profile.vault_loss_share.value,
    )
    configure("ClearingHouse", house, "setEngine", engine, True)
    rules = tuple(profile.liquidation.parameters())
    for address in markets.values():
        configure("LiquidationEngine", engine, "setLiquidationParameters", address, rules)
    lens = chain.deploy("Lens", house, hub, engine)
    return Deployment(token, hub, house, fund, engine, lens, feeds, markets)


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
    chain.send(owner, Call(deployment.token, mint, _GAS, "mint"))
    chain.send(owner, Call(deployment.token, approve, _GAS, "approve"))
    for account, amount in units.items():
        data = house.encode("depositFor", account, amount)
        chain.send(owner, Call(deployment.house, data, _GAS, "depositFor"))
