"""What would let a liquidation of the reference protocol succeed that reverts."""

from __future__ import annotations

from floodline.chain.abi import Revert
from floodline.foundation.units import WAD

_WORDS = {
    "StalePrice": "a new round of the price feed: push a price that was observed lately",
    "StaleVolatility": "a new round of volatility: push one that was observed lately",
    "PriceOutOfBounds": "a price within the hub's bounds, or wider bounds",
    "PriceJumped": "more rounds or time, until the jump breaker lets the price pass",
    "PriceDeviates": "a reference price that agrees with the feed",
    "PriceUncertain": "a price that its publishers agree on more closely",
    "SequencerDown": "the sequencer's report that it is up",
    "SequencerGrace": "the end of the grace time after the sequencer's return",
    "CounterpartyCapacityExceeded": "more cash of the counterparty: deposit liquidity",
    "OpenInterestCapExceeded": "a higher cap of open interest",
    "Unauthorized": "the contract's permission, which it has lost",
}


def unblocks(revert: Revert) -> str:
    """Return what has to change, in words; empty where the contracts leave it open.

    A liquidation that leaves 3,000 of bad debt with 1,000 in an all-or-nothing fund waits for 2,000
    dollars.
    """
    given = revert.arguments
    if revert.name == "InsufficientFund":
        missing = (given["requested"] - given["available"]) / WAD
        return f"${missing:,.2f} more in the insurance fund, or a fund that pays what it has"
    if revert.name == "LiquidationCapacityReached":
        return f"waiting until {given['availableAt']} (Unix seconds), or a higher capacity"
    return _WORDS.get(revert.name, "")
