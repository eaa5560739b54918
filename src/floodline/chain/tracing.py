"""Looking into a transaction after the fact."""

from __future__ import annotations

from floodline.chain.node import Node


def revert_data(node: Node, tx_hash: bytes) -> bytes:
    """Return what a failed transaction reverted with; empty if it ran out of gas."""
    return node.revert_data(tx_hash)
