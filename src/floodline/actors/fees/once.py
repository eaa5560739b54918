"""A strategy whose first bid stands: for wallets that cannot, or do not, replace."""

from __future__ import annotations

from floodline.actors.fees.bid import Fees
from floodline.actors.fees.strategy import FeeStrategy
from floodline.actors.fees.view import NO_STAKE, FeeView, Pace, Stake


class FirstBidOnly(FeeStrategy):
    """Bids as another strategy does, and never again for the same transaction.

    Parameters
    ----------
    strategy : FeeStrategy
        Makes the first bids.

    """

    def __init__(self, strategy: FeeStrategy) -> None:
        self._strategy = strategy

    def quote(self, view: FeeView, stake: Stake = NO_STAKE) -> Fees:
        """Return the other strategy's bid."""
        return self._strategy.quote(view, stake)

    def pace(self, view: FeeView) -> Pace:
        """Return the other strategy's pace."""
        return self._strategy.pace(view)
