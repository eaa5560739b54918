"""Looking into a transaction after the fact."""

from __future__ import annotations

from floodline.chain.anvil import AnvilNode
from floodline.chain.hexadecimal import from_data
from floodline.foundation.errors import NodeError


def revert_data(node: AnvilNode, tx_hash: bytes) -> bytes:
    """Return what a failed transaction reverted with; empty if it ran out of gas.

    Raises
    ------
    NodeError
        If the node's trace is not what geth's call tracer gives.

    """
    trace = node.rpc.call("debug_traceTransaction", "0x" + tx_hash.hex(), {"tracer": "callTracer"})
    if not isinstance(trace, dict):
        raise NodeError(
            f"the trace of 0x{tx_hash.hex()} is {type(trace).__name__}, not an object",
            "use the Anvil that Floodline installs (`floodline toolchain`)",
        )
    return from_data(trace.get("output") or "0x")
