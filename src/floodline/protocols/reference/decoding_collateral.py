"""The collateral vault's logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from floodline.chain.node import Log
from floodline.foundation.units import WAD
from floodline.protocols import events
from floodline.protocols.reference.decoding_liquidity import Maker
from floodline.protocols.reference.deploy_liquidity import BASE_TOKENS


@dataclass(frozen=True)
class CollateralDecoder:
    """Decodes what happened to tokens that count as margin.

    Parameters
    ----------
    tokens : Mapping[bytes, str]
        Market by token.

    """

    tokens: Mapping[bytes, str]

    @property
    def makers(self) -> dict[str, Maker]:
        """What turns the vault's events into ours, by the event's name."""
        return {
            "CollateralDeposited": self._deposited,
            "CollateralWithdrawn": self._withdrawn,
            "CollateralSold": self._sold,
        }

    def _deposited(self, log: Log, given: dict[str, Any], _time_s: int) -> events.ProtocolEvent:
        return self._changed(log, given, 1)

    def _withdrawn(self, log: Log, given: dict[str, Any], _time_s: int) -> events.ProtocolEvent:
        return self._changed(log, given, -1)

    def _changed(self, log: Log, given: dict[str, Any], sign: int) -> events.ProtocolEvent:
        market, amount = self._read(given)
        return events.CollateralChanged(
            log.tx_index, log.log_index, given["account"], market, sign * amount
        )

    def _sold(self, log: Log, given: dict[str, Any], _time_s: int) -> events.ProtocolEvent:
        market, amount = self._read(given)
        return events.CollateralSold(
            log.tx_index,
            log.log_index,
            given["account"],
            market,
            amount,
            given["proceeds"],
            given["oracleValue"],
        )

    def _read(self, given: Mapping[str, Any]) -> tuple[str, int]:
        market = self.tokens[given["token"]]
        return market, given["amount"] * (WAD // 10 ** BASE_TOKENS[market][1])
