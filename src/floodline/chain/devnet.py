"""A development node that answers to Anvil's methods, whoever started the process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from floodline.chain import answers
from floodline.chain.hexadecimal import from_data, to_data
from floodline.chain.node import SealedBlock
from floodline.chain.rpc import RpcFailure
from floodline.chain.rpc_node import DEVNET_CHAIN_IDS, ORDERED_BATCH, JsonRpcNode
from floodline.foundation.errors import NodeError, SubmissionError

__all__ = ["DEVNET_CHAIN_IDS", "ORDERED_BATCH", "DevnetNode"]


class DevnetNode(JsonRpcNode):
    """A devnet on this machine that answers to Anvil's methods."""

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

    def submit_as(self, sender: bytes, to: bytes, data: bytes, gas: int) -> bytes | RpcFailure:
        """Hand over a transaction of any account, without its key; return its hash or refusal."""
        who = to_data(sender)
        asked = {"from": who, "to": to_data(to), "data": to_data(data), "gas": hex(gas)}
        with self._watching():
            _, answer, _ = self.rpc.batch(
                [
                    ("anvil_impersonateAccount", (who,)),
                    ("eth_sendTransaction", (asked,)),
                    ("anvil_stopImpersonatingAccount", (who,)),
                ]
            )
        if isinstance(answer, RpcFailure):
            return answer
        return answers.parse(from_data, answer, "transaction hash")

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

    def revert_data(self, tx_hash: bytes) -> bytes:
        """Return what a failed transaction reverted with; empty if it ran out of gas.

        Anvil remembers it from the execution itself (Otterscan's method, 0.3 ms); a geth-style
        trace would execute the block again (25 ms).
        """
        answer = self._call("ots_getTransactionError", to_data(tx_hash))
        return answers.parse(from_data, answer or "0x", "revert data")

    def state_diffs(self, number: int) -> list[Mapping[str, Any]]:
        """Return OpenEthereum's ``stateDiff`` of each transaction of a block, in its order.

        One call: 0.1 s for 200 transactions.
        """
        traces = self._call("trace_replayBlockTransactions", hex(number), ["stateDiff"])
        return answers.parse(lambda found: [each["stateDiff"] for each in found], traces, "traces")

    def prestates(self, tx_hashes: Sequence[bytes]) -> list[Mapping[str, Any]]:
        """Return what each transaction looked at, by address (geth's ``prestateTracer``).

        The node executes the block up to each of them again: 10 s for a block of 200.
        """
        tracer = {"tracer": "prestateTracer"}
        return [
            self._call("debug_traceTransaction", to_data(tx_hash), tracer) for tx_hash in tx_hashes
        ]

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
