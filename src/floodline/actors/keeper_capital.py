"""A keeper's capital: what it can take on at once, and when it is free again."""

from __future__ import annotations

from pydantic import Field

from floodline.foundation.registry import Parameters
from floodline.foundation.units import to_us
from floodline.market.amounts import AmountChoice

Target = tuple[bytes, str]
"""An account and a market."""


class CapitalParameters(Parameters):
    """What a liquidation ties up, and for how long."""

    usd: AmountChoice = Field(description="Capital of each keeper in dollars, drawn once.")
    per_notional: float = Field(
        default=0.1,
        gt=0,
        le=1,
        description="Share of the notional that a liquidation ties up: the margin of the hedge, or "
        "1 where the keeper buys the position outright.",
    )
    recycle_s: float = Field(
        default=60.0,
        ge=0,
        description="Seconds from a liquidation that was won until its capital is free again.",
    )


class Capital:
    """One keeper's capital.

    With $10,000, a share of 0.1 and attempts at notionals of $60,000 and $50,000 the first ties up
    $6,000 and the second, which needs $5,000, has to wait.

    Parameters
    ----------
    parameters : CapitalParameters
        What a liquidation ties up.
    total_usd : float
        The keeper's own.

    """

    def __init__(self, parameters: CapitalParameters, total_usd: float) -> None:
        self._share = parameters.per_notional
        self._recycle_us = to_us(parameters.recycle_s)
        self._total_usd = total_usd
        self._waiting: dict[Target, float] = {}
        self._invested: list[tuple[int, float]] = []

    def free_usd(self, now_us: int) -> float:
        """Return what is not tied up."""
        self._invested = [(due, usd) for due, usd in self._invested if due > now_us]
        tied = sum(self._waiting.values()) + sum(usd for _, usd in self._invested)
        return self._total_usd - tied

    def reaches(self, notional_usd: float, now_us: int) -> bool:
        """Return whether there is enough for a liquidation of this notional."""
        return self._share * notional_usd <= self.free_usd(now_us)

    def tie(self, target: Target, notional_usd: float) -> None:
        """Tie capital to an attempt."""
        self._waiting[target] = self._share * notional_usd

    def settle(self, target: Target, now_us: int, *, won: bool) -> None:
        """Invest what an attempt tied up, or free it."""
        usd = self._waiting.pop(target, 0.0)
        if won:
            self._invested.append((now_us + self._recycle_us, usd))
