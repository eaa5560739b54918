"""In what a node's own pool and block building differ from what a public network does."""

from __future__ import annotations

from typing import Final

_GETH: Final = (
    "what comes over JSON-RPC is treated as if it came from peers (--txpool.nolocals)",
    "a payload is built once, when its slot ends: what arrives later waits for the next one",
    "a transaction is promoted a moment after it was accepted, so that bursts are tidied together",
    "geth 1.16 ranks a fee cap below the base fee by its tip alone when the pool is full",
    "gapped transactions expire by the machine's clock, not by virtual time",
    "one node: nothing is gossiped, and nobody else builds",
)
_ANVIL: Final = (
    "a transaction whose fee cap is below the base fee is refused on arrival",
    "a pending transaction is dropped without a word when the base fee rises above its fee cap",
    "a replacement needs no more than a higher price: the 10 % of public networks is not asked for",
    "the pool has no capacity, no limit for an account and no lifetime: floods are never evicted",
    "a transaction that does not fit is skipped, its account goes on with nobody",
    "one node: nothing is gossiped, and nobody else builds",
)
_HARDHAT: Final = (
    "the pool has no capacity, no limit for an account and no lifetime: floods are never evicted",
    "there is no txpool_* method: how deep the pool is, is counted from what was accepted",
    "it runs Prague: under Osaka it caps reads at the gas of one transaction",
    "mining is a timer inside the same process: a late timer is a late block",
    "one node: nothing is gossiped, and nobody else builds",
)
_OF: Final = {"geth": _GETH, "anvil": _ANVIL, "hardhat": _HARDHAT}


def distortions(node: str) -> tuple[str, ...]:
    """Return what of a node's behaviour a reader of its numbers has to know, one line each."""
    return _OF[node]
