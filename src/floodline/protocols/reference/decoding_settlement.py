"""Events of waiting orders and of auctions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from floodline.chain.node import Log
from floodline.protocols import events

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
