"""Exact model of an asset's price and of when it is refused, as ``OracleHub.sol``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from floodline.protocols.reference.model_math import ModelRevert

FEED_SCALE = 10**10
"""WAD per unit of an 8-decimal feed."""


class Tolerance(IntEnum):
    """How old a price may be, numbered as in Solidity."""

    ANY = 0
    DEFAULT = 1
    STRICT = 2


@dataclass
class ModelFeed:
    """An asset's newest price and when it is refused."""

    min_price: int
    max_price: int
    max_age_default: int
    max_age_strict: int
    price: int = 0
    """WAD USD."""
    observed_at: int = 0
    """Seconds."""

    def read(self, asset: str, tolerance: Tolerance, now_s: int) -> int:
        """Return the price, or revert as ``OracleHub.price`` does."""
        if tolerance is Tolerance.ANY:
            return self.price
        strict = tolerance is Tolerance.STRICT
        max_age = self.max_age_strict if strict else self.max_age_default
        if now_s > self.observed_at + max_age:
            raise ModelRevert("StalePrice", asset, self.observed_at, max_age)
        if not self.min_price <= self.price <= self.max_price:
            raise ModelRevert("PriceOutOfBounds", asset, self.price)
        return self.price
