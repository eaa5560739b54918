"""What became of each waiting order and of each auction, from their events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass

from floodline.campaign.record import NONE, AuctionRow, OrderRow
from floodline.foundation.units import SECOND_US, WAD
from floodline.protocols.events import (
    AuctionBid,
    AuctionEnded,
    AuctionReset,
    AuctionStarted,
    Liquidated,
    OrderCancelled,
    OrderCommitted,
    OrderExpired,
    OrderSettled,
    ProtocolEvent,
)
from floodline.protocols.facets import PendingOrder


@dataclass(frozen=True)
class Moment:
    """Where a block stands."""

    block: int
    time_us: int


SettlementState = tuple[dict[int, OrderRow], list[AuctionRow], dict[bytes, AuctionRow]]
"""Orders by number, all auctions, and those that are live by account."""


class SettlementLog:
    """Follows orders and auctions through a campaign.

    Parameters
    ----------
    label : Callable[[bytes], str]
        Readable names of accounts.
    true_e8 : Callable[[str, int], int]
        True price of a market at a virtual time.

    """

    def __init__(self, label: Callable[[bytes], str], true_e8: Callable[[str, int], int]) -> None:
        self._label = label
        self._true_e8 = true_e8
        self.orders: dict[int, OrderRow] = {}
        self.auctions: list[AuctionRow] = []
        self._live: dict[bytes, AuctionRow] = {}

    def checkpoint(self) -> SettlementState:
        """Return a copy of everything that events changed so far."""
        return deepcopy((self.orders, self.auctions, self._live))

    def restore(self, checkpoint: SettlementState) -> None:
        """Return to a checkpoint: the blocks after it were orphaned."""
        self.orders, self.auctions, self._live = deepcopy(checkpoint)

    def take(self, event: ProtocolEvent, moment: Moment) -> None:
        """Take one event of a block."""
        if isinstance(event, OrderCommitted):
            self.orders[event.order_id] = OrderRow(
                order_id=event.order_id,
                account=self._label(event.account),
                market=event.market,
                size_delta_wad=event.size_delta_wad,
                committed_block=moment.block,
                committed_us=moment.time_us,
                committed_true_e8=self._true_e8(event.market, moment.time_us),
            )
        elif isinstance(event, OrderSettled | OrderCancelled | OrderExpired):
            self._end_order(event, moment)
        else:
            self._take_auction(event, moment)

    def close(self, pending: Sequence[PendingOrder], genesis_s: int, end_us: int) -> None:
        """Mark orders as expired whose window closed without anybody telling the chain."""
        for order in pending:
            expired_us = (order.expires_s - genesis_s) * SECOND_US
            row = self.orders[order.order_id]
            if expired_us < end_us:
                row.state, row.ended_us = "expired", expired_us
                row.ended_true_e8 = self._true_e8(row.market, expired_us)

    def _end_order(
        self, event: OrderSettled | OrderCancelled | OrderExpired, moment: Moment
    ) -> None:
        row = self.orders[event.order_id]
        row.ended_block, row.ended_us = moment.block, moment.time_us
        row.ended_true_e8 = self._true_e8(row.market, moment.time_us)
        if isinstance(event, OrderSettled):
            row.state, row.fill_price_wad = "settled", event.fill_price_wad
            row.ended_by, row.keeper_fee_wad = self._label(event.keeper), event.keeper_fee_wad
        elif isinstance(event, OrderCancelled):
            row.state = "cancelled"
            row.ended_by, row.keeper_fee_wad = self._label(event.by), event.keeper_fee_wad
        else:
            row.state = "expired"

    def _take_auction(self, event: ProtocolEvent, moment: Moment) -> None:
        if isinstance(event, AuctionStarted):
            row = AuctionRow(
                account=self._label(event.account),
                keeper=self._label(event.keeper),
                started_block=moment.block,
                started_us=moment.time_us,
                notional_wad=event.notional_wad,
                equity_wad=event.equity_wad,
                start_reward_wad=event.reward_wad,
            )
            self._live[event.account] = row
            self.auctions.append(row)
        elif isinstance(event, AuctionReset):
            self._live[event.account].resets += 1
        elif isinstance(event, AuctionBid):
            row = self._live[event.account]
            row.bids += 1
            row.first_bid_us = moment.time_us if row.first_bid_us == NONE else row.first_bid_us
            row.given_wad += event.given_wad
            row.paid_wad += event.price_wad
            row.fee_wad += event.fee_wad
        elif isinstance(event, Liquidated) and event.account in self._live:
            taken = event.closed_wad * event.price_wad // WAD
            self._live[event.account].taken_wad += taken
        elif isinstance(event, AuctionEnded):
            row = self._live.pop(event.account)
            row.ended_us = moment.time_us
            row.state = "emptied" if event.emptied else "healthy"
