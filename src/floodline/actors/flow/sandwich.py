"""Sandwich: trade before an order that waits in the public pool, and back behind it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from floodline.actors.base import ACTORS
from floodline.actors.desk import Desk, Outcome, PendingSeen, Sender, Sent
from floodline.actors.flow.places import can_follow, just_after, just_before
from floodline.actors.flow.searcher import Searcher, SearcherParameters
from floodline.actors.flow.sizing import largest
from floodline.foundation.units import WAD
from floodline.protocols.facets_flow import CalldataFacet, OrderRead
from floodline.protocols.interface import Call


class SandwichParameters(SearcherParameters):
    """Parameters of a sandwich attacker."""

    legs: Literal["sandwich", "front_run"] = Field(
        default="sandwich",
        description="sandwich: back in the same block, right behind the victim; front_run: with "
        "the next block's view, at whatever price there is.",
    )


@ACTORS.register(
    "sandwich",
    SandwichParameters,
    description="Trades right before others' public orders, as far as their limits allow, and "
    "back right behind them.",
)
class Sandwich(Searcher):
    """Reads size and limit of each order that it sees pending, and takes what the limit leaves.

    With a skew scale K, x units bought before a victim's v units and sold behind them earn
    ``x v P / K`` less the trading fees on x: of 300,000, 100 and 1,000 units at 3,000 dollars are
    1,000 dollars, and a fee of 5 basis points on 300,000 dollars takes 150. While an update of the
    price is seen pending nothing is done; one that goes by the private lane is not seen, as orders
    that do are not.
    """

    def __init__(self, parameters: SandwichParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._returns = parameters.legs == "sandwich"
        self._fronts: set[int] = set()

    def look(self) -> None:
        """Attack every order that is seen for the first time."""
        calldata = self.desk.protocol.calldata
        if calldata is None:
            return
        base_fee = self.desk.fee_view().next_base_fee
        for seen in self.desk.pending():
            read = calldata.order(seen.call)
            if read is None or not can_follow(seen.fees, base_fee):
                continue
            if self.first_sight(seen.sender, seen.nonce):
                self._attack(calldata, seen, read)

    def _attack(self, calldata: CalldataFacet, seen: PendingSeen, read: OrderRead) -> None:
        sender = self.free_account()
        if sender is None:
            return
        market, victim = read.market, read.size_delta_wad / WAD
        price, limit = self.desk.chain_price_usd(market), read.acceptable_price_wad / WAD
        side = 1 if victim > 0 else -1
        if self.moves(market):
            self.count("price_about_to_move")
            return

        def within(size: float) -> bool:
            fill = calldata.fill_usd(market, victim, price, ahead=side * size)
            return side * fill <= side * limit

        if not within(0.0):
            self.count("victim_beyond_limit")
            return
        size = side * 0.999 * largest(within, self.most_units(sender, market, side))
        entry = calldata.fill_usd(market, size, price)
        leave = calldata.fill_usd(market, -size, price, ahead=size + victim)
        fees = calldata.fee_usd(market, size, entry)
        fees += calldata.fee_usd(market, -size, leave, ahead=size + victim)
        front = self.order(market, size, entry * (1 + side * 1e-4))
        bid = just_before(seen.fees, self.desk.fee_view().next_base_fee)
        profit = size * (leave - entry) - fees - self.gas_usd(front, bid, calls=2)
        if size == 0 or profit < self._given.min_profit_usd:
            self.count("unprofitable")
            return
        self._enter(sender, market, size, front, seen)

    def _enter(
        self, sender: Sender, market: str, size: float, front: Call, seen: PendingSeen
    ) -> None:
        base_fee = self.desk.fee_view().next_base_fee
        sent = self.send(sender, front, just_before(seen.fees, base_fee))
        self._fronts.add(sent.tx_id)
        self.count("tried")
        if self._returns:
            price = self.desk.chain_price_usd(market)
            back = self.order(market, -size, price * (0.9 if size > 0 else 1.1))
            self.send(sender, back, just_after(seen.fees, base_fee))

    def ended(self, call: Call, sent: Sent, outcome: Outcome) -> None:
        """Count the attacks whose first leg was filled."""
        super().ended(call, sent, outcome)
        if sent.tx_id in self._fronts and outcome.state == "included":
            self.count("got")
