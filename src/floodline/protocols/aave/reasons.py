"""Aave's reason strings are numbers; its own sources say what they mean."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from floodline.foundation.errors import ToolchainError
from floodline.toolchain.packages import find_package, pin

_SOURCE: Final = "contracts/protocol/libraries/helpers/Errors.sol"
_CODE: Final = re.compile(r"string public constant (\w+) = '(\d+)'")


@cache
def reason_names() -> dict[str, str]:
    """Return the name of each reason code, from the package's own library of errors.

    Raises
    ------
    ToolchainError
        If the package is missing or its library of errors reads otherwise.

    """
    path = find_package(pin("aave")) / _SOURCE
    found = {code: name for name, code in _CODE.findall(path.read_text(encoding="utf-8"))}
    if not found:
        raise ToolchainError(
            f"{path} names no reason codes", "run `floodline toolchain --with aave`"
        )
    return found
