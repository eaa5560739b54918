"""Rows of markets, vaults and options: how each stood after a block, and what was filled in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class MarketRow:
    """One market after one block."""

    block: int
    time_us: int
    market: str
    true_usd: float
    chain_usd: float
    price_age_us: int
    long: float
    """Sum of the long sizes, units of the asset."""
    short: float
    """Sum of the short sizes, without sign."""
    funding_rate: float
    """A day's share of the notional; longs pay where it is positive; NaN without funding."""


@dataclass(frozen=True, slots=True)
class VaultRow:
    """One vault of liquidity providers after one block."""

    block: int
    time_us: int
    vault: str
    nav_usd: float
    locked_usd: float
    shares: float
    share_price_usd: float
    deposits_waiting: int
    deposits_waiting_usd: float
    redemptions_waiting: int
    redemptions_waiting_shares: float


@dataclass(frozen=True, slots=True)
class OptionMarkRow:
    """One series at one sampled block: a point of the surface, and who holds it."""

    block: int
    time_us: int
    market: str
    series_id: int
    expiry_us: int
    """Virtual time of the expiry."""
    strike_usd: float
    type: str
    """``call`` or ``put``."""
    chain_usd: float
    volatility: float
    price_usd: float
    delta: float
    gamma: float
    vega: float
    theta: float
    long: float
    """Options that accounts own."""
    short: float
    """Options that accounts have written."""


@dataclass(frozen=True, slots=True)
class OptionGreeksRow:
    """What the options of one role add up to in one market after one block."""

    block: int
    time_us: int
    market: str
    role: str
    accounts: int
    value_usd: float
    delta: float
    delta_true: float
    gamma: float
    vega: float
    theta: float
    perpetual: float
    """Their positions in the market's perpetual, signed units of the asset."""


@dataclass(frozen=True, slots=True)
class OptionTradeRow:
    """Options that changed hands between an account and the vault."""

    block: int
    time_us: int
    tx_id: int
    account: str
    market: str
    series_id: int
    expiry_us: int
    strike_usd: float
    type: str
    kind: str
    """``trade``, ``liquidation`` or ``settlement``."""
    size_delta_wad: int
    """Positive where the account bought, or was relieved of what it had written."""
    price_wad: int
    """Of one option."""
    fee_wad: int
    volatility: float
    """That the trade was priced at; NaN where none was."""
    surface_volatility: float
    """Of the series after the block, at the chain's price; NaN once it has expired."""
    chain_usd: float
    true_usd: float
    model_usd: float
    """One option at the true price: by the surface after the block, or its payoff at expiry."""


@dataclass
class ProductRows:
    """All rows of a run."""

    markets: list[MarketRow] = field(default_factory=list)
    vaults: list[VaultRow] = field(default_factory=list)
    option_marks: list[OptionMarkRow] = field(default_factory=list)
    option_greeks: list[OptionGreeksRow] = field(default_factory=list)
    option_trades: list[OptionTradeRow] = field(default_factory=list)

    def counts(self) -> tuple[int, ...]:
        """Return how many rows there are of each kind."""
        return tuple(len(rows) for rows in self._all())

    def cut(self, counts: tuple[int, ...]) -> None:
        """Forget what came after so many rows of each kind."""
        for rows, count in zip(self._all(), counts, strict=True):
            del rows[count:]

    def _all(self) -> tuple[list[Any], ...]:
        kinds = (self.markets, self.vaults, self.option_marks)
        return (*kinds, self.option_greeks, self.option_trades)
