"""A Hardhat node of our own."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from floodline.chain import answers
from floodline.chain.genesis import GenesisAccount
from floodline.chain.hexadecimal import from_data, to_data
from floodline.chain.launch import NodeDied, launch
from floodline.chain.node import Receipt, SealedBlock
from floodline.chain.process import SupervisedProcess
from floodline.chain.rpc import Call, RpcClient, RpcFailure
from floodline.chain.rpc_node import DEVNET_CHAIN_IDS, JsonRpcNode
from floodline.foundation.errors import NodeError

HARDFORK: Final = "prague"
"""Under Osaka Hardhat caps reads at the gas of one transaction too, and a book is read in one."""
_IN_FOLDER: Final = ("/bin/sh", "-c", 'cd "$0" && exec "$@"')
"""Hardhat wants to be started from the folder that it is installed in."""
_TRACE: Final = {"disableMemory": True, "disableStack": True, "disableStorage": True}


class HardhatNode(JsonRpcNode):
    """A Hardhat network, made by `start`; it mines when told to, or by its timer.

    Attributes
    ----------
    process : SupervisedProcess
        Our own process.
    flags : tuple of str
        Its settings, for the manifest.

    """

    def __init__(
        self,
        rpc: RpcClient,
        process: SupervisedProcess,
        folder: tempfile.TemporaryDirectory[str],
        flags: tuple[str, ...],
    ) -> None:
        self.process = process
        self.flags = flags
        self._folder = folder
        super().__init__(rpc)

    @classmethod
    def start(
        cls,
        node: Path,
        script: Path,
        home: Path,
        accounts: Mapping[bytes, GenesisAccount],
        *,
        gas_limit: int = 30_000_000,
        base_fee: int = 1_000_000_000,
        timestamp: int = 1_700_000_000,
        log_path: Path | None = None,
        connections: int = 1,
        timeout_s: float = 120.0,
    ) -> HardhatNode:
        """Start a Hardhat that orders by effective tip and mines only when told to.

        Parameters
        ----------
        node, script, home : Path
            Node's executable, Hardhat's start script, and the folder that Hardhat is installed in.
        accounts : mapping of bytes to GenesisAccount
            Who holds what, by address.
        gas_limit : int
            Of every block, in gas.
        base_fee : int
            Of the first block, in wei per gas.
        timestamp : int
            Of the genesis, in seconds since 1970.
        log_path : Path, optional
            Takes the node's output; a temporary file by default.
        connections : int
            Requests that may be under way at one time.
        timeout_s : float
            Longest wait for one answer, in seconds.

        Raises
        ------
        NodeError
            If Hardhat does not start.

        """
        network = {
            "chainId": DEVNET_CHAIN_IDS[0],
            "hardfork": HARDFORK,
            "blockGasLimit": gas_limit,
            "initialBaseFeePerGas": base_fee,
            "initialDate": datetime.fromtimestamp(timestamp, UTC).isoformat(),
            "accounts": [],
            "mining": {"auto": False, "interval": 0, "mempool": {"order": "priority"}},
        }
        folder = tempfile.TemporaryDirectory(
            prefix="floodline-hardhat-", ignore_cleanup_errors=True
        )
        config = Path(folder.name) / "hardhat.config.js"
        written = {"solidity": "0.8.30", "networks": {"hardhat": network}}
        config.write_text(f"module.exports = {json.dumps(written)};\n")
        flags = tuple(f"{name}={json.dumps(value)}" for name, value in network.items())
        try:
            started = launch(
                lambda port: [
                    *(*_IN_FOLDER, str(home), "/usr/bin/env"),
                    *("HARDHAT_DISABLE_TELEMETRY_PROMPT=true", str(node), str(script)),
                    *("--config", str(config), "node", "--hostname", "127.0.0.1"),
                    *("--port", str(port)),
                ],
                lambda process, url: cls(
                    RpcClient(url, connections, timeout_s), process, folder, flags
                ),
                name="Hardhat",
                log_path=log_path,
            )
        except BaseException:
            folder.cleanup()
            raise
        started.put_accounts(accounts)
        started.rpc.call("hardhat_setNextBlockBaseFeePerGas", hex(base_fee))
        return started

    def put_accounts(self, accounts: Mapping[bytes, GenesisAccount]) -> None:
        """Give accounts their balances, nonces, code and storage."""
        calls: list[Call] = []
        for address, account in accounts.items():
            where = to_data(address)
            calls.append(("hardhat_setBalance", (where, hex(account.balance))))
            if account.nonce:
                calls.append(("hardhat_setNonce", (where, hex(account.nonce))))
            if account.code:
                calls.append(("hardhat_setCode", (where, to_data(account.code))))
            calls += [
                (
                    "hardhat_setStorageAt",
                    (where, hex(int.from_bytes(slot, "big")), to_data(value)),
                )
                for slot, value in account.storage.items()
            ]
        self._read(calls, refuse=True)

    def seal(self, timestamp: int) -> SealedBlock:
        """Build the next block with this timestamp, in seconds since 1970."""
        self._call("evm_setNextBlockTimestamp", timestamp)
        self._call("evm_mine")
        return self.block()

    def receipts(self, number: int) -> list[Receipt]:
        """Return the receipts of a whole block, in its order: one batch, there is no one call."""
        return self.receipts_for(self.block(number).transaction_hashes)

    def pool_hashes(self) -> set[bytes]:
        """Return the hashes of all transactions that the pool holds."""
        return answers.parse(
            lambda found: {from_data(one["hash"]) for one in found},
            self._call("eth_pendingTransactions"),
            "pending transactions",
        )

    def pool_depth(self) -> tuple[int, int]:
        """Return how many transactions wait, gapped ones included, and 0: Hardhat does not say."""
        return len(self.pool_hashes()), 0

    def offer(self, raw: bytes) -> tuple[bytes | RpcFailure, tuple[int, int]]:
        """Hand over one transaction; its hash or why not, and how many wait."""
        (answer,) = self._submit([raw])
        return answer, self.pool_depth()

    def revert_data(self, tx_hash: bytes) -> bytes:
        """Return what a failed transaction reverted with; empty if it ran out of gas."""
        answer = self._call("debug_traceTransaction", to_data(tx_hash), _TRACE)
        return answers.parse(_returned, answer, "trace")

    def close(self) -> None:
        """End the process; closing again does nothing."""
        super().close()
        self.process.close()
        self._folder.cleanup()

    def _why_lost(self) -> NodeError | None:
        code = self.process.wait(1.0)
        return None if code is None else NodeDied(self.process, code, "Hardhat")


def _returned(trace: Mapping[str, Any]) -> bytes:
    value = str(trace.get("returnValue") or "")
    return bytes.fromhex(value.removeprefix("0x"))
