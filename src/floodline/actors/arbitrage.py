"""Arbitrageurs: they trade a spot pool back to the true price, and keep what that earns."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sent
from floodline.actors.fees import FeeChoice
from floodline.foundation.units import ETHER, WAD, wad


class ArbitrageursParameters(ActorParameters):
    """Parameters of a group of arbitrageurs."""

    count: int = Field(
        default=1, ge=1, le=50, description="Number of arbitrageurs, one account each."
    )
    capital_usd: float = Field(
        default=5_000_000.0,
        gt=0,
        description="Dollars of each token that an arbitrageur has in his wallet at genesis.",
    )
    max_trade_usd: float = Field(
        default=1_000_000.0, gt=0, description="Largest sale in one transaction, in dollars."
    )
    min_profit_usd: float = Field(
        default=1.0,
        ge=0,
        description="Least profit over the price of gas for which he trades, in dollars.",
    )
    fee: FeeChoice = Field(
        default="percentile", validate_default=True, description="How each one bids."
    )


@ACTORS.register(
    "arbitrageurs",
    ArbitrageursParameters,
    description="Traders who sell to or buy from the spot pools until their price is the true one "
    "within the pool's fee.",
)
class Arbitrageurs(Actor):
    """Each looks at the pools with every block and sends at most one trade a pool at a time.

    Several see the same gap: the first takes it, and the others' trades miss their limit and
    revert.
    """

    role: ClassVar[str] = "arbitrageur"

    def __init__(self, parameters: ArbitrageursParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._parameters = parameters
        strategy = parameters.fee.build()
        self._bidders = [Bidder(desk, strategy) for _ in range(parameters.count)]
        self._waiting: list[set[str]] = [set() for _ in range(parameters.count)]

    @property
    def sender_count(self) -> int:
        """One account an arbitrageur."""
        return self._parameters.count

    def wallets_usd(self) -> list[float]:
        """Everybody has the capital that the file gives."""
        return [self._parameters.capital_usd] * self._parameters.count

    def on_block(self, block: BlockSeen) -> None:
        """Bid again for what waits, and trade where a pool has drifted off."""
        for place, bidder in enumerate(self._bidders):
            self.count("bumped", bidder.bump(block))
            for market in self.desk.protocol.markets:
                if market not in self._waiting[place]:
                    self._trade(place, market)

    def _trade(self, place: int, market: str) -> None:
        protocol = self.desk.protocol
        amm, price = protocol.amm, self.desk.true_price_usd(market)
        found = amm.sale(market, price) if amm is not None else None
        if amm is None or found is None:
            return
        amount, sells_base = found
        worth = price if sells_base else 1.0
        amount = min(amount, wad(f"{self._parameters.max_trade_usd / worth:.6f}"))
        given = amount / WAD * worth
        output = amm.output(market, amount, sells_base=sells_base)
        taken = output / WAD * (1.0 if sells_base else price)
        sender = self.accounts[place]
        call = amm.swap(sender.address, market, amount, output, sells_base=sells_base)
        fees = self._bidders[place].quote(sender.index, call)
        gas_price = min(fees.max_fee, self.desk.fee_view().next_base_fee + fees.tip)
        ether_usd = self.desk.chain_price_usd(protocol.gas_market)
        cost = call.gas_limit * gas_price / ETHER * ether_usd
        if taken - given - cost < self._parameters.min_profit_usd:
            self.count("unprofitable")
            return
        self._waiting[place].add(market)
        self._bidders[place].send(sender.index, call)
        self.count("tried")

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Look at the pool again once a trade has ended."""
        for place, sender in enumerate(self.accounts):
            if sender.index != sent.sender:
                continue
            ended = self._bidders[place].settle(sent, outcome)
            if ended is not None:
                self._waiting[place].discard(ended.call.market)
                self.count("got" if outcome.state == "included" else f"trade_{outcome.state}")
