"""Looking into a transaction after the fact."""

from __future__ import annotations

from floodline.chain.answers import parse
from floodline.chain.anvil import AnvilNode
from floodline.chain.hexadecimal import from_data


def revert_data(node: AnvilNode, tx_hash: bytes) -> bytes:
    """Return what a failed transaction reverted with; empty if it ran out of gas.

    Anvil remembers it from the execution itself (Otterscan's method, 0.3 ms); a geth-style trace
    would execute the block again (25 ms).
    """
    answer = node.rpc.call("ots_getTransactionError", "0x" + tx_hash.hex())
    return parse(from_data, answer or "0x", "revert data")
