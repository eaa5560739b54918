"""Campaigns that go on from a devnet that runs already, with the contracts deployed there."""

from __future__ import annotations

from floodline.campaign.schema import AttachSection, ChainSection
from floodline.chain.fork import Fork
from floodline.chain.rpc_node import JsonRpcNode


def fork_of(chain: ChainSection) -> Fork | None:
    """Return the newest block of the devnet that the campaign names; None where it names none.

    Raises
    ------
    NodeError
        If nothing answers there, or it is no devnet.

    """
    if not isinstance(chain.node, AttachSection):
        return None
    with JsonRpcNode.attach(chain.node.attach) as devnet:
        newest = devnet.block()
        return Fork(chain.node.attach, newest.number, newest.timestamp)
