"""The option library on a real Anvil."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from floodline.chain.abi import ContractInterface
from floodline.chain.accounts import AccountBook
from floodline.chain.anvil import AnvilNode
from floodline.chain.transaction import DynamicFeeTransaction
from floodline.protocols.reference.model_black_scholes import OptionInputs
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The deployed harness: its interface, a way to call it, and `ask` for several functions."""
    artifact = load_artifacts()["BlackScholesHarness"]
    interface = ContractInterface(artifact.abi)
    log = tmp_path_factory.mktemp("anvil") / "anvil.log"
    with AnvilNode.start(find_anvil().path, log_path=log) as node:
        deployer = AccountBook(seed=1).account("deployer")
        node.set_balances([(deployer.address, 10**24)])
        creation = DynamicFeeTransaction(
            node.chain_id, 0, 0, 10**12, 6_000_000, b"", data=artifact.bytecode
        )
        (tx_hash,) = node.submit_ordered([deployer.sign(creation).raw])
        node.seal(node.block().timestamp + 1)
        (receipt,) = node.receipts_for([tx_hash])
        address = receipt.contract_address

        def call(data: bytes) -> bytes:
            return node.call(address, data)

        def read(function: str, points: list[OptionInputs] | list[int]) -> list:
            return interface.decode_output(function, call(interface.encode(function, points)))

        yield SimpleNamespace(interface=interface, call=call, read=read)
