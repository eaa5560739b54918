"""An Anvil process of our own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, Self

from floodline.chain.devnet import DEVNET_CHAIN_IDS, DevnetNode
from floodline.chain.fork import Fork
from floodline.chain.launch import NodeDied, launch
from floodline.chain.process import SupervisedProcess
from floodline.chain.rpc import RpcClient
from floodline.foundation.errors import NodeError

HARDFORK: Final = "osaka"


class AnvilNode(DevnetNode):
    """A `Node` over Anvil: made by `start` (our own process) or `attach` (one that runs).

    Attributes
    ----------
    process : SupervisedProcess or None
        Our own process; None if attached.
    flags : tuple of str
        Its command-line flags without the port, for the manifest.

    """

    def __init__(
        self,
        rpc: RpcClient,
        process: SupervisedProcess | None = None,
        flags: Sequence[str] = (),
    ) -> None:
        self.process = process
        self.flags = tuple(flags)
        super().__init__(rpc)

    @classmethod
    def start(
        cls,
        binary: str | Path,
        *,
        gas_limit: int = 30_000_000,
        base_fee: int = 1_000_000_000,
        timestamp: int = 1_700_000_000,
        chain_id: int = DEVNET_CHAIN_IDS[0],
        port: int | None = None,
        log_path: Path | None = None,
        connections: int = 1,
        timeout_s: float = 120.0,
        order: Literal["fifo", "fees"] = "fifo",
        fork: Fork | None = None,
    ) -> Self:
        """Start an Anvil that mines only when told to, by default in the order of submission.

        Parameters
        ----------
        binary : str or Path
            The anvil executable.
        gas_limit : int
            Of every block, in gas.
        base_fee : int
            Of the genesis and, unlike on a real chain, of the first block too; in wei per gas.
        timestamp : int
            Of the genesis, in seconds since 1970.
        chain_id : int
            31337 or 1337.
        port : int, optional
            A fixed port; a free one by default.
        log_path : Path, optional
            Takes the node's output; a temporary file by default.
        connections : int
            Requests that may be under way at one time.
        timeout_s : float
            Longest wait for one answer, in seconds.
        order : {"fifo", "fees"}
            Whether blocks are filled in the order of submission or by effective tip.
        fork : Fork, optional
            A running devnet whose state to go on from.

        Raises
        ------
        NodeError
            If the port is taken, the node does not start, or the chain id is not a devnet's.

        """
        if chain_id not in DEVNET_CHAIN_IDS:
            raise NodeError(f"chain id {chain_id} is not a devnet's", "use 31337 or 1337")
        flags = (
            *("--no-mining", "--order", order, "--silent", "--no-request-size-limit"),
            *("--max-persisted-states", "0"),
            *("--host", "127.0.0.1", "--hardfork", HARDFORK, "--accounts", "1"),
            *("--chain-id", str(chain_id), "--timestamp", str(timestamp)),
            *("--gas-limit", str(gas_limit), "--block-base-fee-per-gas", str(base_fee)),
            *(fork.flags if fork is not None else ()),
        )
        return launch(
            lambda port: [str(binary), "--port", str(port), *flags],
            lambda process, url: cls(RpcClient(url, connections, timeout_s), process, flags),
            name="Anvil",
            log_path=log_path,
            port=port,
        )

    def close(self) -> None:
        """End our process (an attached node keeps running); closing again does nothing."""
        super().close()
        if self.process is not None:
            self.process.close()

    def _why_lost(self) -> NodeError | None:
        code = self.process.wait(1.0) if self.process is not None else None
        if self.process is None or code is None:
            return None
        return NodeDied(self.process, code, "Anvil")
