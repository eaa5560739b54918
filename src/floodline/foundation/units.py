"""Units: integers for money and time, with their names.

Virtual time is an ``int`` of microseconds since the campaign's genesis, so that sums and
differences are exact and a run is the same on every machine. Money on chain is an ``int`` of wei or
of 18-decimal fixed point (WAD).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

GWEI: Final = 10**9
ETHER: Final = 10**18
WAD: Final = 10**18
USDC: Final = 10**6
"""One US dollar in the settlement token's own 6 decimals."""
FEED: Final = 10**8
"""One US dollar in a Chainlink-shaped feed's 8 decimals."""
SECOND_US: Final = 1_000_000
"""Microseconds in a second of virtual time."""


def to_us(seconds: float) -> int:
    """Return virtual microseconds of a span in seconds, rounded to the nearest.

    Examples
    --------
    >>> to_us(0.3)
    300000

    """
    return round(seconds * SECOND_US)


def to_seconds(microseconds: int) -> float:
    """Return seconds of a span in virtual microseconds; ``to_seconds(1_500_000)`` is 1.5."""
    return microseconds / SECOND_US


def to_gwei_wei(gwei: float) -> int:
    """Return wei of an amount in gwei; ``to_gwei_wei(1.5)`` is 1_500_000_000."""
    return round(gwei * GWEI)


def wad(amount: float | str | Decimal) -> int:
    """Return 18-decimal fixed point of an amount; exact for strings and short decimals.

    Examples
    --------
    >>> wad("0.025")
    25000000000000000

    """
    return int(Decimal(str(amount)) * WAD)


def from_wad(amount: int) -> float:
    """Return the float nearest to an 18-decimal fixed-point amount."""
    return amount / WAD
