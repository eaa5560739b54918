"""Front-running the oracle: an update that waits in the pool says where the price goes next."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from floodline.actors.base import ACTORS
from floodline.actors.desk import Desk, Outcome, PendingSeen, Sent
from floodline.actors.flow.places import can_follow, just_after, just_before
from floodline.actors.flow.searcher import Searcher, SearcherParameters
from floodline.actors.flow.sizing import best_size
from floodline.foundation.units import FEED
from floodline.protocols.facets_flow import CalldataFacet, PriceRead
from floodline.protocols.interface import Call


class FrontRunnerParameters(SearcherParameters):
    """Parameters of a front-runner of oracle updates."""

    legs: Literal["sandwich", "front_run"] = Field(
        default="sandwich",
        description="sandwich: back in the same block, right behind the update; front_run: after "
        "the block, at whatever price there is.",
    )


@ACTORS.register(
    "oracle_front_runner",
    FrontRunnerParameters,
    description="Sees an oracle update pending, trades at the old price right before it, and back "
    "at the new one right behind it.",
)
class OracleFrontRunner(Searcher):
    """Knows the next price as soon as its update is gossiped.

    With an update from 3,000 to 2,970 dollars, x units sold before and bought back behind earn
    30 dollars each less premium and fees: at K = 300,000 and 5 basis points the best size is
    limited by capital.
    """

    def __init__(self, parameters: FrontRunnerParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._returns = parameters.legs == "sandwich"
        self._fronts: set[int] = set()

    def look(self) -> None:
        """Attack every update that is seen for the first time."""
        calldata = self.desk.protocol.calldata
        if calldata is None:
            return
        base_fee = self.desk.fee_view().next_base_fee
        for seen in self.desk.pending("push_price"):
            read = calldata.price(seen.call)
            if read is None or not can_follow(seen.fees, base_fee):
                continue
            if self.first_sight(seen.sender, seen.nonce):
                self._attack(calldata, seen, read)

    def _attack(self, calldata: CalldataFacet, seen: PendingSeen, read: PriceRead) -> None:
        market = read.market
        old, new = self.desk.chain_price_usd(market), read.price_e8 / FEED
        side = 1 if new > old else -1
        sender = self.free_account()
        if sender is None or new == old:
            return

        def profit(units: float) -> float:
            size = side * units
            entry = calldata.fill_usd(market, size, old)
            leave = calldata.fill_usd(market, -size, new, ahead=size)
            fees = calldata.fee_usd(market, size, entry)
            fees += calldata.fee_usd(market, -size, leave, ahead=size)
            return size * (leave - entry) - fees

        units = best_size(profit, self.most_units(sender, market, side))
        entry = calldata.fill_usd(market, side * units, old)
        front = self.order(market, side * units, entry * (1 + side * 1e-4))
        base_fee = self.desk.fee_view().next_base_fee
        bid = just_before(seen.fees, base_fee)
        if profit(units) - self.gas_usd(front, bid, calls=2) < self._given.min_profit_usd:
            self.count("unprofitable")
            return
        self._fronts.add(self.send(sender, front, bid).tx_id)
        self.count("tried")
        if self._returns:
            back = self.order(market, -side * units, new * (1 - side * 0.1))
            self.send(sender, back, just_after(seen.fees, base_fee))

    def ended(self, call: Call, sent: Sent, outcome: Outcome) -> None:
        """Count the attacks whose first leg was filled."""
        super().ended(call, sent, outcome)
        if sent.tx_id in self._fronts and outcome.state == "included":
            self.count("got")
