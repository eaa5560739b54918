"""What a fee strategy is, and the registry of all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Final

from floodline.actors.fees.bid import Fees
from floodline.actors.fees.view import FULL_PACE, NO_STAKE, FeeView, Pace, Stake
from floodline.foundation.choice import ChoiceOf, Chosen
from floodline.foundation.registry import Registry


class FeeStrategy(ABC):
    """How an actor bids."""

    watch_us: int = 0
    """How often it looks at rivals' pending bids between blocks, in virtual microseconds; 0 for
    strategies that do not."""

    @abstractmethod
    def quote(self, view: FeeView, stake: Stake = NO_STAKE) -> Fees:
        """Return the bid of a new transaction."""

    def bump(
        self, fees: Fees, blocks_waited: int, view: FeeView, stake: Stake = NO_STAKE
    ) -> Fees | None:
        """Return a higher bid for a transaction that waits, or None to leave it as it is.

        Parameters
        ----------
        fees : Fees
            The present bid.
        blocks_waited : int
            Blocks seen since that bid was sent.
        view : FeeView
            The fee market at present.
        stake : Stake
            What the call is worth, and what rivals bid for it.

        """
        del fees, blocks_waited, view, stake
        return None

    def counter(self, fees: Fees, view: FeeView, stake: Stake) -> Fees | None:
        """Return an answer to rivals' pending bids, or None; asked every `watch_us`."""
        del fees, view, stake
        return None

    def pace(self, view: FeeView) -> Pace:
        """Return how much to do now, and how long to wait, in the present state of the network."""
        del view
        return FULL_PACE


FEES: Final[Registry[FeeStrategy]] = Registry("fee strategy")
FeeChoice = Annotated[Chosen[FeeStrategy], ChoiceOf(FEES)]
