"""An Anvil process of our own."""

from __future__ import annotations

import errno
import socket
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from floodline.chain.devnet import DEVNET_CHAIN_IDS, DevnetNode
from floodline.chain.process import SupervisedProcess
from floodline.chain.rpc import InvalidAnswer, NeverSent, OutcomeUnknown, RpcClient
from floodline.foundation.errors import NodeError

HARDFORK: Final = "osaka"
_READY_S = 20.0
_PORT_ATTEMPTS = 5


class NodeDied(NodeError):  # noqa: N818 - what happened, not a fault of ours
    """The node's process ended while it was needed.

    Attributes
    ----------
    node_exit_code : int
        Its exit code; 128 + n after signal n.
    log_path : Path
        Its log.

    """

    def __init__(self, process: SupervisedProcess, exit_code: int) -> None:
        super().__init__(
            f"the Anvil process (pid {process.pid}) ended with exit code {exit_code}; its last "
            f"words: {process.log_tail()}",
            f"read its log at {process.log_path}; exit code 137 means that it was killed, often "
            "for want of memory; then start the run again",
        )
        self.node_exit_code = exit_code
        self.log_path = process.log_path


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
    ) -> Self:
        """Start an Anvil that mines only when told to, in the order of submission.

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

        Raises
        ------
        NodeError
            If the port is taken, the node does not start, or the chain id is not a devnet's.

        """
        if chain_id not in DEVNET_CHAIN_IDS:
            raise NodeError(f"chain id {chain_id} is not a devnet's", "use 31337 or 1337")
        flags = (
            *("--no-mining", "--order", "fifo", "--silent", "--no-request-size-limit"),
            *("--host", "127.0.0.1", "--hardfork", HARDFORK, "--accounts", "1"),
            *("--chain-id", str(chain_id), "--timestamp", str(timestamp)),
            *("--gas-limit", str(gas_limit), "--block-base-fee-per-gas", str(base_fee)),
        )
        log = log_path or _temporary_log()
        for attempt in range(1, _PORT_ATTEMPTS + 1):
            chosen = _check_free(port) if port is not None else _free_port()
            process = SupervisedProcess([str(binary), "--port", str(chosen), *flags], log)
            url = f"http://127.0.0.1:{chosen}"
            client = RpcClient(url, connections, timeout_s)
            try:
                _wait_until_ready(process, url)
                return cls(client, process, flags)
            except BaseException as error:
                client.close()
                process.close()
                lost_the_port = isinstance(error, NodeDied) and port is None
                if not lost_the_port or attempt == _PORT_ATTEMPTS:
                    raise
        raise AssertionError("unreachable")  # pragma: no cover

    def close(self) -> None:
        """End our process (an attached node keeps running); closing again does nothing."""
        super().close()
        if self.process is not None:
            self.process.close()

    def _why_lost(self) -> NodeError | None:
        code = self.process.wait(1.0) if self.process is not None else None
        if self.process is None or code is None:
            return None
        return NodeDied(self.process, code)


def _temporary_log() -> Path:
    with tempfile.NamedTemporaryFile(prefix="anvil-", suffix=".log", delete=False) as log:
        return Path(log.name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _check_free(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise NodeError(
                    f"cannot use port {port}: {error}", "choose a port above 1023"
                ) from error
            raise NodeError(
                f"port {port} is taken by another process",
                "end that process, choose another port, or leave the port out to use a free one",
            ) from error
    return port


def _wait_until_ready(process: SupervisedProcess, url: str) -> None:
    deadline = time.monotonic() + _READY_S
    with RpcClient(url, timeout_s=5.0, attempts=1) as probe:
        while time.monotonic() < deadline:
            if process.exit_code is not None:
                raise NodeDied(process, process.exit_code)
            try:
                probe.call("eth_chainId")
            except (NeverSent, OutcomeUnknown, InvalidAnswer):
                time.sleep(0.01)
                continue
            if process.exit_code is not None:
                raise NodeDied(process, process.exit_code)
            return
    raise NodeError(
        f"Anvil (pid {process.pid}) was not ready within {_READY_S:.0f} s; its last words: "
        f"{process.log_tail()}",
        "look for other work that keeps the machine busy, then try again",
    )
