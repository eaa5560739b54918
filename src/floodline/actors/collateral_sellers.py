"""Bots that sell tokens of accounts in debt, for the keepers' pay."""

from __future__ import annotations

from typing import ClassVar, Final

from pydantic import Field

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sent
from floodline.actors.fees import FeeChoice
from floodline.foundation.units import SECOND_US

_ATTEMPT_BLOCKS: Final = 2
"""Blocks that a bot lets pass before it tries again what reverted."""


class CollateralSellersParameters(ActorParameters):
    """Parameters of the bots that sell tokens for debts."""

    max_in_flight: int = Field(
        default=16, ge=1, le=64, description="Sales that wait at the same time."
    )
    fee: FeeChoice = Field(
        default="percentile", validate_default=True, description="How the bot bids."
    )


@ACTORS.register(
    "collateral_sellers",
    CollateralSellersParameters,
    description="A bot that sells tokens which count as margin through the spot pool, for accounts "
    "that owe cash.",
)
class CollateralSellers(Actor):
    """One sale an account at a time, of its largest token.

    A sale reverts while the pool's price is too far below the oracle's: the debt stays, and grows
    with the token's fall.
    """

    role: ClassVar[str] = "collateral_seller"

    def __init__(self, parameters: CollateralSellersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._max_in_flight = parameters.max_in_flight
        self._bidder = Bidder(desk, parameters.fee.build())
        self._waiting: set[bytes] = set()
        self._again: dict[bytes, int] = {}

    def on_block(self, block: BlockSeen) -> None:
        """Bid again for what waits, and sell what has come due."""
        self.count("bumped", self._bidder.bump(block))
        collateral = self.desk.protocol.collateral
        if collateral is None:
            return
        prices = [self.desk.chain_price_usd(market) for market in self.desk.protocol.markets]
        now_s = self.desk.genesis_s + self.desk.now_us // SECOND_US
        for call in collateral.upkeep(prices, now_s):
            account = call.subject
            if account in self._waiting or self._again.get(account, 0) > block.number:
                continue
            if len(self._waiting) >= self._max_in_flight:
                self.count("at_capacity")
                break
            self._waiting.add(account)
            self._bidder.send(self.accounts[0].index, call)
            self.count("sent")

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Free the account; what reverted is tried again some blocks later."""
        ended = self._bidder.settle(sent, outcome)
        if ended is None:
            return
        account = ended.call.subject
        self._waiting.discard(account)
        self.count(outcome.state)
        if outcome.state == "reverted":
            self._again[account] = outcome.block + _ATTEMPT_BLOCKS
