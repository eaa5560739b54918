"""A watcher of the rollup's sequencer, whose reports are transactions like any other."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from pydantic import Field

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sent
from floodline.actors.fees import FeeChoice
from floodline.foundation.registry import Parameters
from floodline.foundation.units import to_us


class OutageParameters(Parameters):
    """One outage of the sequencer."""

    at_s: float = Field(ge=0, description="When it is reported down, in seconds after genesis.")
    for_s: float = Field(gt=0, description="For how long, in seconds.")


class SequencerParameters(ActorParameters):
    """Parameters of the sequencer's watcher."""

    outages: tuple[OutageParameters, ...] = Field(
        default=(), description="When the sequencer is down, as consumers of its feed are told."
    )
    fee: FeeChoice = Field(
        default="percentile", validate_default=True, description="How the watcher bids."
    )


@ACTORS.register(
    "sequencer",
    SequencerParameters,
    description="Reports the rollup's sequencer down and up again to its uptime feed.",
)
class SequencerWatcher(Actor):
    """Sends a report at each change; what happens to it then is up to the network.

    Blocks go on meanwhile: to stop them too, give the chain's block time an outage.
    """

    role: ClassVar[str] = "sequencer"

    def __init__(self, parameters: SequencerParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._outages = parameters.outages
        self._bidder = Bidder(desk, parameters.fee.build())

    def start(self) -> None:
        """Plan every report."""
        for outage in self._outages:
            self.desk.at(to_us(outage.at_s), partial(self._report, True))
            self.desk.at(to_us(outage.at_s + outage.for_s), partial(self._report, False))

    def _report(self, down: bool, _now_us: int) -> None:
        call = self.desk.protocol.report_sequencer(down=down)
        if call is not None:
            self._bidder.send(self.accounts[0].index, call)
            self.count("reported_down" if down else "reported_up")

    def on_block(self, block: BlockSeen) -> None:
        """Bid again for what waits."""
        self.count("bumped", self._bidder.bump(block))

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Count what became of a report."""
        if self._bidder.settle(sent, outcome) is not None:
            self.count(outcome.state)
