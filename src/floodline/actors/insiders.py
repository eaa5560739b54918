"""Insiders: traders who know when the price elsewhere will move, and are in before it does."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Final, Literal

from pydantic import Field, model_validator

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sender, Sent
from floodline.actors.fees import FeeChoice
from floodline.foundation.errors import CampaignError
from floodline.foundation.registry import Parameters
from floodline.foundation.suggest import suggestion
from floodline.foundation.units import to_us, wad
from floodline.market.amounts import AmountChoice
from floodline.protocols.interface import Call

_SIGNS: Final = {"long": 1, "short": -1}


class Trip(Parameters):
    """One position: when it is opened, on which side, and how long it is held."""

    at_s: float = Field(ge=0, description="When orders to open are sent, seconds after genesis.")
    side: Literal["long", "short"] = Field(description="Bought or sold.")
    for_s: float | None = Field(
        default=None, gt=0, description="Closed after this many seconds; never, if left out."
    )


class InsidersParameters(ActorParameters):
    """Parameters of a group of insiders."""

    count: int = Field(default=4, ge=1, le=1000, description="Number of accounts.")
    margin_usd: AmountChoice = Field(
        default={"constant": 50_000},
        validate_default=True,
        description="Collateral of each account, in dollars.",
    )
    leverage: float = Field(
        default=5.0, gt=0, description="Notional of each position over the account's collateral."
    )
    market: str | None = Field(
        default=None, description="The market traded; the first if left out."
    )
    trips: tuple[Trip, ...] = Field(
        min_length=1, description="Positions, one after the other, of every account alike."
    )
    spread_s: float = Field(
        default=0.0,
        ge=0,
        description="The accounts open one after the other, evenly over this many seconds.",
    )
    slippage: float = Field(
        default=0.01, gt=0, lt=1, description="Accepted distance from the chain's price at sending."
    )
    fee: FeeChoice = Field(
        default="multiple", validate_default=True, description="How their wallets bid."
    )

    @model_validator(mode="after")
    def _one_after_the_other(self) -> InsidersParameters:
        for number, (first, second) in enumerate(zip(self.trips, self.trips[1:], strict=False)):
            if first.for_s is None or first.at_s + first.for_s > second.at_s:
                raise ValueError(
                    f"trips[{number}] is not closed when trips[{number + 1}] opens at "
                    f"{second.at_s:g} s; give it a for_s that ends before"
                )
        held_s = [trip.for_s for trip in self.trips if trip.for_s is not None]
        if held_s and min(held_s) <= self.spread_s:
            raise ValueError(
                f"the last account opens {self.spread_s:g} s late, when a trip of "
                f"{min(held_s):g} s is over: let spread_s be shorter than every for_s"
            )
        return self


@ACTORS.register(
    "insiders",
    InsidersParameters,
    description="Traders who know when the true price will move: they open before and close after.",
)
class Insiders(Actor):
    """Opens positions at given times and closes them at others, whatever prices say by then.

    Where the fill has no price impact and the price elsewhere is cheap to push, that is a money
    machine: long, push up, close, sell short, push down. An order to open is sent once; one to
    close again with every block until nothing is held.

    Four accounts with $50,000 each at a leverage of 5 hold a million: a push by 1 % earns $10,000
    less two taker fees of 5 bp, $1,000.
    """

    role: ClassVar[str] = "insider"

    def __init__(self, parameters: InsidersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._parameters = parameters
        self._bidder = Bidder(desk, parameters.fee.build())
        self._market = _market_of(parameters, desk)
        self._busy: set[int] = set()
        self._leaving: set[int] = set()
        stream = desk.stream("margins")
        self._margins: list[float] = (
            parameters.margin_usd.build().sample(stream, parameters.count).tolist()
        )

    @property
    def sender_count(self) -> int:
        """One account each."""
        return self._parameters.count

    def deposits_usd(self) -> list[float]:
        """Each account's collateral."""
        return self._margins

    def start(self) -> None:
        """Schedule every trip of every account."""
        count = self._parameters.count
        for place, sender in enumerate(self.accounts):
            late_s = self._parameters.spread_s * place / count
            for trip in self._parameters.trips:
                opens_us = to_us(trip.at_s + late_s)
                self.desk.at(opens_us, partial(self._open, place, sender, _SIGNS[trip.side]))
                if trip.for_s is not None:
                    closes_us = to_us(trip.at_s + trip.for_s)
                    self.desk.at(closes_us, partial(self._leave, sender))

    def _open(self, place: int, sender: Sender, sign: int, _now_us: int) -> None:
        protocol = self.desk.protocol
        column = protocol.book.market_index[self._market]
        if sender.index in self._busy or self._size(sender):
            self.count("open_not_possible")
            return
        price = self.desk.chain_price_usd(self._market)
        skew = float(protocol.book.size[:, column].sum())
        margin = self._margins[place]
        least, most = protocol.allowed_notional_usd(self._market, margin, sign, skew, price)
        notional = min(margin * self._parameters.leverage, 0.9 * most)
        if notional <= least:
            self.count("open_not_possible")
            return
        limit = wad(f"{price * (1 + sign * self._parameters.slippage):.8f}")
        self._send(
            sender, protocol.open(self._market, sign * wad(f"{notional / price:.6f}"), limit)
        )
        self.count("open")

    def _leave(self, sender: Sender, _now_us: int) -> None:
        self._leaving.add(sender.index)
        self._close(sender)

    def _close(self, sender: Sender) -> None:
        """Send an order to close, if something is held and nothing waits."""
        size = self._size(sender)
        if sender.index in self._busy:
            return
        if not size:
            self._leaving.discard(sender.index)
            return
        sign = -1 if size > 0 else 1
        price = self.desk.chain_price_usd(self._market)
        limit = wad(f"{price * (1 + sign * self._parameters.slippage):.8f}")
        call = self.desk.protocol.close(sender.address, self._market, limit)
        if call is not None:
            self._send(sender, call)
            self.count("close")

    def _size(self, sender: Sender) -> int:
        book = self.desk.protocol.book
        row = book.index.get(sender.address)
        return 0 if row is None else book.size_wad[row][book.market_index[self._market]]

    def _send(self, sender: Sender, call: Call) -> None:
        self._busy.add(sender.index)
        self._bidder.send(sender.index, call)

    def on_block(self, block: BlockSeen) -> None:
        """Bid again for what waits; try again to close what should be closed."""
        self.count("bumped", self._bidder.bump(block))
        for sender in self.accounts:
            if sender.index in self._leaving:
                self._close(sender)

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Take note of an order's end."""
        ended = self._bidder.settle(sent, outcome)
        if ended is not None:
            self._busy.discard(sent.sender)
            self.count(f"{ended.call.kind}_{outcome.state}")


def _market_of(parameters: InsidersParameters, desk: Desk) -> str:
    """Return the market that insiders trade.

    Raises
    ------
    CampaignError
        If the campaign has no such market.

    """
    markets = desk.protocol.markets
    chosen = parameters.market or markets[0]
    if chosen not in markets:
        raise CampaignError(
            f"insiders trade on '{chosen}', which is no market of the campaign"
            f"{suggestion(chosen, markets)}",
            f"one of: {', '.join(markets)}",
        )
    return chosen
