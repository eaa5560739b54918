"""The modelled mempool: geth's pool rules, block builders, and the way from sender to builder."""

from floodline.mempool.builder import BUILDERS, BlockBuilder, BlockPlan, Surroundings
from floodline.mempool.builders.ordered import PriorityBuilder
from floodline.mempool.limits import PoolLimits
from floodline.mempool.pool import TransactionPool
from floodline.mempool.propagation import DELAYS, DelayDistribution
from floodline.mempool.states import Departure, Reason, TxState
from floodline.mempool.transaction import PooledTransaction

__all__ = [
    "BUILDERS",
    "DELAYS",
    "BlockBuilder",
    "BlockPlan",
    "DelayDistribution",
    "Departure",
    "PoolLimits",
    "PooledTransaction",
    "PriorityBuilder",
    "Reason",
    "Surroundings",
    "TransactionPool",
    "TxState",
]
