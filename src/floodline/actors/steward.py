"""A risk steward: raises initial margins on chain while the pool is deep."""

from __future__ import annotations

from typing import ClassVar, Final

from pydantic import Field

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sent
from floodline.actors.fees import FeeChoice

_EXACT: Final = 1e-3
"""Difference of two factors that is none."""


class StewardParameters(ActorParameters):
    """Parameters of a steward."""

    above_blocks: float = Field(
        default=2.0,
        gt=0,
        description="Depth of the pool, in blocks at the gas target, from which margins are "
        "raised.",
    )
    calm_blocks: float = Field(
        default=0.5, ge=0, description="Depth at which they are lowered again."
    )
    factor: float = Field(
        default=2.0, ge=1, le=20, description="Initial margin ratio over the profile's, raised."
    )
    fee: FeeChoice = Field(
        default={"escalating": {"tip_gwei": 2, "factor": 1.5, "every_blocks": 1}},
        validate_default=True,
        description="How the steward bids: what it sends waits in the same pool.",
    )


@ACTORS.register(
    "steward",
    StewardParameters,
    description="Owns the markets and asks for more initial margin while the pool is deep.",
)
class Steward(Actor):
    """Sets each market's parameters by a transaction of the owner; new risk costs more from then.

    A factor of 2 makes the 5 % of the base profile 10 %: nobody opens above ten times. Maintenance
    margin stays, so nobody is liquidated by it. Where the protocol lets nobody set margins, it
    does nothing.
    """

    role: ClassVar[str] = "steward"

    def __init__(self, parameters: StewardParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._given = parameters
        self._bidder = Bidder(desk, parameters.fee.build())
        self._waiting: set[str] = set()
        self._deep = False

    @property
    def governs(self) -> bool:
        """Its account owns the markets."""
        return True

    def on_block(self, block: BlockSeen) -> None:
        """Judge the pool, and set what is not as it should be."""
        self.count("bumped", self._bidder.bump(block))
        depth = self.desk.fee_view().depth_blocks
        self._deep = depth > (self._given.calm_blocks if self._deep else self._given.above_blocks)
        margins = self.desk.protocol.margins
        if margins is None:
            return
        wanted = self._given.factor if self._deep else 1.0
        for market in self.desk.protocol.markets:
            if market not in self._waiting and abs(margins.in_force(market) - wanted) > _EXACT:
                self._waiting.add(market)
                self._bidder.send(self.accounts[0].index, margins.raise_initial(market, wanted))
                self.count("raised" if self._deep else "lowered")

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Judge the market anew once its call has ended."""
        ended = self._bidder.settle(sent, outcome)
        if ended is not None:
            self._waiting.discard(ended.call.market)
            self.count(outcome.state)
