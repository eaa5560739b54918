"""From the reference contracts' logs to the events that every adapter shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from floodline.chain.abi import ContractInterface
from floodline.chain.node import Log
from floodline.foundation.units import USDC, WAD
from floodline.protocols import events
from floodline.protocols.reference.decoding_collateral import CollateralDecoder
from floodline.protocols.reference.decoding_liquidity import LiquidityDecoder, Maker
from floodline.protocols.reference.decoding_loss import WATERFALL_EVENTS
from floodline.protocols.reference.decoding_settlement import settlement_makers
from floodline.protocols.reference.deployment import Deployment

_REASONS: Final = (
    "pnl",
    "fee",
    "penalty",
    "keeper_reward",
    "deficit_cover",
    "haircut",
    "escrow",
    "auction",
)
"""Words for the contracts' ``CashReason``, in its order."""

_WAD_PER_UNIT: Final = WAD // USDC


class Decoder:
    """Decodes the logs of one deployment; logs of other contracts are passed over.

    Parameters
    ----------
    deployment : Deployment
        Addresses.
    interfaces : Mapping[str, ContractInterface]
        By contract name.

    """

    def __init__(self, deployment: Deployment, interfaces: Mapping[str, ContractInterface]) -> None:
        self._by_address: dict[bytes, ContractInterface] = {
            deployment.house: interfaces["ClearingHouse"],
            deployment.engine: interfaces["LiquidationEngine"],
        }
        self._others: list[Callable[[Log], events.ProtocolEvent | None]] = []
        self._markets: dict[bytes, str] = {}
        for market, address in deployment.markets.items():
            self._by_address[address] = interfaces["PerpMarket"]
            self._markets[address] = market
        for market, address in deployment.feeds.items():
            self._by_address[address] = interfaces["PushFeed"]
            self._markets[address] = market
        beside = LiquidityDecoder(deployment)
        self._beside: dict[bytes, dict[str, Maker]] = {}
        for address, interface in beside.interfaces(interfaces).items():
            self._by_address[address] = interface
            self._beside[address] = beside.makers(address)
        self._strange = set(self._beside) - set(deployment.feeds.values())
        self._makers: dict[str, Maker] = {
            "Deposited": self._deposited,
            "Withdrawn": self._withdrawn,
            "CashMoved": self._cash_moved,
            "DeficitRecorded": self._deficit_recorded,
            "DeficitRepaired": self._deficit_repaired,
            "Traded": self._traded,
            "PositionChanged": self._position_changed,
            "FundingUpdated": self._funding_updated,
            "ParametersSet": self._margins_set,
            "Liquidated": self._liquidated,
            "PriceUpdated": self._price_updated,
            "PortfolioMarginSet": self._margin_chosen,
            **settlement_makers(self._markets),
        }
        if deployment.orders is not None:
            self._by_address[deployment.orders] = interfaces["AsyncOrders"]
        if deployment.auction is not None:
            self._by_address[deployment.auction] = interfaces["PortfolioAuction"]
        if deployment.collateral is not None:
            tokens = {token: market for market, token in deployment.base_tokens.items()}
            makers = CollateralDecoder(tokens).makers
            self.add(deployment.collateral, interfaces["CollateralVault"], makers)
        self.add(deployment.waterfall, interfaces["LossWaterfall"], WATERFALL_EVENTS)
        if deployment.deleverager is not None:
            self._by_address[deployment.deleverager] = interfaces["AutoDeleverager"]
            self._makers["Deleveraged"] = self._deleveraged

    def add(
        self, address: bytes, interface: ContractInterface, makers: Mapping[str, Maker]
    ) -> None:
        """Decode a contract's events too.

        Parameters
        ----------
        address : bytes
            The contract.
        interface : ContractInterface
            Its interface.
        makers : Mapping[str, Maker]
            By the event's name in Solidity: what makes ours of a log, its arguments and the time.

        """
        self._by_address[address] = interface
        self._makers.update(makers)

    def also(self, decode: Callable[[Log], events.ProtocolEvent | None]) -> None:
        """Ask another decoder about the logs of contracts that this one does not know."""
        self._others.append(decode)

    def decode(self, logs: Sequence[Log], timestamp_s: int) -> list[events.ProtocolEvent]:
        """Return the protocol's events among the logs of a block."""
        found: list[events.ProtocolEvent] = []
        for log in logs:
            interface = self._by_address.get(log.address)
            if interface is None:
                found += [made for other in self._others if (made := other(log)) is not None]
                continue
            event = interface.decode_log(log)
            if event is None:
                continue
            make = self._beside.get(log.address, {}).get(event.name)
            if make is None and log.address not in self._strange:
                make = self._makers.get(event.name)
            if make is not None:
                found.append(make(log, event.arguments, timestamp_s))
        return found

    @staticmethod
    def _deposited(log: Log, given: dict[str, Any], _time_s: int) -> events.Deposited:
        amount = given["amount"] * _WAD_PER_UNIT
        return events.Deposited(log.tx_index, log.log_index, given["account"], amount)

    @staticmethod
    def _withdrawn(log: Log, given: dict[str, Any], _time_s: int) -> events.Withdrawn:
        amount = given["amount"] * _WAD_PER_UNIT
        return events.Withdrawn(log.tx_index, log.log_index, given["account"], amount, amount)

    @staticmethod
    def _cash_moved(log: Log, given: dict[str, Any], _time_s: int) -> events.CashMoved:
        return events.CashMoved(
            log.tx_index,
            log.log_index,
            given["from"],
            given["to"],
            given["amount"],
            _REASONS[given["reason"]],
        )

    @staticmethod
    def _deficit_recorded(log: Log, given: dict[str, Any], _time_s: int) -> events.DeficitRecorded:
        return events.DeficitRecorded(
            log.tx_index, log.log_index, given["account"], given["amount"]
        )

    @staticmethod
    def _deficit_repaired(log: Log, given: dict[str, Any], _time_s: int) -> events.DeficitRepaired:
        return events.DeficitRepaired(
            log.tx_index, log.log_index, given["account"], given["amount"]
        )

    def _traded(self, log: Log, given: dict[str, Any], _time_s: int) -> events.Traded:
        return events.Traded(
            log.tx_index,
            log.log_index,
            given["account"],
            self._markets[log.address],
            given["sizeDelta"],
            given["fillPrice"],
            given["oraclePrice"],
            given["fee"],
        )

    def _position_changed(
        self, log: Log, given: dict[str, Any], _time_s: int
    ) -> events.PositionChanged:
        return events.PositionChanged(
            log.tx_index,
            log.log_index,
            given["account"],
            self._markets[log.address],
            given["size"],
            given["entryPrice"],
            given["entryFunding"],
            given["realisedPnl"],
            given["funding"],
            given["fee"],
        )

    def _funding_updated(
        self, log: Log, given: dict[str, Any], time_s: int
    ) -> events.FundingUpdated:
        return events.FundingUpdated(
            log.tx_index,
            log.log_index,
            self._markets[log.address],
            given["rate"],
            given["accumulator"],
            given["skew"],
            time_s,
        )

    def _margins_set(self, log: Log, given: dict[str, Any], _time_s: int) -> events.MarginsSet:
        ratios = given["parameters"]
        return events.MarginsSet(
            log.tx_index,
            log.log_index,
            self._markets[log.address],
            ratios["minInitialRatio"],
            ratios["maintenanceScalar"],
        )

    def _liquidated(self, log: Log, given: dict[str, Any], _time_s: int) -> events.Liquidated:
        return events.Liquidated(
            log.tx_index,
            log.log_index,
            given["account"],
            self._markets[given["market"]],
            given["keeper"],
            given["sizeClosed"],
            given["remaining"],
            given["price"],
            given["reward"],
            given["penalty"],
        )

    def _price_updated(self, log: Log, given: dict[str, Any], _time_s: int) -> events.PriceUpdated:
        return events.PriceUpdated(
            log.tx_index,
            log.log_index,
            self._markets[log.address],
            given["answer"],
            given["observedAt"],
        )

    @staticmethod
    def _margin_chosen(log: Log, given: dict[str, Any], _time_s: int) -> events.MarginChosen:
        return events.MarginChosen(log.tx_index, log.log_index, given["account"], given["on"])

    def _deleveraged(self, log: Log, given: dict[str, Any], _time_s: int) -> events.Deleveraged:
        return events.Deleveraged(
            log.tx_index,
            log.log_index,
            given["account"],
            given["counterparty"],
            self._markets[given["market"]],
            given["keeper"],
            given["size"],
            given["bankruptcyPrice"],
        )
