"""Handing a campaign at genesis from the Anvil that set it up to the node that runs it."""

from __future__ import annotations

from pathlib import Path

from floodline.campaign.schema import Campaign
from floodline.campaign.setup import GENESIS_S
from floodline.chain.anvil import AnvilNode
from floodline.chain.genesis import accounts_of_dump
from floodline.chain.geth import GethNode, GethSettings
from floodline.chain.hardhat import HardhatNode
from floodline.foundation.units import GWEI
from floodline.mempool.builders.orders import PriorityParameters
from floodline.mempool.limits import PoolLimits
from floodline.toolchain.geth import find_geth
from floodline.toolchain.hardhat import find_hardhat


def geth_settings(campaign: Campaign) -> GethSettings:
    """Return what geth is started with for a campaign."""
    chain, chosen = campaign.chain, campaign.builder.policy.parameters
    minimum = chosen.min_tip_wei if isinstance(chosen, PriorityParameters) else 1
    return GethSettings(
        pool_flags=pool_flags(chain.pool),
        min_tip_wei=minimum,
        gc_mode=chain.geth.gc_mode,
        state_scheme=chain.geth.state_scheme,
    )


def pool_flags(limits: PoolLimits) -> dict[str, int | str]:
    """Return the words and values of geth's ``--txpool`` flags."""
    return {
        "pricelimit": limits.price_limit,
        "pricebump": limits.price_bump,
        "accountslots": limits.account_slots,
        "globalslots": limits.global_slots,
        "accountqueue": limits.account_queue,
        "globalqueue": limits.global_queue,
        "lifetime": f"{limits.lifetime_s}s",
    }


def geth_at_genesis(campaign: Campaign, setup: AnvilNode, log_path: Path) -> GethNode:
    """Start a geth whose genesis is the state that the setup has led to.

    Raises
    ------
    ToolchainError
        If there is no fitting geth.
    NodeError
        If it does not start.

    """
    return GethNode.start(
        find_geth().path,
        accounts_of_dump(setup.dump_state()),
        geth_settings(campaign),
        gas_limit=campaign.chain.gas_limit,
        base_fee=round(campaign.chain.base_fee_gwei * GWEI),
        timestamp=GENESIS_S,
        log_path=log_path,
        connections=campaign.chain.live.connections + 2 if campaign.chain.clock == "wall" else 1,
    )


def hardhat_at_genesis(campaign: Campaign, setup: AnvilNode, log_path: Path) -> HardhatNode:
    """Start a Hardhat with the state that the setup has led to.

    Raises
    ------
    ToolchainError
        If Hardhat is not installed.
    NodeError
        If it does not start.

    """
    installed = find_hardhat()
    return HardhatNode.start(
        installed.runtime.node,
        installed.script,
        installed.home,
        accounts_of_dump(setup.dump_state()),
        gas_limit=campaign.chain.gas_limit,
        base_fee=round(campaign.chain.base_fee_gwei * GWEI),
        timestamp=GENESIS_S - 1,
        log_path=log_path,
        connections=campaign.chain.live.connections + 2,
    )


def anvil_at_genesis(
    campaign: Campaign, setup: AnvilNode, binary: Path, log_path: Path
) -> AnvilNode:
    """Start an Anvil that orders by fees, with the state that the setup has led to."""
    base_fee = round(campaign.chain.base_fee_gwei * GWEI)
    node = AnvilNode.start(
        binary,
        gas_limit=campaign.chain.gas_limit,
        base_fee=base_fee,
        timestamp=GENESIS_S - 1,
        log_path=log_path,
        connections=campaign.chain.live.connections + 2,
        order="fees",
    )
    try:
        node.load_state(setup.dump_state())
        node.set_next_base_fee(base_fee)
    except BaseException:
        node.close()
        raise
    return node
