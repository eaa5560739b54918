"""One number of a profile, with its unit and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from floodline.foundation.units import wad


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number with its unit and where it comes from."""

    value: int
    """What the contract is given."""
    unit: str
    """Its unit; WAD amounts are multiplied by 1e18."""
    source: str
    """The protocol or document, or the reason for our own choice."""


def ratio(amount: str | int | Decimal, source: str, unit: str = "WAD ratio") -> Parameter:
    """Return a share, or an amount of another unit, with 18 decimals."""
    return Parameter(wad(amount), unit, source)


def usd(amount: str | int, source: str) -> Parameter:
    """Return an amount of dollars with 18 decimals."""
    return Parameter(wad(amount), "WAD USD", source)


def seconds(amount: int, source: str) -> Parameter:
    """Return a duration."""
    return Parameter(amount, "seconds", source)


SYNTHETIX_BASE = "Synthetix v3 on Base, February 2025"
SYNTHETIX_ARBITRUM = "Synthetix v3 on Arbitrum"
CURIE = "Perpetual Protocol v2 (curie)"
DYDX = "dYdX v4"
GMX = "GMX v2"
DERIVE = "Derive v2"
