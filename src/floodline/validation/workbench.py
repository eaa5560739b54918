"""A node with the deployer's account on it: for laws about single contracts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from floodline.campaign.setup import GENESIS_S, SetupDriver
from floodline.campaign.world import GENESIS_BALANCE_WEI
from floodline.chain.abi import ContractInterface
from floodline.chain.accounts import AccountBook
from floodline.chain.anvil import AnvilNode
from floodline.foundation.units import GWEI
from floodline.protocols.interface import Call
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts

_GAS_LIMIT: Final = 30_000_000
_CALL_GAS: Final = 1_000_000


class Workbench:
    """Deploys contracts, calls them one transaction a block, reads them."""

    def __init__(self, driver: SetupDriver) -> None:
        self.driver = driver
        self._artifacts = load_artifacts()
        self._interfaces: dict[bytes, ContractInterface] = {}

    def deploy(self, artifact: str, *arguments: object) -> bytes:
        """Deploy a compiled contract and return its address."""
        address = self.driver.deploy(artifact, *arguments)
        self._interfaces[address] = ContractInterface(self._artifacts[artifact].abi)
        return address

    def interface(self, address: bytes) -> ContractInterface:
        """Return the interface of a contract deployed here."""
        return self._interfaces[address]

    def act(self, address: bytes, function: str, *arguments: object) -> None:
        """Call from the deployer, in a block of its own; a revert is an error."""
        data = self._interfaces[address].encode(function, *arguments)
        self.driver.send(self.driver.deployer, Call(address, data, _CALL_GAS, function))
        self.driver.flush()

    def read(self, address: bytes, function: str, *arguments: object) -> Any:
        """Read from the latest block."""
        interface = self._interfaces[address]
        data = self.driver.view(address, interface.encode(function, *arguments))
        return interface.decode_output(function, data)


@contextmanager
def open_workbench() -> Iterator[Workbench]:
    """Start a node and keep it until the end of the block."""
    accounts = AccountBook(0)
    accounts.account("deployer")
    with TemporaryDirectory() as folder:
        node = AnvilNode.start(
            find_anvil().path,
            gas_limit=_GAS_LIMIT,
            base_fee=GWEI,
            timestamp=GENESIS_S,
            log_path=Path(folder) / "anvil.log",
        )
        try:
            node.set_balances([(account.address, GENESIS_BALANCE_WEI) for account in accounts])
            yield Workbench(
                SetupDriver(
                    node, accounts, load_artifacts(), GENESIS_S, _GAS_LIMIT, lambda data: data.hex()
                )
            )
        finally:
            node.close()
