"""People around a vault of liquidity: providers who come and run, and bots that keep it going."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sent
from floodline.actors.fees import FeeChoice
from floodline.foundation.units import SECOND_US, wad


class CaretakersParameters(ActorParameters):
    """Parameters of the bots that keep a vault going."""

    fee: FeeChoice = Field(
        default="percentile", validate_default=True, description="How the bot bids."
    )


@ACTORS.register(
    "caretakers",
    CaretakersParameters,
    description="A bot that works off the vault's queues and hedges the option vault when due.",
)
class Caretakers(Actor):
    """Makes each call that is due, one of a kind and market at a time.

    Nobody is paid for it: it is the protocol's own bot, and what it sends waits like anything else.
    """

    role: ClassVar[str] = "caretaker"

    def __init__(self, parameters: CaretakersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._bidder = Bidder(desk, parameters.fee.build())
        self._waiting: set[tuple[str, str]] = set()

    def on_block(self, block: BlockSeen) -> None:
        """Bid again for what waits, and send what has come due."""
        self.count("bumped", self._bidder.bump(block))
        vault = self.desk.protocol.vault
        if vault is None:
            return
        now_s = self.desk.genesis_s + self.desk.now_us // SECOND_US
        for call in vault.upkeep(now_s):
            job = (call.kind, call.market)
            if job not in self._waiting:
                self._waiting.add(job)
                self._bidder.send(self.accounts[0].index, call)
                self.count("sent")

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Free the job for the next time."""
        ended = self._bidder.settle(sent, outcome)
        if ended is not None:
            self._waiting.discard((ended.call.kind, ended.call.market))
            self.count(outcome.state)


class ProvidersParameters(ActorParameters):
    """Parameters of liquidity providers."""

    count: int = Field(default=5, ge=1, le=500, description="Number of providers.")
    deposit_usd: float = Field(
        default=100_000.0, gt=0, description="What each one deposits right after genesis, dollars."
    )
    leave_at_drop: float = Field(
        default=0.1,
        gt=0,
        le=1,
        description="Each asks for everything back once the true price of any market has moved by "
        "this share since genesis: informed, they race for the exit.",
    )
    fee: FeeChoice = Field(
        default="percentile", validate_default=True, description="How each one bids."
    )


@ACTORS.register(
    "providers",
    ProvidersParameters,
    description="Liquidity providers who join the vault and run when prices move far.",
)
class Providers(Actor):
    """Deposit once; redeem once shares are there and the price has moved far enough."""

    role: ClassVar[str] = "provider"

    def __init__(self, parameters: ProvidersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._parameters = parameters
        self._bidder = Bidder(desk, parameters.fee.build())
        self._start_usd: dict[str, float] = {}
        self._leaving: set[int] = set()

    @property
    def sender_count(self) -> int:
        """One account a provider."""
        return self._parameters.count

    def wallets_usd(self) -> list[float]:
        """Everybody can pay for the deposit."""
        return [self._parameters.deposit_usd] * self._parameters.count

    def start(self) -> None:
        """Ask to deposit."""
        protocol = self.desk.protocol
        self._start_usd = {name: self.desk.true_price_usd(name) for name in protocol.markets}
        if protocol.vault is None:
            return
        amount = wad(f"{self._parameters.deposit_usd:.2f}")
        for sender in self.accounts:
            self._bidder.send(sender.index, protocol.vault.deposit(sender.address, amount))
            self.count("joined")

    def on_price(self, now_us: int) -> None:
        """Run when the price has moved far."""
        del now_us
        vault = self.desk.protocol.vault
        moved = max(
            abs(self.desk.true_price_usd(name) / start - 1)
            for name, start in self._start_usd.items()
        )
        if vault is None or moved < self._parameters.leave_at_drop:
            return
        for sender in self.accounts:
            shares = vault.shares_of(sender.address)
            if shares and sender.index not in self._leaving:
                self._leaving.add(sender.index)
                self._bidder.send(sender.index, vault.withdraw(sender.address, shares))
                self.count("tried")

    def on_block(self, block: BlockSeen) -> None:
        """Bid again for what waits."""
        self.count("bumped", self._bidder.bump(block))

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Try to leave again where that was lost."""
        ended = self._bidder.settle(sent, outcome)
        if ended is None:
            return
        self.count(f"{ended.call.kind}_{outcome.state}")
        if outcome.state == "included" and sent.sender in self._leaving:
            self.count("got")
        if outcome.state != "included":
            self._leaving.discard(sent.sender)
