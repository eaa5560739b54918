"""An Anvil process of our own, or one that runs already, as a `Node`."""

from __future__ import annotations

import errno
import itertools
import queue
import socket
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from floodline.chain import answers
from floodline.chain.hexadecimal import from_data, from_quantity, to_data
from floodline.chain.node import Log, Receipt, SealedBlock
from floodline.chain.process import SupervisedProcess
from floodline.chain.rpc import (
    Call,
    InvalidAnswer,
    NeverSent,
    OutcomeUnknown,
    Refused,
    RpcClient,
    RpcFailure,
)
from floodline.foundation.errors import NodeError, SubmissionError

if TYPE_CHECKING:
    from web3 import Web3

DEVNET_CHAIN_IDS: Final = (31337, 1337)
"""The chain ids of development networks; every other one is refused."""
HARDFORK: Final = "osaka"
ORDERED_BATCH: Final = 30
"""Anvil 1.7.1 executes a batch in its order up to this size, and in any order above it."""
_READ_BATCH = 100
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


class AnvilNode:
    """A `Node` over Anvil: made by `start` (our own process) or `attach` (one that runs).

    Attributes
    ----------
    url : str
        Its HTTP endpoint, on loopback.
    chain_id : int
        A devnet's.
    rpc : RpcClient
        For the calls that have no method here.
    process : SupervisedProcess or None
        Our own process; None if attached.

    """

    def __init__(
        self, url: str, process: SupervisedProcess | None, rpc: RpcClient, flags: Sequence[str]
    ) -> None:
        self.url = url
        self.process = process
        self.rpc = rpc
        self.flags = tuple(flags)
        """Command-line flags of our own process without the port, for the manifest."""
        self._closed = False
        with self._watching():
            answer = rpc.call("eth_chainId")
        self._chain_id = answers.parse(from_quantity, answer, "chain id")
        if self._chain_id not in DEVNET_CHAIN_IDS:
            self.close()
            raise NodeError(
                f"{url} has chain id {self._chain_id}, which is not a devnet's",
                f"start a devnet with chain id {DEVNET_CHAIN_IDS[0]}; Floodline floods no other",
            )

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
            Of the first block, in wei per gas.
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
                return cls(url, process, client, flags)
            except BaseException as error:
                client.close()
                process.close()
                lost_the_port = isinstance(error, NodeDied) and port is None
                if not lost_the_port or attempt == _PORT_ATTEMPTS:
                    raise
        raise AssertionError("unreachable")  # pragma: no cover

    @classmethod
    def attach(cls, url: str, *, connections: int = 1, timeout_s: float = 120.0) -> Self:
        """Speak to a devnet that runs already on this machine; closing leaves it running."""
        return cls(url, None, RpcClient(url, connections, timeout_s), ())

    @property
    def chain_id(self) -> int:
        """The chain's id."""
        return self._chain_id

    def submit_ordered(self, raws: Iterable[bytes]) -> list[bytes | RpcFailure]:
        """Hand over signed transactions to be executed in this order.

        They are taken from the iterable while earlier ones are on their way, so that a generator
        that signs overlaps with the node's work.

        Returns
        -------
        list
            Of each transaction its hash, or why the node refused it.

        """
        batches = _batched(raws, ORDERED_BATCH)
        first = next(batches, None)
        if first is None:
            return []
        if len(first) < ORDERED_BATCH:
            return self._submit(first)
        return self._submit_pipelined(itertools.chain([first], batches))

    def seal(self, timestamp: int) -> SealedBlock:
        """Build the next block with this timestamp, in seconds since 1970.

        Raises
        ------
        SubmissionError
            If the block that the node built has another timestamp.

        """
        self._call("evm_mine", {"timestamp": timestamp})
        sealed = self.block()
        if sealed.timestamp != timestamp:
            raise SubmissionError(
                f"block {sealed.number} was to have timestamp {timestamp} and has "
                f"{sealed.timestamp}",
                "let nobody else mine on this node",
            )
        return sealed

    def block(self, number: int | None = None) -> SealedBlock:
        """Return a block that was sealed before, the newest by default."""
        name = "latest" if number is None else hex(number)
        return answers.parse(
            answers.block, self._call("eth_getBlockByNumber", name, False), "block"
        )

    def receipts(self, number: int) -> list[Receipt]:
        """Return the receipts of a whole block; slow, about 0.2 ms for each transaction."""
        answer = self._call("eth_getBlockReceipts", hex(number))
        return answers.parse(answers.receipts, answer, "receipts")

    def receipts_for(self, tx_hashes: Sequence[bytes]) -> list[Receipt]:
        """Return the receipts of some included transactions, in the order asked for.

        Raises
        ------
        SubmissionError
            If no block holds one of them.

        """
        found = self._read(
            [("eth_getTransactionReceipt", (to_data(tx_hash),)) for tx_hash in tx_hashes]
        )
        missing = sum(answer is None for answer in found)
        if missing:
            raise SubmissionError(
                f"{missing} of {len(found)} transactions are in no block",
                "ask for receipts of included transactions only",
            )
        return [
            answers.parse(
                answers.receipt, _accepted("eth_getTransactionReceipt", answer), "receipt"
            )
            for answer in found
        ]

    def logs(self, number: int, addresses: Sequence[bytes] = ()) -> list[Log]:
        """Return the events of a block, in order; of some contracts only, where any are named."""
        question: dict[str, Any] = {"fromBlock": hex(number), "toBlock": hex(number)}
        if addresses:
            question["address"] = [to_data(address) for address in addresses]
        return answers.parse(answers.logs, self._call("eth_getLogs", question), "logs")

    def call(self, to: bytes, data: bytes) -> bytes:
        """Execute a call on the newest state, with the newest block's number, time and base fee.

        Raises
        ------
        Refused
            If it reverts; ``failure.data`` holds the revert data.

        """
        answer = self._call("eth_call", {"to": to_data(to), "data": to_data(data)}, "latest")
        return answers.parse(from_data, answer, "call's result")

    def call_many(self, calls: Sequence[tuple[bytes, bytes]]) -> list[bytes | RpcFailure]:
        """Execute many calls on the newest state; each result, or why it failed."""
        found = self._read(
            [
                ("eth_call", ({"to": to_data(to), "data": to_data(data)}, "latest"))
                for to, data in calls
            ]
        )
        return [
            answer
            if isinstance(answer, RpcFailure)
            else answers.parse(from_data, answer, "call's result")
            for answer in found
        ]

    def code(self, address: bytes) -> bytes:
        """Return the runtime code at an address."""
        answer = self._call("eth_getCode", to_data(address), "latest")
        return answers.parse(from_data, answer, "code")

    def nonce(self, address: bytes) -> int:
        """Return how many transactions of an account are in blocks."""
        answer = self._call("eth_getTransactionCount", to_data(address), "latest")
        return answers.parse(from_quantity, answer, "nonce")

    def balance(self, address: bytes) -> int:
        """Return an account's balance in wei."""
        answer = self._call("eth_getBalance", to_data(address), "latest")
        return answers.parse(from_quantity, answer, "balance")

    def balances(self, addresses: Sequence[bytes]) -> list[int]:
        """Return many accounts' balances in wei."""
        found = self._read(
            [("eth_getBalance", (to_data(address), "latest")) for address in addresses]
        )
        return [
            answers.parse(from_quantity, _accepted("eth_getBalance", answer), "balance")
            for answer in found
        ]

    def set_balances(self, balances: Sequence[tuple[bytes, int]]) -> None:
        """Give accounts their balances in wei."""
        self._read(
            [("anvil_setBalance", (to_data(address), hex(wei))) for address, wei in balances],
            refuse=True,
        )

    def set_code(self, address: bytes, code: bytes) -> None:
        """Put runtime code at an address."""
        self._call("anvil_setCode", to_data(address), to_data(code))

    def set_next_base_fee(self, base_fee: int) -> None:
        """Fix the base fee of the next block, in wei per gas."""
        self._call("anvil_setNextBlockBaseFeePerGas", hex(base_fee))

    def drop_all(self) -> None:
        """Forget every transaction that no block holds."""
        self._call("anvil_dropAllTransactions")

    def snapshot(self) -> str:
        """Remember the state and return its name."""
        return str(self._call("evm_snapshot"))

    def revert(self, snapshot: str) -> None:
        """Return to a remembered state, which is then forgotten.

        Raises
        ------
        NodeError
            If the node does not know the snapshot (each can be used once).

        """
        if self._call("evm_revert", snapshot) is not True:
            raise NodeError(
                f"the node does not know snapshot {snapshot}", "take a new one after each revert"
            )

    def dump_state(self) -> bytes:
        """Return the whole state, compressed, for `load_state`."""
        return answers.parse(from_data, self._call("anvil_dumpState"), "state dump")

    def load_state(self, state: bytes) -> None:
        """Merge a state dumped before into this node's: accounts, code, storage, blocks."""
        if self._call("anvil_loadState", to_data(state)) is not True:
            raise NodeError("the node did not take the state dump", "make it again from scratch")

    def web3(self) -> Web3:
        """Return a web3.py client of this node, for a look by hand."""
        from web3 import HTTPProvider, Web3  # noqa: PLC0415 - heavy, and seldom wanted

        return Web3(HTTPProvider(self.url))

    def close(self) -> None:
        """End our process (an attached node keeps running); closing again does nothing."""
        if self._closed:
            return
        self._closed = True
        self.rpc.close()
        if self.process is not None:
            self.process.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _call(self, method: str, *params: Any) -> Any:
        with self._watching():
            return self.rpc.call(method, *params)

    def _read(self, calls: Sequence[Call], *, refuse: bool = False) -> list[Any]:
        """Make calls whose order does not matter, in batches."""
        found: list[Any] = []
        with self._watching():
            for start in range(0, len(calls), _READ_BATCH):
                found += self.rpc.batch(calls[start : start + _READ_BATCH])
        if refuse:
            for (method, _), answer in zip(calls, found, strict=True):
                _accepted(method, answer)
        return found

    def _submit(self, raws: Sequence[bytes]) -> list[bytes | RpcFailure]:
        with self._watching():
            found = self.rpc.batch([("eth_sendRawTransaction", (to_data(raw),)) for raw in raws])
        return [
            answer
            if isinstance(answer, RpcFailure)
            else answers.parse(from_data, answer, "transaction hash")
            for answer in found
        ]

    def _submit_pipelined(self, batches: Iterable[Sequence[bytes]]) -> list[bytes | RpcFailure]:
        waiting: queue.Queue[Sequence[bytes] | None] = queue.Queue(maxsize=8)
        outcomes: list[bytes | RpcFailure] = []
        faults: list[BaseException] = []

        def send() -> None:
            while (batch := waiting.get()) is not None:
                if faults:
                    continue
                try:
                    outcomes.extend(self._submit(batch))
                except BaseException as error:  # noqa: BLE001 - raised again by the caller's thread
                    faults.append(error)

        sender = threading.Thread(target=send, name="submit", daemon=True)
        sender.start()
        try:
            for batch in batches:
                waiting.put(batch)
                if faults:
                    break
        finally:
            waiting.put(None)
            sender.join()
        if faults:
            raise faults[0]
        return outcomes

    @contextmanager
    def _watching(self) -> Iterator[None]:
        """Turn a lost connection into the news of the process's death, where that is the cause."""
        try:
            yield
        except (NeverSent, OutcomeUnknown) as error:
            if self.process is not None and not self._closed:
                code = self.process.wait(1.0)
                if code is not None:
                    raise NodeDied(self.process, code) from error
            raise


def _accepted(method: str, answer: Any) -> Any:
    if isinstance(answer, RpcFailure):
        raise Refused(method, answer)
    return answer


def _batched(items: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch


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
