"""Sandwich of orders in two steps: commit around the victim's, and settle all three in order."""

from __future__ import annotations

from pydantic import Field

from floodline.actors.base import ACTORS
from floodline.actors.desk import BlockSeen, Desk, Outcome, PendingSeen, Sender, Sent
from floodline.actors.fees import Fees
from floodline.actors.flow.places import just_before
from floodline.actors.flow.searcher import Searcher, SearcherParameters
from floodline.actors.flow.sizing import largest
from floodline.foundation.units import SECOND_US, WAD, to_gwei_wei
from floodline.protocols.facets_flow import CalldataFacet, OrderRead
from floodline.protocols.interface import Call

_BEFORE, _BEHIND, _SETTLER = 0, 1, 2


class SettlementSandwichParameters(SearcherParameters):
    """Parameters of a sandwich attacker on orders in two steps."""

    accounts: int = Field(
        default=3,
        ge=3,
        le=3,
        description="Three: one trades before the victim, one behind it, one settles.",
    )
    slack: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="Share of what the victim's limit leaves at the commitment that is taken; the "
        "rest is for what the price does until the settlement.",
    )
    tip_gwei: float = Field(
        default=20.0, gt=0, description="Tip of the settlements, in gwei a gas: above keepers'."
    )


@ACTORS.register(
    "settlement_sandwich",
    SettlementSandwichParameters,
    description="Commits orders on both sides of a pending commitment and settles all three in "
    "the order that pays.",
)
class SettlementSandwich(Searcher):
    """Where anybody may settle, whoever settles chooses the order.

    Two accounts commit x and -x units with the victim; a third settles the first, the victim and
    the second, by three nonces of one account, so that nothing comes between. They earn
    ``x v P / K`` as in a sandwich of immediate orders, and close against each other.
    """

    def __init__(self, parameters: SettlementSandwichParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._slack = parameters.slack
        self._tip = to_gwei_wei(parameters.tip_gwei)
        self._victim: tuple[bytes, int, str] | None = None
        self._settling: set[int] = set()
        self._gap_us = 0
        self._last_us = 0

    def deposits_usd(self) -> list[float]:
        """Give collateral to the two that trade."""
        return [self._given.margin_usd] * 2

    def look(self) -> None:
        """Commit around the first commitment that is worth it, one victim at a time."""
        protocol = self.desk.protocol
        calldata = protocol.calldata
        if protocol.orders is None or calldata is None or self._victim is not None:
            return
        traders = self.accounts[:_SETTLER]
        if any(self.is_busy(sender) or self.position(sender) for sender in traders):
            return
        for seen in self.desk.pending():
            read = calldata.order(seen.call)
            if read is not None and self.first_sight(seen.sender, seen.nonce):
                self._surround(calldata, seen, read)
                if self._victim is not None:
                    return

    def _surround(self, calldata: CalldataFacet, seen: PendingSeen, read: OrderRead) -> None:
        market, victim = read.market, read.size_delta_wad / WAD
        price, limit = self.desk.chain_price_usd(market), read.acceptable_price_wad / WAD
        side = 1 if victim > 0 else -1

        def within(size: float) -> bool:
            fill = calldata.fill_usd(market, victim, price, ahead=side * size)
            return side * fill <= side * limit

        if not within(0.0):
            self.count("victim_beyond_limit")
            return
        most = min(self.most_units(sender, market, side) for sender in self.accounts[:_SETTLER])
        size = side * self._slack * largest(within, most)
        entry = calldata.fill_usd(market, size, price)
        leave = calldata.fill_usd(market, -size, price, ahead=size + victim)
        first = self.order(market, size, price * (1 + side * 0.1))
        second = self.order(market, -size, price * (1 - side * 0.1))
        fees = sum(calldata.fee_usd(market, one, price) for one in (size, -size, -size, size))
        bid = just_before(seen.fees, self.desk.fee_view().next_base_fee)
        profit = size * (leave - entry) - fees - self.gas_usd(first, bid, calls=7)
        if size == 0 or profit < self._given.min_profit_usd:
            self.count("unprofitable")
            return
        self._victim = (self.desk.address_of(seen.sender), seen.tx_id, market)
        self.send(self.accounts[_BEFORE], first, bid)
        self.send(self.accounts[_BEHIND], second, bid)
        self.count("tried")

    def on_block(self, block: BlockSeen) -> None:
        """Settle when the window opens; give the victim up when it is gone."""
        self._gap_us, self._last_us = block.time_us - self._last_us, block.time_us
        self._settle(block)
        super().on_block(block)

    def _settle(self, block: BlockSeen) -> None:
        orders = self.desk.protocol.orders
        if orders is None or self._victim is None or self._settling:
            return
        address, tx_id, market = self._victim
        order = orders.waits_for(address)
        if order is None:
            if not any(seen.tx_id == tx_id for seen in self.desk.pending()):
                self._victim = None
            return
        next_s = self.desk.genesis_s + (block.time_us + self._gap_us) // SECOND_US
        first, second = (account.address for account in self.accounts[:_SETTLER])
        if not order.opens_s <= next_s <= order.expires_s:
            return
        if orders.waits_for(first) is None or orders.waits_for(second) is None:
            self._victim = None
            self.count("came_too_late")
            return
        base_fee = self.desk.fee_view().next_base_fee
        bid = Fees(2 * base_fee + self._tip, self._tip)
        for account in (first, address, second):
            sent = self.send(self.accounts[_SETTLER], orders.settle(account, market), bid)
            self._settling.add(sent.tx_id)

    def leaves(self, sender: Sender) -> bool:
        """Leave once both sides are filled."""
        del sender
        return not self._settling

    def ended(self, call: Call, sent: Sent, outcome: Outcome) -> None:
        """Count the victims that were settled in between."""
        super().ended(call, sent, outcome)
        if sent.tx_id in self._settling:
            self._settling.discard(sent.tx_id)
            if outcome.state == "included":
                self.count("got" if len(self._settling) == 0 else "settled")
            if not self._settling:
                self._victim = None
