"""What the parts of a deployment share: the chain, the profile, and what has been deployed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from floodline.chain.abi import ContractInterface
from floodline.protocols.interface import Call, SetupChain
from floodline.protocols.reference.profiles import Profile
from floodline.protocols.reference.switches import Oracle
from floodline.toolchain.compile import Artifacts

CARRYING: Final[Mapping[str, str]] = {
    name: f"Carrying{name}"
    for name in (
        "AsyncOrders",
        "AutoDeleverager",
        "ClearingHouse",
        "ExpiryPrices",
        "HedgedVault",
        "LPVault",
        "Lens",
        "LiquidationEngine",
        "OptionLiquidator",
        "OptionMarket",
        "PerpMarket",
        "PortfolioAuction",
    )
}
"""Contracts whose callers bring prices along, where feeds are pulled."""

CONFIGURE_GAS = 300_000
"""Gas that one step of the set-up may use."""


class Interfaces(Mapping[str, ContractInterface]):
    """The contracts' interfaces by name, each made when it is first asked for.

    Parameters
    ----------
    artifacts : Artifacts
        The compiled contracts.

    """

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts
        self._made: dict[str, ContractInterface] = {}

    def __getitem__(self, name: str) -> ContractInterface:
        if name not in self._made:
            self._made[name] = ContractInterface(self._artifacts[name].abi)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._artifacts)

    def __len__(self) -> int:
        return len(self._artifacts)


@dataclass
class Site:
    """Where the protocol is deployed, by which profile; each part adds its contracts.

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

    chain: SetupChain
    profile: Profile
    interfaces: Mapping[str, ContractInterface]
    prices_e8: Mapping[str, int]
    publishers: Sequence[bytes]
    gas_market: str
    deployed: list[str] = field(default_factory=list)
    """Names of the contracts that were deployed, each once."""

    def deploy(self, contract: str, *arguments: object) -> bytes:
        """Deploy a contract, in the variant that the profile asks for; return its address."""
        if self.profile.switches.oracle is Oracle.PULL:
            contract = CARRYING.get(contract, contract)
        if contract not in self.deployed:
            self.deployed.append(contract)
        return self.chain.deploy(contract, *arguments)

    def deploy_with_hub(self, contract: str, hub: bytes, *arguments: object) -> bytes:
        """Deploy a contract that has to know the hub only where its callers bring prices."""
        pulls = self.profile.switches.oracle is Oracle.PULL
        return self.deploy(contract, *arguments, *([hub] if pulls else []))

    def configure(self, contract: str, address: bytes, function: str, *arguments: object) -> None:
        """Send a call of the owner."""
        data = self.interfaces[contract].encode(function, *arguments)
        call = Call(address, data, CONFIGURE_GAS, f"{contract}.{function}")
        self.chain.send(self.chain.deployer, call)

    def admit_engine(self, house: bytes, engine: bytes) -> None:
        """Let a contract act on accounts."""
        self.configure("ClearingHouse", house, "setEngine", engine, True)
