"""Events of waiting orders and of auctions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from floodline.chain.node import Log
from floodline.protocols import events
from floodline.protocols.book import Book

Maker = Callable[[Log, dict[str, Any], int], events.ProtocolEvent]


def settlement_makers(markets: Mapping[bytes, str]) -> dict[str, Maker]:
    """Return what makes an event of each log; `markets` names market contracts."""

    def committed(log: Log, given: dict[str, Any], _time_s: int) -> events.OrderCommitted:
        return events.OrderCommitted(
            log.tx_index,
            log.log_index,
            given["orderId"],
            given["account"],
            markets[given["market"]],
            given["sizeDelta"],
            given["acceptablePrice"],
            given["keeperFee"],
            given["commitTime"],
        )

    def settled(log: Log, given: dict[str, Any], _time_s: int) -> events.OrderSettled:
        return events.OrderSettled(
            log.tx_index,
            log.log_index,
            given["orderId"],
            given["account"],
            markets[given["market"]],
            given["fillPrice"],
            given["observedAt"],
            given["keeper"],
            given["keeperFee"],
        )

    return {
        "OrderCommitted": committed,
        "OrderSettled": settled,
        "OrderCancelled": _cancelled,
        "OrderExpired": _expired,
        "AuctionStarted": _started,
        "AuctionReset": _reset,
        "AuctionBid": _bid,
        "AuctionEnded": _ended,
    }


def _cancelled(log: Log, given: dict[str, Any], _time_s: int) -> events.OrderCancelled:
    return events.OrderCancelled(
        log.tx_index,
        log.log_index,
        given["orderId"],
        given["account"],
        given["by"],
        given["keeperFee"],
    )


def _expired(log: Log, given: dict[str, Any], _time_s: int) -> events.OrderExpired:
    return events.OrderExpired(
        log.tx_index, log.log_index, given["orderId"], given["account"], given["refund"]
    )


def _started(log: Log, given: dict[str, Any], time_s: int) -> events.AuctionStarted:
    return events.AuctionStarted(
        log.tx_index,
        log.log_index,
        given["account"],
        given["keeper"],
        given["equity"],
        given["maintenance"],
        given["notional"],
        given["reward"],
        time_s,
    )


def _reset(log: Log, given: dict[str, Any], time_s: int) -> events.AuctionReset:
    return events.AuctionReset(
        log.tx_index,
        log.log_index,
        given["account"],
        given["keeper"],
        given["insolvent"],
        given["reward"],
        time_s,
    )


def _bid(log: Log, given: dict[str, Any], _time_s: int) -> events.AuctionBid:
    return events.AuctionBid(
        log.tx_index,
        log.log_index,
        given["account"],
        given["bidder"],
        given["share"],
        given["price"],
        given["given"],
        given["fee"],
        given["remaining"],
    )


def _ended(log: Log, given: dict[str, Any], _time_s: int) -> events.AuctionEnded:
    return events.AuctionEnded(log.tx_index, log.log_index, given["account"], given["emptied"])


def with_sales_as_liquidations(
    found: Sequence[events.ProtocolEvent], book: Book
) -> list[events.ProtocolEvent]:
    """Add a liquidation for each leg that a bid took, so that its account's spell ends with it.

    Parameters
    ----------
    found : Sequence[ProtocolEvent]
        A block's events; the book has not taken them yet.
    book : Book
        Positions before the block.

    """
    result: list[events.ProtocolEvent] = []
    sizes: dict[tuple[bytes, str], int] = {}
    changes: list[tuple[events.PositionChanged, int]] = []
    for event in found:
        result.append(event)
        if isinstance(event, events.PositionChanged):
            key = (event.account, event.market)
            before = sizes.get(key, _size(book, *key))
            sizes[key] = event.size_wad
            changes.append((event, before))
        elif isinstance(event, events.AuctionBid):
            mine = [change for change in changes if change[0].tx_index == event.tx_index]
            result += _liquidations(event, mine)
    return result


def _liquidations(
    sale: events.AuctionBid, changes: Sequence[tuple[events.PositionChanged, int]]
) -> list[events.Liquidated]:
    """Return one liquidation a leg; what bidder and fund got stands with the first."""
    marks = {change.market: change.entry_price_wad for change, _ in changes if change.size_wad}
    gain, fee = sale.given_wad - sale.price_wad, sale.fee_wad
    found = []
    for change, before in changes:
        if change.account != sale.account or before == change.size_wad:
            continue
        found.append(
            events.Liquidated(
                sale.tx_index,
                sale.log_index,
                sale.account,
                change.market,
                sale.bidder,
                abs(before) - abs(change.size_wad),
                change.size_wad,
                marks.get(change.market, 0),
                gain,
                fee,
            )
        )
        gain = fee = 0
    return found


def _size(book: Book, account: bytes, market: str) -> int:
    row = book.index.get(account)
    return 0 if row is None else book.size_wad[row][book.market_index[market]]
