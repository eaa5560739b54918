"""The self-fulfilling exit: traders who leave because the pool fills, and fill it by leaving."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sender, Sent
from floodline.actors.fees import FeeChoice
from floodline.foundation.units import wad
from floodline.market.amounts import AmountChoice
from floodline.protocols.interface import Call


class QuittersParameters(ActorParameters):
    """Parameters of traders who watch the pool."""

    count: int = Field(default=40, ge=1, le=5_000, description="Number of traders.")
    margin_usd: float = Field(
        default=20_000.0, gt=0, description="Collateral of each trader, in dollars."
    )
    leverage: float = Field(
        default=5.0, gt=0, le=50, description="Notional of each position over its collateral."
    )
    long_share: float = Field(
        default=0.7, ge=0, le=1, description="Share of them, in order, that are long."
    )
    patience_blocks: AmountChoice = Field(
        default={"uniform": {"low": 1, "high": 6}},
        validate_default=True,
        description="Depth of the pool, in blocks at the gas target, at which each one leaves.",
    )
    slippage: float = Field(
        default=0.05, gt=0, lt=1, description="Accepted distance from the chain's price."
    )
    fee: FeeChoice = Field(
        default="multiple", validate_default=True, description="How each one bids."
    )


@ACTORS.register(
    "quitters",
    QuittersParameters,
    description="Traders who open at the start and close when the pool is deeper than they can "
    "bear: their exits deepen it for the rest.",
)
class Quitters(Actor):
    """Thresholds differ, so that a small flood takes the first away and they the next.

    A close offers 600,000 gas: 25 that wait are a block at a target of 15,000,000, and whoever
    stands a block less goes with them. Blocks take theirs away in between.
    """

    role: ClassVar[str] = "runner"

    def __init__(self, parameters: QuittersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._given = parameters
        self._bidder = Bidder(desk, parameters.fee.build())
        drawn = parameters.patience_blocks.build().sample(desk.stream("patience"), parameters.count)
        self._patience = [float(depth) for depth in drawn]
        self._waiting: set[int] = set()

    @property
    def sender_count(self) -> int:
        """One account a trader."""
        return self._given.count

    def deposits_usd(self) -> list[float]:
        """Everybody has the same collateral."""
        return [self._given.margin_usd] * self._given.count

    def start(self) -> None:
        """Open every position."""
        protocol = self.desk.protocol
        market = protocol.markets[0]
        price = self.desk.chain_price_usd(market)
        longs = round(self._given.long_share * self._given.count)
        for place, sender in enumerate(self.accounts):
            side = 1 if place < longs else -1
            size = side * self._given.margin_usd * self._given.leverage / price
            limit = price * (1 + side * self._given.slippage)
            self._send(sender, protocol.open(market, wad(f"{size:.6f}"), wad(f"{limit:.8f}")))

    def on_block(self, block: BlockSeen) -> None:
        """Let those leave whose patience the pool's depth has passed."""
        self.count("bumped", self._bidder.bump(block))
        depth = self.desk.fee_view().depth_blocks
        for sender, patience in zip(self.accounts, self._patience, strict=True):
            if depth >= patience and sender.index not in self._waiting:
                self._leave(sender)

    def _leave(self, sender: Sender) -> None:
        protocol = self.desk.protocol
        market = protocol.markets[0]
        book = protocol.book
        row = book.index.get(sender.address)
        size = 0 if row is None else book.size_wad[row][book.market_index[market]]
        side = -1 if size > 0 else 1
        limit = self.desk.chain_price_usd(market) * (1 + side * self._given.slippage)
        call = protocol.close(sender.address, market, wad(f"{limit:.8f}")) if size else None
        if call is not None:
            self._send(sender, call)
            self.count("tried")

    def _send(self, sender: Sender, call: Call) -> None:
        self._waiting.add(sender.index)
        self._bidder.send(sender.index, call)

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Count who has left."""
        ended = self._bidder.settle(sent, outcome)
        if ended is not None:
            self._waiting.discard(sent.sender)
            self.count(f"{ended.call.kind}_{outcome.state}")
            if ended.call.kind == "close" and outcome.state == "included":
                self.count("got")
