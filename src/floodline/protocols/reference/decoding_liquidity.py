"""From the logs of feeds, pools and vaults to the events that every adapter shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from floodline.chain.abi import ContractInterface
from floodline.chain.node import Log
from floodline.protocols import events
from floodline.protocols.reference.deployment import Deployment
from floodline.protocols.reference.switches import Oracle

Maker = Callable[[Log, dict[str, Any], int], events.ProtocolEvent]


@dataclass(frozen=True)
class LiquidityDecoder:
    """Decodes what the core's decoder does not know.

    Parameters
    ----------
    deployment : Deployment
        Addresses.

    """

    deployment: Deployment

    def interfaces(self, known: Mapping[str, ContractInterface]) -> dict[bytes, ContractInterface]:
        """Return the interface of each address that this decodes logs of."""
        deployment = self.deployment
        found = dict.fromkeys(deployment.references.values(), known["TwapFeed"])
        found |= dict.fromkeys(deployment.pools.values(), known["SpotAmm"])
        found |= {address: known[name] for address, name in deployment.vaults.items()}
        if deployment.oracle is Oracle.DELAYED:
            found |= dict.fromkeys(deployment.feeds.values(), known["DelayedFeed"])
        return found

    def makers(self, address: bytes) -> dict[str, Maker]:
        """Return what turns an address's events into ours, by the event's name."""
        deployment = self.deployment
        for market, reference in deployment.references.items():
            if address == reference:
                return {"PriceUpdated": _Of(market).reference}
        for market, pool in deployment.pools.items():
            if address == pool:
                one = _Pool(market, deployment.base_tokens[market])
                return {
                    "Swapped": one.swapped,
                    "LiquidityAdded": one.added,
                    "LiquidityRemoved": one.removed,
                }
        if address in deployment.vaults:
            names = {perp: market for market, perp in deployment.markets.items()}
            return _Vault(names).makers
        for market, feed in deployment.feeds.items():
            if address == feed:
                return {"PriceQueued": _Of(market).queued}
        return {}


@dataclass(frozen=True)
class _Of:
    market: str

    def reference(self, log: Log, given: dict[str, Any], _time_s: int) -> events.ProtocolEvent:
        return events.ReferencePriceUpdated(
            log.tx_index, log.log_index, self.market, given["answer"], given["observedAt"]
        )

    def queued(self, log: Log, given: dict[str, Any], _time_s: int) -> events.ProtocolEvent:
        return events.PriceQueued(
            log.tx_index,
            log.log_index,
            self.market,
            given["answer"],
            given["observedAt"],
            given["dueAt"],
        )


@dataclass(frozen=True)
class _Pool:
    market: str
    base_token: bytes

    def swapped(self, log: Log, given: dict[str, Any], _time_s: int) -> events.ProtocolEvent:
        sold, bought = given["amountIn"], -given["amountOut"]
        if given["tokenIn"] != self.base_token:
            sold, bought = bought, sold
        return self._changed(log, sold, bought)

    def added(self, log: Log, given: dict[str, Any], _time_s: int) -> events.ProtocolEvent:
        return self._provided(log, given, 1)

    def removed(self, log: Log, given: dict[str, Any], _time_s: int) -> events.ProtocolEvent:
        return self._provided(log, given, -1)

    def _provided(self, log: Log, given: dict[str, Any], sign: int) -> events.SpotPoolChanged:
        amounts = [sign * given[name] for name in ("baseAmount", "quoteAmount", "shares")]
        place = (log.tx_index, log.log_index, self.market)
        return events.SpotPoolChanged(*place, amounts[0], amounts[1], given["to"], amounts[2])

    def _changed(self, log: Log, base: int, quote: int) -> events.SpotPoolChanged:
        return events.SpotPoolChanged(log.tx_index, log.log_index, self.market, base, quote)


@dataclass(frozen=True)
class _Vault:
    markets: Mapping[bytes, str]

    @property
    def makers(self) -> dict[str, Maker]:
        return {
            "DepositQueued": self._deposit_queued,
            "RedemptionQueued": self._redemption_queued,
            "DepositProcessed": self._deposit_processed,
            "RedemptionProcessed": self._redemption_processed,
            "RedemptionsPaused": self._paused,
            "VaultHedged": self._hedged,
        }

    @staticmethod
    def _deposit_queued(log: Log, given: dict[str, Any], time_s: int) -> events.ProtocolEvent:
        return events.VaultRequestQueued(
            log.tx_index,
            log.log_index,
            log.address,
            given["receiver"],
            True,
            given["assets"],
            time_s,
        )

    @staticmethod
    def _redemption_queued(log: Log, given: dict[str, Any], time_s: int) -> events.ProtocolEvent:
        return events.VaultRequestQueued(
            log.tx_index,
            log.log_index,
            log.address,
            given["receiver"],
            False,
            given["shares"],
            time_s,
        )

    @staticmethod
    def _deposit_processed(log: Log, given: dict[str, Any], _time_s: int) -> events.ProtocolEvent:
        return events.VaultRequestProcessed(
            log.tx_index,
            log.log_index,
            log.address,
            given["receiver"],
            True,
            given["shares"],
            given["assets"],
        )

    @staticmethod
    def _redemption_processed(
        log: Log, given: dict[str, Any], _time_s: int
    ) -> events.ProtocolEvent:
        return events.VaultRequestProcessed(
            log.tx_index,
            log.log_index,
            log.address,
            given["receiver"],
            False,
            given["shares"],
            given["assets"],
        )

    @staticmethod
    def _paused(log: Log, given: dict[str, Any], _time_s: int) -> events.ProtocolEvent:
        return events.VaultPaused(log.tx_index, log.log_index, log.address, given["until"])

    def _hedged(self, log: Log, given: dict[str, Any], time_s: int) -> events.ProtocolEvent:
        return events.VaultHedged(
            log.tx_index,
            log.log_index,
            log.address,
            self.markets[given["market"]],
            given["target"],
            given["executed"],
            given["lagSeconds"],
            time_s,
        )
