"""From the option contracts' logs to the events that every adapter shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from floodline.chain.abi import ContractInterface
from floodline.chain.node import Log
from floodline.protocols import events
from floodline.protocols.reference.deploy_options import OptionSuite

_SOURCES: Final = ("none", "twap", "last_round", "landing")
"""Words for the contracts' ``ExpirySource``, in its order."""


class OptionDecoder:
    """Decodes the logs of options; of other contracts it knows nothing.

    Parameters
    ----------
    suite : OptionSuite
        Addresses.
    interfaces : Mapping[str, ContractInterface]
        By contract name.

    """

    def __init__(self, suite: OptionSuite, interfaces: Mapping[str, ContractInterface]) -> None:
        self._by_address = {
            suite.expiries: interfaces["ExpiryPrices"],
            suite.liquidator: interfaces["OptionLiquidator"],
        }
        self._markets: dict[bytes, str] = {}
        for contract, addresses in (
            ("OptionMarket", suite.markets),
            ("VolSurface", suite.surfaces),
        ):
            for market, address in addresses.items():
                self._by_address[address] = interfaces[contract]
                self._markets[address] = market

    def decode(self, log: Log) -> events.ProtocolEvent | None:
        """Return the event in a log, None if it is none of ours."""
        interface = self._by_address.get(log.address)
        event = interface.decode_log(log) if interface is not None else None
        if event is None or event.name not in _MAKERS:
            return None
        given = event.arguments
        market = self._markets.get(log.address) or self._market_in(given)
        return _MAKERS[event.name](log, given, market)

    def _market_in(self, given: Mapping[str, Any]) -> str:
        if "market" in given:
            return self._markets[given["market"]]
        asset: bytes = given["asset"]
        return asset.rstrip(b"\0").decode("ascii")


def _traded(log: Log, given: dict[str, Any], market: str) -> events.OptionTraded:
    return events.OptionTraded(
        log.tx_index,
        log.log_index,
        given["account"],
        market,
        given["id"],
        given["sizeDelta"],
        given["price"],
        given["volatility"],
        given["fee"],
    )


def _position(log: Log, given: dict[str, Any], market: str) -> events.OptionPositionChanged:
    return events.OptionPositionChanged(
        log.tx_index, log.log_index, given["account"], market, given["id"], given["size"]
    )


def _closed(log: Log, given: dict[str, Any], market: str) -> events.OptionClosed:
    return events.OptionClosed(
        log.tx_index,
        log.log_index,
        given["account"],
        market,
        given["id"],
        given["sizeDelta"],
        given["price"],
    )


def _settled(log: Log, given: dict[str, Any], market: str) -> events.OptionSettled:
    return events.OptionSettled(
        log.tx_index,
        log.log_index,
        given["account"],
        market,
        given["id"],
        given["size"],
        given["payoff"],
        given["paid"],
    )


def _liquidated(log: Log, given: dict[str, Any], market: str) -> events.OptionLiquidated:
    return events.OptionLiquidated(
        log.tx_index,
        log.log_index,
        given["account"],
        market,
        given["keeper"],
        given["id"],
        given["sizeClosed"],
        given["remaining"],
        given["price"],
        given["reward"],
        given["penalty"],
    )


def _fixed(log: Log, given: dict[str, Any], market: str) -> events.ExpiryPriceFixed:
    return events.ExpiryPriceFixed(
        log.tx_index,
        log.log_index,
        market,
        given["expiry"],
        given["price"],
        _SOURCES[given["source"]],
        given["lag"],
    )


def _updated(log: Log, given: dict[str, Any], market: str) -> events.VolatilityUpdated:
    state = given["state"]
    return events.VolatilityUpdated(
        log.tx_index,
        log.log_index,
        market,
        state["base"],
        state["slope"],
        state["smile"],
        state["rate"],
        given["observedAt"],
    )


def _moved(log: Log, given: dict[str, Any], market: str) -> events.VolatilityMoved:
    return events.VolatilityMoved(
        log.tx_index,
        log.log_index,
        market,
        given["strike"],
        given["expiry"],
        given["baseImpact"],
        given["factorImpact"],
    )


_MAKERS: Final[Mapping[str, Callable[[Log, dict[str, Any], str], events.ProtocolEvent]]] = {
    "OptionTraded": _traded,
    "OptionPositionChanged": _position,
    "OptionClosed": _closed,
    "OptionSettled": _settled,
    "OptionLiquidated": _liquidated,
    "ExpiryPriceFixed": _fixed,
    "SurfaceUpdated": _updated,
    "SurfaceMoved": _moved,
}
