"""What every actor is: parameters, accounts, reactions, and a tally of what it tried and got."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from floodline.actors.desk import BlockSeen, Desk, Outcome, Sender, Sent
from floodline.actors.fees import Fees, FeeStrategy, Stake, legal_bump
from floodline.foundation.registry import Parameters, Registry
from floodline.protocols.interface import Call


class ActorParameters(Parameters):
    """Parameters that every actor has."""

    name: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z0-9_-]{0,31}$",
        description="The actor's own name; its kind where left out. Names its random streams.",
    )
    enabled: bool = Field(default=True, description="False leaves the actor out of the campaign.")
    region: str | None = Field(
        default=None,
        description="Where it is: one of network.regions; where the builder is, if left out.",
    )
    lane: Literal["public", "private"] = Field(
        default="public",
        description="How its transactions go to the builder: gossiped, or sent to it alone.",
    )


class Actor:
    """One participant, or several that act alike.

    Parameters
    ----------
    parameters : ActorParameters
        The validated part of the campaign file.
    desk : Desk
        All that the actor can see and do.

    """

    role: ClassVar[str]
    """The role its transactions are counted under."""

    def __init__(self, parameters: Any, desk: Desk) -> None:
        self.desk = desk
        self.tally: dict[str, int] = {}
        del parameters

    @property
    def sender_count(self) -> int:
        """How many accounts the actor sends from."""
        return 1

    def deposits_usd(self) -> list[float]:
        """Collateral that each of its accounts has inside the protocol at genesis."""
        return []

    def wallets_usd(self) -> list[float]:
        """Dollars of each token that each of its accounts has outside the protocol at genesis."""
        return []

    @property
    def publishes(self) -> bool:
        """Whether its accounts may push prices."""
        return False

    @property
    def governs(self) -> bool:
        """Whether its first account sets the markets' parameters."""
        return False

    def start(self) -> None:
        """Begin: schedule timers. Called once, at genesis."""

    def on_price(self, now_us: int) -> None:
        """React to a tick of the true price."""

    def on_block(self, block: BlockSeen) -> None:
        """React to a block, when it reaches the actor."""

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Learn what became of a transaction: refusals at once, the rest with the next block."""

    def count(self, what: str, amount: int = 1) -> None:
        """Add to the actor's tally."""
        self.tally[what] = self.tally.get(what, 0) + amount

    @property
    def accounts(self) -> list[Sender]:
        """The actor's accounts."""
        return self.desk.senders()


class Intent:
    """One thing an actor wants done, and the transactions that stand for it at one nonce."""

    __slots__ = ("call", "current", "done", "gas", "live", "worth_wei")

    def __init__(self, sent: Sent, worth_wei: int | None = None, gas: int = 0) -> None:
        self.call = sent.call
        self.worth_wei = worth_wei
        self.gas = gas
        self.current = sent
        self.live = {sent.tx_id: sent}
        self.done = False


class Bidder:
    """Keeps an actor's intents and bids again for them as its strategy says.

    A replacement may be refused while the transaction it was meant to replace lives on, and the old
    one may be included while the new one is still on its way: an intent ends with the first of its
    transactions that is included, or with the last that is lost.
    """

    def __init__(self, desk: Desk, strategy: FeeStrategy) -> None:
        self._desk = desk
        self.strategy = strategy
        self._by_tx: dict[int, Intent] = {}
        self._watching = False

    @property
    def waiting(self) -> list[Intent]:
        """Intents that are not done, in the order in which their present bid was sent."""
        return [
            intent
            for tx_id, intent in self._by_tx.items()
            if tx_id == intent.current.tx_id and not intent.done
        ]

    def quote(
        self, sender: int, call: Call, worth_wei: int | None = None, gas: int | None = None
    ) -> Fees:
        """Return the strategy's present bid for a call; see `send`."""
        stake = self._stake(sender, call, worth_wei, call.gas_limit if gas is None else gas)
        return self.strategy.quote(self._desk.fee_view(), stake)

    def send(
        self,
        sender: int,
        call: Call,
        worth_wei: int | None = None,
        gas: int | None = None,
        fees: Fees | None = None,
    ) -> Intent:
        """Send a call at the strategy's present quote, or at a bid of the caller's own.

        Parameters
        ----------
        sender : int
            Index of the sending account.
        call : Call
            What to do.
        worth_wei : int, optional
            Reward that is expected from it.
        gas : int, optional
            Gas that it is expected to use; its gas limit where left out.
        fees : Fees, optional
            The bid, where the strategy is not asked: one placed next to somebody else's.

        """
        expected = call.gas_limit if gas is None else gas
        bid = self.quote(sender, call, worth_wei, expected) if fees is None else fees
        sent = self._desk.send(sender, call, bid)
        intent = Intent(sent, worth_wei, expected)
        self._by_tx[sent.tx_id] = intent
        self._watch()
        return intent

    def _stake(self, sender: int, call: Call, worth_wei: int | None, gas: int) -> Stake:
        """Return what the call is worth, and what rivals bid for the same where that matters."""
        if not self.strategy.watch_us:
            return Stake(worth_wei, gas)
        rivals = tuple(
            seen.fees
            for seen in self._desk.pending(call.kind, call.subject)
            if seen.sender != sender and seen.call.market == call.market
        )
        return Stake(worth_wei, gas, rivals)

    def _stake_of(self, intent: Intent) -> Stake:
        return self._stake(intent.current.sender, intent.call, intent.worth_wei, intent.gas)

    def _watch(self) -> None:
        """See to it that rivals are looked at for as long as something waits."""
        due_us = self._desk.now_us + self.strategy.watch_us
        if self.strategy.watch_us and not self._watching and due_us < self._desk.end_us:
            self._watching = True
            self._desk.at(due_us, self._look)

    def _look(self, _now_us: int) -> None:
        self._watching = False
        waiting = self.waiting
        view = self._desk.fee_view()
        for intent in waiting:
            fees = self.strategy.counter(intent.current.fees, view, self._stake_of(intent))
            if fees is not None:
                self._adopt(intent, self._desk.replace(intent.current, fees))
        if waiting:
            self._watch()

    def supersede(self, intent: Intent, call: Call) -> None:
        """Replace an intent's call by another, at the least legal price or the quote."""
        least = legal_bump(intent.current.fees, 1.0)
        quote = self.quote(intent.current.sender, call, intent.worth_wei, intent.gas)
        fees = Fees(max(least.max_fee, quote.max_fee), max(least.tip, quote.tip), quote.lane)
        intent.call = call
        self._adopt(intent, self._desk.replace(intent.current, fees, call))

    def _adopt(self, intent: Intent, sent: Sent) -> None:
        intent.current = sent
        intent.live[sent.tx_id] = sent
        self._by_tx[sent.tx_id] = intent

    def settle(self, sent: Sent, outcome: Outcome) -> Intent | None:
        """Take note of a transaction's end; return its intent if that ended with it."""
        intent = self._by_tx.pop(sent.tx_id)
        del intent.live[sent.tx_id]
        if intent.done:
            return None
        if outcome.state in {"included", "reverted"} or not intent.live:
            intent.done = True
            return intent
        if intent.current.tx_id == sent.tx_id:
            intent.current = intent.live[max(intent.live)]
        return None

    def bump(self, block: BlockSeen) -> int:
        """Bid again for every waiting intent that the strategy wants raised; return how many."""
        view = self._desk.fee_view()
        raised = 0
        for intent in self.waiting:
            sent = intent.current
            waited = block.number - sent.block_seen
            fees = self.strategy.bump(sent.fees, waited, view, self._stake_of(intent))
            if fees is not None:
                self._adopt(intent, self._desk.replace(sent, fees))
                raised += 1
        return raised


ACTORS: Final[Registry[Actor]] = Registry("actor")
"""All kinds of actors that a campaign file can name."""
