"""Fee strategies: what an actor bids, by which lane, and whether it bids again.

A strategy sees what a wallet sees: the next block's base fee, the base fees and tips of recent
blocks, the depth of the pool, the worth of its call, and rivals' pending bids that have reached it.
"""

from floodline.actors.fees import auction, fixed, ladder, network_aware, value, wallets
from floodline.actors.fees.bid import PRICE_BUMP_PERCENT, Fees, is_legal_replacement, legal_bump
from floodline.actors.fees.once import FirstBidOnly
from floodline.actors.fees.strategy import FEES, FeeChoice, FeeStrategy
from floodline.actors.fees.view import FULL_PACE, NO_STAKE, FeeHistory, FeeView, Pace, Stake
from floodline.mempool.transaction import Lane

__all__ = [
    "FEES",
    "FULL_PACE",
    "NO_STAKE",
    "PRICE_BUMP_PERCENT",
    "FeeChoice",
    "FeeHistory",
    "FeeStrategy",
    "FeeView",
    "Fees",
    "FirstBidOnly",
    "Lane",
    "Pace",
    "Stake",
    "auction",
    "fixed",
    "is_legal_replacement",
    "ladder",
    "legal_bump",
    "network_aware",
    "value",
    "wallets",
]
