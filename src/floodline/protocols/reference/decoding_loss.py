"""The loss waterfall's logs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from floodline.chain.node import Log
from floodline.protocols import events
from floodline.protocols.reference.decoding_liquidity import Maker

_STAGES: Final = ("fund", "backer", "deleveraging", "haircut")
"""Words for the contracts' ``Stage``, in its order."""


def _covered(log: Log, given: dict[str, Any], _time_s: int) -> events.DeficitCovered:
    return events.DeficitCovered(
        log.tx_index,
        log.log_index,
        given["account"],
        given["shortfall"],
        given["fund"],
        given["vault"],
        given["adl"],
        given["haircut"],
    )


def _stage_paid(log: Log, given: dict[str, Any], _time_s: int) -> events.LossStagePaid:
    return events.LossStagePaid(
        log.tx_index, log.log_index, given["account"], _STAGES[given["stage"]], given["amount"]
    )


def _opened(log: Log, given: dict[str, Any], _time_s: int) -> events.DeleveragingOpened:
    return events.DeleveragingOpened(
        log.tx_index, log.log_index, given["account"], given["shortfall"], given["until"]
    )


WATERFALL_EVENTS: Final[Mapping[str, Maker]] = {
    "DeficitCovered": _covered,
    "StagePaid": _stage_paid,
    "DeleveragingOpened": _opened,
}
"""What makes ours of the waterfall's events."""
