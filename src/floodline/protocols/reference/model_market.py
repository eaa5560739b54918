"""Exact model of one perpetual market: skew, funding, positions and what they are worth."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_math import (
    ModelRevert,
    accrue_funding,
    div_up,
    funding_velocity,
    mul_wad,
    mul_wad_up,
    requirement_up,
)
from floodline.protocols.reference.model_parameters import LiquidationParameters, MarketParameters


class ModelPosition(NamedTuple):
    """A trader's position."""

    size: int
    """Signed, WAD units."""
    entry_price: int
    """Price of the last re-basing, WAD USD."""
    entry_funding: int
    """Accumulator of the last re-basing, WAD USD per unit."""

    @property
    def basis(self) -> int:
        """Entry price plus entry funding, WAD USD per unit."""
        return self.entry_price + self.entry_funding


FLAT = ModelPosition(0, 0, 0)
"""No position."""


@dataclass
class MarketModel:
    """One market, as ``PerpMarket.sol`` and the engine's window keep it.

    Parameters
    ----------
    parameters : MarketParameters
        The market's.
    liquidation : LiquidationParameters
        Its liquidation rules.
    funding_updated_at : int
        Time of deployment, seconds.

    """

    parameters: MarketParameters
    liquidation: LiquidationParameters
    funding_updated_at: int
    skew: int = 0
    total_size: int = 0
    debt_correction: int = 0
    funding_rate: int = 0
    funding_accumulator: int = 0
    positions: dict[str, ModelPosition] = field(default_factory=dict)
    window: deque[tuple[int, int]] = field(default_factory=deque)
    """(timestamp, closed size) inside the rolling window."""
    last_chunk_block: int = 0

    def position(self, account: str) -> ModelPosition:
        """Return an account's position."""
        return self.positions.get(account, FLAT)

    def accrued(self, now_s: int, price: int) -> tuple[int, int]:
        """Return funding rate and accumulator brought up to now at a price."""
        return accrue_funding(
            self.funding_rate,
            self.funding_accumulator,
            funding_velocity(self.skew, self.parameters),
            now_s - self.funding_updated_at,
            price,
        )

    def update_funding(self, now_s: int, price: int) -> None:
        """Bring the stored funding up to now."""
        if now_s != self.funding_updated_at:
            self.funding_rate, self.funding_accumulator = self.accrued(now_s, price)
            self.funding_updated_at = now_s

    def valuation(self, account: str, now_s: int, price: int) -> tuple[int, int, int]:
        """Return unrealised profit (rounded down), initial and maintenance margin, WAD USD."""
        position = self.position(account)
        if position.size == 0:
            return 0, 0, 0
        _, accumulator = self.accrued(now_s, price)
        value = position.size * (price + accumulator - position.basis) // WAD
        return value, *requirement_up(
            abs(position.size),
            price,
            self.parameters,
            self.side_size(long=position.size > 0),
        )

    def debt_exact(self, now_s: int, price: int) -> int:
        """Return the sum of unrealised profits, WAD * WAD, without a loop over accounts.

        ``skew * (P + F) - debt_correction``: 2 long from 3,000 and 1 short from 3,100 at 3,050 are
        owed 3,050 - (6,000 - 3,100) = 150.
        """
        _, accumulator = self.accrued(now_s, price)
        return self.skew * (price + accumulator) - self.debt_correction

    def exposure(self, now_s: int, price: int) -> tuple[int, int]:
        """Return debt to traders and locked counterparty capital, WAD USD, rounded up."""
        if self.total_size == 0:
            return 0, 0
        locked = mul_wad_up(mul_wad_up(self.total_size, price), self.parameters.locked_oi_ratio)
        return div_up(self.debt_exact(now_s, price), WAD), locked

    def rebase(self, account: str, new_size: int, price: int) -> int:
        """Re-base a position at a price and return the cash that this realises, WAD USD."""
        old = self.position(account)
        new = ModelPosition(new_size, price, self.funding_accumulator) if new_size else FLAT
        realised = old.size * (price + self.funding_accumulator - old.basis) // WAD
        self.debt_correction += new.size * new.basis - old.size * old.basis
        self.skew += new.size - old.size
        self.total_size += abs(new.size) - abs(old.size)
        self.positions[account] = new
        return realised

    def side_size(self, *, long: bool) -> int:
        """Return one side's open interest, WAD units."""
        return (self.total_size + (self.skew if long else -self.skew)) // 2

    def require_open_interest(self, market: str, price: int, *, long: bool) -> None:
        """Revert as the contract does when a side is beyond a cap."""
        size = self.side_size(long=long)
        caps = self.parameters
        if size > caps.max_side_size:
            raise ModelRevert("OpenInterestCapExceeded", market, long, caps.max_side_size)
        if mul_wad_up(size, price) > caps.max_side_value:
            raise ModelRevert("OpenInterestCapExceeded", market, long, caps.max_side_value)

    def window_cap(self) -> int:
        """Return what may be closed inside one window, WAD units; zero means no limit.

        ``(maker + taker) * K * multiplier * seconds``: 5 bp, 300,000, 1.5 and 30 s give 6,750.
        """
        fees = self.parameters.maker_fee + self.parameters.taker_fee
        scaled = mul_wad(self.parameters.skew_scale, fees)
        per_second = mul_wad(scaled, self.liquidation.capacity_multiplier)
        return per_second * self.liquidation.window_seconds

    def window_used(self, now_s: int) -> int:
        """Return what liquidations closed inside the window that ends now, WAD units."""
        length = self.liquidation.window_seconds
        return sum(amount for time_s, amount in self.window if time_s + length > now_s)

    def take_capacity(self, market: str, wanted: int, now_s: int, block: int) -> int:
        """Reserve window capacity for a chunk and return its size, WAD units."""
        cap = self.window_cap()
        if cap == 0:
            return wanted
        length = self.liquidation.window_seconds
        while self.window and self.window[0][0] + length <= now_s:
            self.window.popleft()
        taken = min(wanted, max(cap - self.window_used(now_s), 0))
        if taken == 0:
            premium_limit = self.liquidation.max_premium * self.parameters.skew_scale
            if abs(self.skew) * WAD >= premium_limit or self.last_chunk_block == block:
                available_at = self.window[0][0] + length if self.window else 0
                raise ModelRevert("LiquidationCapacityReached", market, available_at)
            taken = min(wanted, cap)
        self.window.append((now_s, taken))
        self.last_chunk_block = block
        return taken
