"""Toxic flow: trades at the chain's price when that is known to be behind the true one."""

from __future__ import annotations

from pydantic import Field

from floodline.actors.base import ACTORS
from floodline.actors.desk import Desk, Outcome, Sender, Sent
from floodline.actors.flow.searcher import Searcher, SearcherParameters
from floodline.actors.flow.sizing import best_size
from floodline.protocols.facets_flow import CalldataFacet
from floodline.protocols.interface import Call


class ToxicFlowParameters(SearcherParameters):
    """Parameters of traders against stale prices."""

    min_edge: float = Field(
        default=0.001,
        ge=0,
        lt=1,
        description="Least distance of the chain's price from the true one, over the true one, "
        "after fees and premium.",
    )
    brings_prices: bool = Field(
        default=False,
        description="Whether its calls bring the newest signed prices along, where feeds are "
        "pulled; false leaves them out, and the stored price stands.",
    )


@ACTORS.register(
    "toxic_flow",
    ToxicFlowParameters,
    description="Trades against the stale price on chain when the true one differs by more than "
    "the trade costs, and leaves when the chain has caught up.",
)
class ToxicFlow(Searcher):
    """Buys what the chain still sells below the truth, and waits for the oracle.

    At a chain price of 3,000 and a true one of 2,950 a unit sold earns 50 dollars less premium and
    fees; the counterparty pays it. The size is the one whose last unit earns nothing.
    """

    def __init__(self, parameters: ToxicFlowParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._edge = parameters.min_edge
        self._brings = parameters.brings_prices
        self._entries: set[int] = set()

    def look(self) -> None:
        """Enter where the gap pays, from each account that is free."""
        calldata = self.desk.protocol.calldata
        if calldata is None:
            return
        for market in self.desk.protocol.markets:
            true, chain = self.desk.true_price_usd(market), self.desk.chain_price_usd(market)
            if abs(true / chain - 1) > self._edge:
                self._enter(calldata, market, true, chain)

    def _enter(self, calldata: CalldataFacet, market: str, true: float, chain: float) -> None:
        sender = self.free_account()
        if sender is None:
            return
        side = 1 if true > chain else -1

        def profit(units: float) -> float:
            size = side * units
            entry = calldata.fill_usd(market, size, chain)
            leave = calldata.fill_usd(market, -size, true, ahead=size)
            fees = calldata.fee_usd(market, size, entry)
            fees += calldata.fee_usd(market, -size, leave, ahead=size)
            return size * (leave - entry) - fees

        units = best_size(profit, self.most_units(sender, market, side))
        if units * chain == 0:
            return
        entry = calldata.fill_usd(market, side * units, chain)
        call = self.order(market, side * units, entry * (1 + side * 1e-4))
        call = call if self._brings else calldata.bare(call)
        bid = self._bidder.quote(sender.index, call)
        gain = profit(units) - self.gas_usd(call, bid, calls=2)
        if gain < max(self._given.min_profit_usd, self._edge * units * chain):
            self.count("unprofitable")
            return
        self._entries.add(self.send(sender, call).tx_id)
        self.count("tried")

    def leaves(self, sender: Sender) -> bool:
        """Leave when the chain has come as near to the truth as the least edge."""
        for market in self.desk.protocol.markets:
            size = self.position(sender, market)
            if size:
                true, chain = self.desk.true_price_usd(market), self.desk.chain_price_usd(market)
                return (true / chain - 1) * size / abs(size) <= self._edge
        return False

    def ended(self, call: Call, sent: Sent, outcome: Outcome) -> None:
        """Count the trades that were filled."""
        super().ended(call, sent, outcome)
        if sent.tx_id in self._entries and outcome.state == "included":
            self.count("got")
