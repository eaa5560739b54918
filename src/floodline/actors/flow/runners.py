"""A run on the ledger: depositors who leave once they see that not all claims are covered."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Final, Literal

from pydantic import Field

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sender, Sent
from floodline.actors.fees import FeeChoice
from floodline.foundation.units import WAD, to_us
from floodline.market.amounts import AmountChoice

_LEAST_WAD: Final = 100 * WAD
"""What is left of a claim below this, a hundred dollars, nobody runs for."""
_MARGIN: Final = 10**4
"""Parts of a claim of which one is left where the rate is below one: it may fall meanwhile."""


class RunnersParameters(ActorParameters):
    """Parameters of depositors who may run."""

    count: int = Field(default=10, ge=1, le=2_000, description="Number of depositors.")
    deposit_usd: AmountChoice = Field(
        default={"constant": 50_000},
        validate_default=True,
        description="What each has inside the protocol at genesis, in dollars.",
    )
    sees: Literal["deficit", "fund"] = Field(
        default="deficit",
        description="deficit: a recorded deficit, or a claim that pays less than a dollar; fund: "
        "also an insurance fund that is nearly spent.",
    )
    fund_share: float = Field(
        default=0.2,
        gt=0,
        le=1,
        description="With sees: fund, the share of the fund at genesis below which they run.",
    )
    reaction_s: AmountChoice = Field(
        default={"lognormal": {"median": 5, "sigma": 1.0}},
        validate_default=True,
        description="From the block that shows it to sending, in seconds, drawn for each.",
    )
    fee: FeeChoice = Field(
        default="multiple", validate_default=True, description="How each one bids."
    )


@ACTORS.register(
    "runners",
    RunnersParameters,
    description="Depositors without positions who withdraw everything once insolvency is visible.",
)
class Runners(Actor):
    """Whoever is out before the next deficit is recorded has lost nothing.

    At a rate of 0.9 a claim of 1,000 dollars pays 900. A withdrawal that reverts, because it is
    gated or the rate has fallen, is tried again with the next block.
    """

    role: ClassVar[str] = "runner"

    def __init__(self, parameters: RunnersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._given = parameters
        count = parameters.count
        self._bidder = Bidder(desk, parameters.fee.build())
        self._deposits = parameters.deposit_usd.build().sample(desk.stream("deposits"), count)
        reaction = parameters.reaction_s.build().sample(desk.stream("reaction"), count)
        self._reaction_us = [to_us(seconds) for seconds in reaction.tolist()]
        self._waiting: set[int] = set()
        self._start_fund = 0.0
        self._alarm_us: int | None = None

    @property
    def sender_count(self) -> int:
        """One account a depositor."""
        return self._given.count

    def deposits_usd(self) -> list[float]:
        """Give each what the file says."""
        return [float(deposit) for deposit in self._deposits]

    def start(self) -> None:
        """Remember how large the fund is."""
        cash = self.desk.protocol.cash
        self._start_fund = 0.0 if cash is None else cash.fund_usd()

    def _alarmed(self) -> bool:
        cash = self.desk.protocol.cash
        if cash is None:
            return False
        if cash.hole_usd() > 0 or cash.exchange_rate() < 1:
            return True
        return self._given.sees == "fund" and (
            cash.fund_usd() < self._given.fund_share * self._start_fund
        )

    def on_block(self, block: BlockSeen) -> None:
        """Take fright, and go on trying once frightened."""
        self.count("bumped", self._bidder.bump(block))
        now_us = self.desk.now_us
        if self._alarm_us is None:
            if not self._alarmed():
                return
            self._alarm_us = now_us
        for sender, after_us in zip(self.accounts, self._reaction_us, strict=True):
            self.desk.at(max(now_us, self._alarm_us + after_us), partial(self._run, sender))

    def _run(self, sender: Sender, _now_us: int) -> None:
        cash = self.desk.protocol.cash
        if cash is None or sender.index in self._waiting:
            return
        claim, rate = cash.balance_wad(sender.address), cash.exchange_rate()
        amount = claim if rate == 1 else int(claim * rate) * (_MARGIN - 1) // _MARGIN
        if amount >= _LEAST_WAD:
            self._waiting.add(sender.index)
            self._bidder.send(sender.index, cash.withdraw(sender.address, amount))
            self.count("tried")

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Count who got out."""
        if self._bidder.settle(sent, outcome) is not None:
            self._waiting.discard(sent.sender)
            self.count("got" if outcome.state == "included" else f"withdraw_{outcome.state}")
