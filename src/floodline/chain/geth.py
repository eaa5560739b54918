"""A geth of our own whose slots run in virtual time, driven through the Engine API.

geth has no consensus of its own since the merge: somebody says when a block is built and on what.
Here we do, with the timestamps of virtual time, so that geth's pool, miner, fee market and state
database run a campaign as fast as they can.

Two moments cannot be seen over JSON-RPC: that the first full payload is built (asking earlier
returns an empty block), and that the pool has followed a new head. geth says both in its log.
"""

from __future__ import annotations

import json
import re
import secrets
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from floodline.chain import answers
from floodline.chain.engine_api import SECRET_BYTES, EngineApi, new_secret_text
from floodline.chain.genesis import GenesisAccount, genesis
from floodline.chain.hexadecimal import from_data, to_data
from floodline.chain.launch import NodeDied, free_port, launch
from floodline.chain.log_watch import LogWatch
from floodline.chain.node import SealedBlock
from floodline.chain.process import SupervisedProcess
from floodline.chain.rpc import RpcClient
from floodline.chain.rpc_node import DEVNET_CHAIN_IDS, JsonRpcNode
from floodline.foundation.errors import NodeError, SubmissionError

_INIT_S = 120.0
_BUILD_S = 60.0
_RECOMMIT_S = 3_600
"""geth builds a payload anew after this long, and cuts a building short: never, for us."""
_BUILT: Final = re.compile(r"Error while generating work|Updated payload +id=(0x[0-9a-f]+)")
_POOL_RESET: Final = re.compile(r"Reinjecting stale transactions")


@dataclass(frozen=True)
class GethSettings:
    """What geth is started with.

    Attributes
    ----------
    pool_flags : mapping of str to int or str
        ``--txpool.*`` flags by their last word, such as ``globalslots``.
    min_tip_wei : int
        Least effective tip that the miner takes.
    gc_mode : {"full", "archive"}
        Whether old states are pruned.
    state_scheme : {"path", "hash"}
        How the state lies in the database.
    fast_slots : bool
        Whether blocks are built on demand; otherwise the payload is rebuilt every 2 s, geth's own
        pace.

    """

    pool_flags: Mapping[str, int | str]
    min_tip_wei: int = 1_000_000
    gc_mode: Literal["full", "archive"] = "full"
    state_scheme: Literal["path", "hash"] = "path"
    fast_slots: bool = True

    def flags(self) -> list[str]:
        """Return the command-line flags."""
        recommit = f"{_RECOMMIT_S}s" if self.fast_slots else "2s"
        return [
            *(f"--txpool.{name}={value}" for name, value in sorted(self.pool_flags.items())),
            f"--miner.gasprice={self.min_tip_wei}",
            f"--miner.recommit={recommit}",
            f"--gcmode={self.gc_mode}",
            f"--state.scheme={self.state_scheme}",
        ]


_QUIET: Final = (
    *("--nodiscover", "--maxpeers=0", "--port=0", "--nat=none", "--syncmode=full"),
    *("--txpool.nolocals", "--txpool.journal="),
    *("--cache=256", "--cache.noprefetch"),
    *("--rpc.txfeecap=0", "--rpc.gascap=0", "--rpc.evmtimeout=60s"),
    *("--rpc.batch-request-limit=0", "--rpc.batch-response-max-size=0"),
    *("--http", "--http.addr=127.0.0.1", "--http.api=eth,net,web3,txpool,debug"),
    *("--ws", "--ws.addr=127.0.0.1", "--ws.api=eth,net,web3,txpool,debug"),
    *("--authrpc.addr=127.0.0.1", "--verbosity=2"),
    "--log.vmodule=*=2,payload_building.go=3,legacypool.go=4",
)
"""No peers, loopback only, and a pool that treats what comes over JSON-RPC as what comes from
peers: with geth's tracker of local transactions, refused ones would be accepted and offered again
behind our back."""


class GethNode(JsonRpcNode):
    """A `Node` over geth, made by `start`.

    Attributes
    ----------
    process : SupervisedProcess
        Our own process.
    flags : tuple of str
        Its command-line flags without ports and folders, for the manifest.
    ipc_path : Path
        Its socket.

    """

    def __init__(
        self,
        rpc: RpcClient,
        engine: EngineApi,
        process: SupervisedProcess,
        folder: tempfile.TemporaryDirectory[str],
        flags: tuple[str, ...],
    ) -> None:
        self.process = process
        self.flags = flags
        self._engine = engine
        self._folder = folder
        self.ipc_path = Path(folder.name) / "geth.ipc"
        self._log = LogWatch(process.log_path)
        super().__init__(rpc)
        self._head = str(self._call("eth_getBlockByNumber", "latest", False)["hash"])

    @classmethod
    def start(
        cls,
        binary: str | Path,
        accounts: Mapping[bytes, GenesisAccount],
        settings: GethSettings,
        *,
        gas_limit: int = 30_000_000,
        base_fee: int = 1_000_000_000,
        timestamp: int = 1_700_000_000,
        chain_id: int = DEVNET_CHAIN_IDS[0],
        port: int | None = None,
        log_path: Path | None = None,
        connections: int = 1,
        timeout_s: float = 120.0,
    ) -> GethNode:
        """Start a geth on a fresh chain that grows only when `seal` says so.

        Parameters
        ----------
        binary : str or Path
            The geth executable.
        accounts : mapping of bytes to GenesisAccount
            Who holds what at genesis, by address.
        settings : GethSettings
            Pool, miner and database.
        gas_limit : int
            Of every block, in gas.
        base_fee : int
            Of the first block, in wei per gas.
        timestamp : int
            Of the genesis, in seconds since 1970.
        chain_id : int
            31337 or 1337.
        port : int, optional
            A fixed port for JSON-RPC; a free one by default.
        log_path : Path, optional
            Takes the node's output; a temporary file by default.
        connections : int
            Requests that may be under way at one time.
        timeout_s : float
            Longest wait for one answer, in seconds.

        Raises
        ------
        NodeError
            If a port is taken, the genesis is refused or geth does not start.

        """
        folder = tempfile.TemporaryDirectory(prefix="floodline-geth-", ignore_cleanup_errors=True)
        data = Path(folder.name)
        secret = secrets.token_bytes(SECRET_BYTES)
        secret_file = data / "jwt.hex"
        secret_file.touch(mode=0o600)
        secret_file.write_text(new_secret_text(secret))
        chain_flags = (
            *_QUIET,
            *settings.flags(),
            f"--networkid={chain_id}",
            f"--miner.gaslimit={gas_limit}",
        )
        first = genesis(
            accounts,
            chain_id=chain_id,
            gas_limit=gas_limit,
            base_fee=base_fee,
            timestamp=timestamp,
        )
        auth_port = 0

        def command(http_port: int) -> list[str]:
            nonlocal auth_port
            auth_port = free_port()
            return [
                *(str(binary), f"--datadir={data}", f"--ipcpath={data / 'geth.ipc'}"),
                *(f"--http.port={http_port}", f"--ws.port={http_port}"),
                *(f"--authrpc.port={auth_port}", f"--authrpc.jwtsecret={secret_file}"),
                *chain_flags,
            ]

        def connect(process: SupervisedProcess, url: str) -> GethNode:
            engine = EngineApi(f"http://127.0.0.1:{auth_port}", secret, timeout_s)
            rpc = RpcClient(url, connections, timeout_s)
            return cls(rpc, engine, process, folder, chain_flags)

        try:
            _initialise(str(binary), data, settings, first)
            return launch(
                command,
                connect,
                name="geth",
                log_path=log_path,
                port=port,
            )
        except BaseException:
            folder.cleanup()
            raise

    def seal(self, timestamp: int) -> SealedBlock:
        """Have geth build the next block from its pool, and take it as the head.

        Returns when the pool has followed the new head.

        Parameters
        ----------
        timestamp : int
            Of the block, in seconds since 1970; later than the parent's.

        Raises
        ------
        NodeError
            If geth builds none in time, or finds its own block invalid.
        SubmissionError
            If the block that it built has another timestamp.

        """
        with self._watching():
            self._log.skip()
            payload_id = self._engine.start_building(self._head, timestamp)
            while True:
                said = self._log.wait_for(_BUILT, _BUILD_S, self._alive)
                if said[1] is None:
                    raise NodeError(
                        f"geth could not build a block: {said.string.strip()}",
                        f"read its log at {self.process.log_path}",
                    )
                if said[1] == payload_id:
                    break
            self._head = self._engine.import_payload(self._engine.payload(payload_id))
            self._log.wait_for(_POOL_RESET, _BUILD_S, self._alive)
            self.pool_depth()  # waits for the pool's lock, which the reset still holds
        sealed = self.block()
        if sealed.timestamp != timestamp:
            raise SubmissionError(
                f"block {sealed.number} was to have timestamp {timestamp} and has "
                f"{sealed.timestamp}",
                "let nobody else drive this geth",
            )
        return sealed

    def revert_data(self, tx_hash: bytes) -> bytes:
        """Return what a failed transaction reverted with; empty if it ran out of gas.

        geth executes the block again up to it (about 25 ms).
        """
        answer = self._call("debug_traceTransaction", to_data(tx_hash), {"tracer": "callTracer"})
        return answers.parse(lambda found: from_data(found.get("output") or "0x"), answer, "trace")

    def database_bytes(self) -> int:
        """Return how many bytes geth's database takes on disk now: blocks, state and indices."""
        chain = Path(self._folder.name) / "geth"
        return sum(path.stat().st_size for path in sorted(chain.rglob("*")) if path.is_file())

    def close(self) -> None:
        """End the process and delete its database; closing again does nothing."""
        super().close()
        self._engine.close()
        self.process.close()
        self._log.close()
        self._folder.cleanup()

    def _alive(self) -> None:
        code = self.process.exit_code
        if code is not None:
            raise NodeDied(self.process, code, "geth")

    def _why_lost(self) -> NodeError | None:
        code = self.process.wait(1.0)
        return None if code is None else NodeDied(self.process, code, "geth")


def _initialise(binary: str, data: Path, settings: GethSettings, first: Mapping[str, Any]) -> None:
    """Write the genesis into a fresh database."""
    path = data / "genesis.json"
    path.write_text(json.dumps(first))
    command = [
        *(binary, "init", f"--datadir={data}", f"--state.scheme={settings.state_scheme}"),
        str(path),
    ]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_INIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NodeError(f"cannot run {binary}: {error}", "run `floodline doctor`") from error
    if done.returncode != 0:
        raise NodeError(
            f"geth refused the genesis: {done.stderr.strip()[-600:]}",
            "use the geth that `floodline doctor` shows as fitting",
        )
