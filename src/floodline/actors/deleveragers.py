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
from floodline.protocols.facets import AdlFacet


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
    deleverages: bool = Field(
        default=True, description="Whether the bots close winners; false: they only nominate."
    )
    nominates: int = Field(
        default=0,
        ge=0,
        le=4,
        description="Winners against each account that waits whom a bot points out on chain, best "
        "first: a call that passes over one of them is refused.",
    )
    spares: int = Field(
        default=0,
        ge=0,
        le=8,
        description="Best-ranked winners whom a bot leaves out of its calls: the contract does not "
        "know that they were first, unless somebody has nominated them.",
    )


@ACTORS.register(
    "deleveragers",
    DeleveragersParameters,
    description="Bots that close winners against bankrupt accounts where the protocol deleverages.",
)
class Deleveragers(Actor):
    """Bots of the venue's own: the protocol pays nothing for deleveraging.

    A bot has at most one call waiting for an account, and does nothing where the deployment does
    not deleverage. The contract holds a call's winners against those whom somebody has nominated:
    bots that nominate keep the others honest, and bots that spare winners show what happens where
    nobody does.
    """

    role: ClassVar[str] = "deleverager"

    def __init__(self, parameters: DeleveragersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._parameters = parameters
        strategy = parameters.fee.build()
        self._reaction = parameters.reaction_s.build()
        self._bidders = [Bidder(desk, strategy) for _ in range(parameters.count)]
        self._targets: list[set[bytes]] = [set() for _ in range(parameters.count)]
        self._nominated: list[set[tuple[bytes, str]]] = [set() for _ in range(parameters.count)]
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
            self._nominate(bot, adl, account, market)
            if account in self._targets[bot] or not self._parameters.deleverages:
                continue
            winners = adl.candidates(account, market, self._parameters.spares)
            if not winners:
                self.count("without_winners")
                continue
            call = adl.deleverage(account, market, winners)
            self._bidders[bot].send(self.accounts[bot].index, call)
            self._targets[bot].add(account)
            self.count("attempted")

    def _nominate(self, bot: int, adl: AdlFacet, account: bytes, market: str) -> None:
        """Point out the best winners of the other side, each once."""
        most = self._parameters.nominates
        if not most:
            return
        for winner in adl.candidates(account, market)[:most]:
            if (winner, market) not in self._nominated[bot]:
                self._nominated[bot].add((winner, market))
                call = adl.nominate(winner, market)
                self._bidders[bot].send(self.accounts[bot].index, call)
                self.count("nominations")

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Free the target for another attempt once its call has ended."""
        for bot, sender in enumerate(self.accounts):
            if sender.index != sent.sender:
                continue
            ended = self._bidders[bot].settle(sent, outcome)
            if ended is None:
                return
            nomination = ended.call.kind == "nominate"
            if not nomination:
                self._targets[bot].discard(ended.call.subject)
            if outcome.state == "included":
                self.count("nominated" if nomination else "done")
            else:
                self.count("not_nominated" if nomination else "failed")
