"""Aave's reason strings are numbers; its own sources say what they mean."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from floodline.foundation.errors import ToolchainError
from floodline.toolchain.packages import find_package, pin

_SOURCE: Final = "contracts/protocol/libraries/helpers/Errors.sol"
_CODE: Final = re.compile(r"string public constant (\w+) = '(\d+)'")

UNBLOCKED_BY: Final = {
    "HEALTH_FACTOR_NOT_BELOW_THRESHOLD": "a lower price on chain: by the pool's own prices the "
    "account is healthy",
    "RESERVE_PAUSED": "an end of the reserve's pause",
    "RESERVE_INACTIVE": "an active reserve",
    "PRICE_ORACLE_SENTINEL_CHECK_FAILED": "a sequencer that is up, and the end of its grace period",
    "COLLATERAL_CANNOT_BE_LIQUIDATED": "another collateral of the same account",
    "SPECIFIED_CURRENCY_NOT_BORROWED_BY_USER": "nothing: the debt is repaid",
    "ERC20InsufficientBalance": "more dollars in the keeper's wallet",
    "ERC20InsufficientAllowance": "a keeper that lets the pool take its dollars",
}
"""What would let a liquidation succeed that fails for a reason."""


@cache
def reason_names() -> dict[str, str]:
    """Return the name of each reason code, from the package's own library of errors.

    Raises
    ------
    ToolchainError
        If the package is missing or its library of errors reads otherwise.

    """
    path: Path = find_package(pin("aave")) / _SOURCE
    found = {code: name for name, code in _CODE.findall(path.read_text(encoding="utf-8"))}
    if not found:
        raise ToolchainError(
            f"{path} names no reason codes", "run `floodline toolchain --with aave`"
        )
    return found
