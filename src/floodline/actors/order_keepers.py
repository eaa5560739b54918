"""Order keepers: bots that settle waiting orders for the fee that their traders escrowed."""

from __future__ import annotations

import math
from functools import partial
from typing import ClassVar

from pydantic import Field

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder, Intent
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sent
from floodline.actors.fees import FeeChoice, Fees
from floodline.foundation.units import ETHER, SECOND_US, to_us
from floodline.market.amounts import AmountChoice
from floodline.protocols.facets import OrdersFacet, PendingOrder
from floodline.protocols.interface import Call


class OrderKeepersParameters(ActorParameters):
    """Parameters of a group of order keepers."""

    count: int = Field(default=2, ge=1, le=100, description="Number of keepers, one account each.")
    fee: FeeChoice = Field(
        default="percentile", validate_default=True, description="How each keeper bids."
    )
    reaction_s: AmountChoice = Field(
        default={"constant": 0.2},
        validate_default=True,
        description="From seeing a block to sending, in seconds, drawn for each keeper and block.",
    )
    max_in_flight: int = Field(
        default=16, ge=1, le=64, description="Settlements that one keeper has waiting at once."
    )
    only_if_profitable: bool = Field(
        default=True, description="Leave out orders whose fee is below the price of their gas."
    )


@ACTORS.register(
    "order_keepers",
    OrderKeepersParameters,
    description="Bots that settle orders in two steps, or cancel those beyond their limit, for "
    "the escrowed fee.",
)
class OrderKeepers(Actor):
    """Several keepers that compete for waiting orders, each from its own account.

    A keeper sends when it expects the next block to lie inside an order's window. What it finds too
    late it leaves: giving an escrow back earns nothing.
    """

    role: ClassVar[str] = "order_keeper"

    def __init__(self, parameters: OrderKeepersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._parameters = parameters
        self._reaction = parameters.reaction_s.build()
        self._reaction_stream = desk.stream("reaction")
        self._bidders = [Bidder(desk, parameters.fee.build()) for _ in range(parameters.count)]
        self._targets: list[dict[int, Intent]] = [{} for _ in range(parameters.count)]
        self._last_time_us = 0
        self._gap_us = 0

    @property
    def sender_count(self) -> int:
        """One account a keeper."""
        return self._parameters.count

    def on_block(self, block: BlockSeen) -> None:
        """Let each keeper act on the block after its own reaction time."""
        if self.desk.protocol.orders is None:
            return
        self._gap_us = block.time_us - self._last_time_us
        self._last_time_us = block.time_us
        seconds = self._reaction.sample(self._reaction_stream, self._parameters.count)
        for keeper, delay_s in enumerate(seconds.tolist()):
            self.desk.at(self.desk.now_us + to_us(delay_s), partial(self._act, keeper, block))

    def _act(self, keeper: int, block: BlockSeen, _now_us: int) -> None:
        """Bid again for what waits, then go for the orders that the next block may settle."""
        orders = self.desk.protocol.orders
        if orders is None:
            return
        bidder, targets = self._bidders[keeper], self._targets[keeper]
        self.count("bumped", bidder.bump(block))
        next_s = self.desk.genesis_s + (block.time_us + self._gap_us) // SECOND_US
        for order in orders.pending():
            if order.order_id in targets or not order.opens_s <= next_s <= order.expires_s:
                continue
            if len(targets) >= self._parameters.max_in_flight:
                self.count("at_capacity")
                break
            sender = self.accounts[keeper].index
            call = self._call(orders, order)
            gas = orders.settlement_gas()
            most_wei = self._pay_wei(orders, order, None)
            fees = bidder.quote(sender, call, most_wei, gas)
            worth_wei = self._pay_wei(orders, order, fees)
            if self._parameters.only_if_profitable and worth_wei < gas * self._price(fees):
                self.count("unprofitable")
                continue
            targets[order.order_id] = bidder.send(sender, call, most_wei, gas)
            self.count("attempted")

    def _call(self, orders: OrdersFacet, order: PendingOrder) -> Call:
        price_usd = self.desk.chain_price_usd(order.market)
        if orders.exceeds_limit(order, price_usd):
            return orders.cancel(order.account, order.market)
        return orders.settle(order.account, order.market)

    def _pay_wei(self, orders: OrdersFacet, order: PendingOrder, fees: Fees | None) -> int:
        """Return the pay at a bid's price, in wei; without a bid the most that is ever paid."""
        ether_usd = self.desk.chain_price_usd(self.desk.protocol.gas_market)
        price = math.inf if fees is None else self._price(fees)
        gas_usd = orders.settlement_gas() * price / ETHER * ether_usd
        return round(orders.expected_pay_usd(order, gas_usd) / ether_usd * ETHER)

    def _price(self, fees: Fees) -> int:
        """Return the price per gas that a bid would pay in the next block, wei."""
        return min(fees.max_fee, self.desk.fee_view().next_base_fee + fees.tip)

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Free the order for another attempt once its intent has ended."""
        keeper = sent.sender - self.accounts[0].index
        ended = self._bidders[keeper].settle(sent, outcome)
        if ended is None:
            return
        targets = self._targets[keeper]
        for order_id in [number for number, intent in targets.items() if intent is ended]:
            del targets[order_id]
        won = outcome.state == "included"
        self.count("won" if won else "lost_race" if outcome.state == "reverted" else "lost")
