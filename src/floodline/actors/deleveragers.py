"""Deleveragers: bots that close winners against bankrupt accounts, and are paid by nobody."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from pydantic import Field

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sent
from floodline.actors.fees import FeeChoice
from floodline.foundation.units import to_us
from floodline.market.amounts import AmountChoice


class DeleveragersParameters(ActorParameters):
    """Parameters of a group of deleveragers."""

    count: int = Field(default=1, ge=1, le=20, description="Number of bots, one account each.")
    fee: FeeChoice = Field(
        default="percentile", validate_default=True, description="How each bot bids."
    )
    reaction_s: AmountChoice = Field(
        default={"constant": 0.5},
        validate_default=True,
        description="From seeing a block to sending, in seconds, drawn for each bot and block.",
    )


@ACTORS.register(
    "deleveragers",
    DeleveragersParameters,
    description="Bots that close winners against bankrupt accounts where the protocol deleverages.",
)
class Deleveragers(Actor):
    """Bots of the venue's own: the protocol pays nothing for deleveraging.

    A bot has at most one call waiting for an account, and does nothing where the deployment does
    not deleverage.
    """

    role: ClassVar[str] = "deleverager"

    def __init__(self, parameters: DeleveragersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._parameters = parameters
        strategy = parameters.fee.build()
        self._reaction = parameters.reaction_s.build()
        self._bidders = [Bidder(desk, strategy) for _ in range(parameters.count)]
        self._targets: list[set[bytes]] = [set() for _ in range(parameters.count)]
        self._reaction_stream = desk.stream("reaction")

    @property
    def sender_count(self) -> int:
        """One account a bot."""
        return self._parameters.count

    def on_block(self, block: BlockSeen) -> None:
        """Let each bot act on the block after its own reaction time."""
        seconds = self._reaction.sample(self._reaction_stream, self._parameters.count)
        for bot, delay_s in enumerate(seconds.tolist()):
            self.desk.at(self.desk.now_us + to_us(delay_s), partial(self._act, bot, block))

    def _act(self, bot: int, block: BlockSeen, _now_us: int) -> None:
        self.count("bumped", self._bidders[bot].bump(block))
        adl = self.desk.protocol.adl
        if adl is None:
            return
        for account, market in adl.waiting():
            if account in self._targets[bot]:
                continue
            winners = adl.candidates(account, market)
            if not winners:
                self.count("without_winners")
                continue
            call = adl.deleverage(account, market, winners)
            self._bidders[bot].send(self.accounts[bot].index, call)
            self._targets[bot].add(account)
            self.count("attempted")

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Free the target for another attempt once its call has ended."""
        for bot, sender in enumerate(self.accounts):
            if sender.index != sent.sender:
                continue
            ended = self._bidders[bot].settle(sent, outcome)
            if ended is None:
                return
            self._targets[bot].discard(ended.call.subject)
            self.count("done" if outcome.state == "included" else "failed")
