"""What every Ethereum node answers over JSON-RPC, whatever its name: reading, and submitting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Self

from floodline.chain import answers
from floodline.chain.hexadecimal import from_data, from_quantity, to_data
from floodline.chain.node import Log, Receipt, SealedBlock
from floodline.chain.rpc import Call, NeverSent, OutcomeUnknown, Refused, RpcClient, RpcFailure
from floodline.chain.submission import send_pipelined
from floodline.foundation.closing import Closing
from floodline.foundation.errors import NodeError, SubmissionError

if TYPE_CHECKING:
    from web3 import Web3

DEVNET_CHAIN_IDS: Final = (31337, 1337)
"""The chain ids of development networks; every other one is refused."""
ORDERED_BATCH: Final = 30
"""Anvil 1.7.1 executes a batch in its order up to this size, and in any order above it."""
_READ_BATCH = 100
_READ_GAS = 500_000_000
"""Gas of a read, so that a campaign's block gas limit does not limit what can be looked at."""


class JsonRpcNode(Closing):
    """A devnet on this machine, as far as all nodes speak alike.

    Parameters
    ----------
    rpc : RpcClient
        Its client; closed with the node.

    Raises
    ------
    NodeError
        If its chain id is not a devnet's.

    """

    def __init__(self, rpc: RpcClient) -> None:
        self.rpc = rpc
        """For the calls that have no method here."""
        self._closed = False
        with self._watching():
            answer = rpc.call("eth_chainId")
        self._chain_id = answers.parse(from_quantity, answer, "chain id")
        if self._chain_id not in DEVNET_CHAIN_IDS:
            self.close()
            raise NodeError(
                f"{rpc.url} has chain id {self._chain_id}, which is not a devnet's",
                f"start a devnet with chain id {DEVNET_CHAIN_IDS[0]}; Floodline floods no other",
            )

    @classmethod
    def attach(cls, url: str, *, connections: int = 1, timeout_s: float = 120.0) -> Self:
        """Speak to a devnet that runs already on this machine; closing leaves it running."""
        return cls(RpcClient(url, connections, timeout_s))

    @property
    def url(self) -> str:
        """Its HTTP endpoint, on loopback."""
        return self.rpc.url

    @property
    def chain_id(self) -> int:
        """The chain's id."""
        return self._chain_id

    @property
    def version(self) -> str:
        """What the node says of itself, such as ``Geth/v1.16.9-stable/linux-amd64/go1.26.8``."""
        return str(self._call("web3_clientVersion"))

    def submit_ordered(self, raws: Iterable[bytes]) -> list[bytes | RpcFailure]:
        """Hand over signed transactions to be executed in this order.

        They are taken from the iterable while earlier ones are on their way, so that a generator
        that signs overlaps with the node's work.

        Returns
        -------
        list
            Of each transaction its hash, or why the node refused it.

        """
        return send_pipelined(raws, ORDERED_BATCH, self._submit)

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
            answers.parse(answers.receipt, accepted("eth_getTransactionReceipt", answer), "receipt")
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
        answer = self._call("eth_call", _reading(to, data), "latest")
        return answers.parse(from_data, answer, "call's result")

    def call_many(
        self, calls: Sequence[tuple[bytes, bytes]], sender: bytes = b""
    ) -> list[bytes | RpcFailure]:
        """Execute many calls on the newest state, from an account; each result or failure."""
        found = self._read(
            [("eth_call", (_reading(to, data, sender), "latest")) for to, data in calls]
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

    def nonces(self, addresses: Sequence[bytes], number: int) -> list[int]:
        """Return how many transactions of each account the blocks up to a number hold."""
        found = self._read(
            [("eth_getTransactionCount", (to_data(address), hex(number))) for address in addresses]
        )
        return [
            answers.parse(from_quantity, accepted("eth_getTransactionCount", answer), "nonce")
            for answer in found
        ]

    def pool_depth(self) -> tuple[int, int]:
        """Return how many transactions are pending and queued."""
        return answers.parse(pool_counts, self._call("txpool_status"), "pool status")

    def pool_content(self) -> tuple[dict[bytes, list[bytes]], dict[bytes, list[bytes]]]:
        """Return the hashes of pending and of queued transactions, by sender, by rising nonce."""
        answer = self._call("txpool_content")

        def read(found: Any) -> dict[bytes, list[bytes]]:
            return {
                from_data(sender): [
                    from_data(held[nonce]["hash"]) for nonce in sorted(held, key=int)
                ]
                for sender, held in found.items()
            }

        return answers.parse(
            lambda found: (read(found["pending"]), read(found["queued"])), answer, "pool content"
        )

    def pool_hashes(self) -> set[bytes]:
        """Return the hashes of all transactions that the pool holds."""
        return {
            tx_hash
            for part in self.pool_content()
            for hashes in part.values()
            for tx_hash in hashes
        }

    def offer(self, raw: bytes) -> tuple[bytes | RpcFailure, tuple[int, int]]:
        """Hand over one transaction, and return when the pool has found its place.

        Returns
        -------
        tuple of bytes or RpcFailure, and tuple of int and int
            Its hash or why it was refused; how many are pending and queued now.

        """
        with self._watching():
            answer, depth = self.rpc.batch(
                [("eth_sendRawTransaction", (to_data(raw),)), ("txpool_status", ())]
            )
        counts = answers.parse(pool_counts, depth, "pool status")
        if isinstance(answer, RpcFailure):
            return answer, counts
        return answers.parse(from_data, answer, "transaction hash"), counts

    def balance(self, address: bytes) -> int:
        """Return an account's balance in wei."""
        answer = self._call("eth_getBalance", to_data(address), "latest")
        return answers.parse(from_quantity, answer, "balance")

    def producer(self, number: int) -> str:
        """Return the address that takes a block's tips, 0x and lower case."""
        return str(self._call("eth_getBlockByNumber", hex(number), False)["miner"]).lower()

    def balances(self, addresses: Sequence[bytes]) -> list[int]:
        """Return many accounts' balances in wei."""
        found = self._read(
            [("eth_getBalance", (to_data(address), "latest")) for address in addresses]
        )
        return [
            answers.parse(from_quantity, accepted("eth_getBalance", answer), "balance")
            for answer in found
        ]

    def web3(self) -> Web3:
        """Return a web3.py client of this node, for a look by hand."""
        from web3 import HTTPProvider, Web3  # noqa: PLC0415 - heavy, and seldom wanted

        return Web3(HTTPProvider(self.url))

    def close(self) -> None:
        """Close the connections; closing again does nothing."""
        self._closed = True
        self.rpc.close()

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
                accepted(method, answer)
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

    @contextmanager
    def _watching(self) -> Iterator[None]:
        """Turn a lost connection into its cause, where that is known."""
        try:
            yield
        except (NeverSent, OutcomeUnknown) as error:
            cause = None if self._closed else self._why_lost()
            if cause is not None:
                raise cause from error
            raise

    def _why_lost(self) -> NodeError | None:
        """Return why the node does not answer, None if nothing is known of it."""
        return None


def _reading(to: bytes, data: bytes, sender: bytes = b"") -> dict[str, str]:
    asked = {"to": to_data(to), "data": to_data(data), "gas": hex(_READ_GAS)}
    return {**asked, "from": to_data(sender)} if sender else asked


def pool_counts(found: Any) -> tuple[int, int]:
    """Read the answer of ``txpool_status``."""
    return from_quantity(found["pending"]), from_quantity(found["queued"])


def accepted(method: str, answer: Any) -> Any:
    """Return an item of a batch's answers; raise `Refused` if it is a failure."""
    if isinstance(answer, RpcFailure):
        raise Refused(method, answer)
    return answer
