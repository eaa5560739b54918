"""What happened inside a protocol, in words that every adapter shares.

Amounts are 18-decimal fixed point (WAD) integers; sizes are signed, in units of the asset. Each
event names the transaction of the block that caused it (``tx_index``).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProtocolEvent:
    """Base of all events: where in its block it stands."""

    tx_index: int
    log_index: int


@dataclass(frozen=True, slots=True)
class Deposited(ProtocolEvent):
    """Cash entered the protocol's books for an account."""

    account: bytes
    amount_wad: int


@dataclass(frozen=True, slots=True)
class Withdrawn(ProtocolEvent):
    """Cash left the books; `paid_wad` is what was paid out after a haircut."""

    account: bytes
    amount_wad: int
    paid_wad: int


@dataclass(frozen=True, slots=True)
class CashMoved(ProtocolEvent):
    """Cash went from one account of the books to another, for a reason the protocol names."""

    source: bytes
    destination: bytes
    amount_wad: int
    reason: str


@dataclass(frozen=True, slots=True)
class DeficitRecorded(ProtocolEvent):
    """An account's negative cash was set to zero and remembered as a deficit of the system."""

    account: bytes
    amount_wad: int


@dataclass(frozen=True, slots=True)
class DeficitRepaired(ProtocolEvent):
    """An account's cash paid for a part of the recorded deficit."""

    account: bytes
    amount_wad: int


@dataclass(frozen=True, slots=True)
class Traded(ProtocolEvent):
    """An order was filled, at a price that the chain's price and the skew made."""

    account: bytes
    market: str
    size_delta_wad: int
    fill_price_wad: int
    oracle_price_wad: int
    fee_wad: int


@dataclass(frozen=True, slots=True)
class PositionChanged(ProtocolEvent):
    """A position's new state, and what the change realised."""

    account: bytes
    market: str
    size_wad: int
    entry_price_wad: int
    entry_funding_wad: int
    realised_pnl_wad: int
    funding_wad: int
    fee_wad: int


@dataclass(frozen=True, slots=True)
class FundingUpdated(ProtocolEvent):
    """A market's funding state after it was brought up to date."""

    market: str
    rate_wad: int
    accumulator_wad: int
    skew_wad: int
    time_s: int


@dataclass(frozen=True, slots=True)
class Liquidated(ProtocolEvent):
    """A keeper closed some or all of a position."""

    account: bytes
    market: str
    keeper: bytes
    closed_wad: int
    remaining_wad: int
    price_wad: int
    reward_wad: int
    penalty_wad: int


@dataclass(frozen=True, slots=True)
class PriceUpdated(ProtocolEvent):
    """A price became the chain's price of a market."""

    market: str
    price_e8: int
    observed_s: int


@dataclass(frozen=True, slots=True)
class DeficitCovered(ProtocolEvent):
    """A shortfall beyond an account's margin, and who paid it."""

    account: bytes
    shortfall_wad: int
    fund_wad: int
    vault_wad: int
    adl_wad: int
    haircut_wad: int


@dataclass(frozen=True, slots=True)
class PriceQueued(ProtocolEvent):
    """A delayed feed was poked: a price waits, and the next poke is allowed at a time."""

    market: str
    price_e8: int
    observed_s: int
    due_s: int


@dataclass(frozen=True, slots=True)
class ReferencePriceUpdated(ProtocolEvent):
    """The price that breakers hold a market's price against was brought up to date."""

    market: str
    price_e8: int
    observed_s: int


@dataclass(frozen=True, slots=True)
class SpotPoolChanged(ProtocolEvent):
    """A spot pool's reserves grew or shrank; amounts are signed token units."""

    market: str
    base_units: int
    quote_units: int
    account: bytes = b""
    """Whose liquidity came or went; nobody's in a swap."""
    shares: int = 0
    """Shares that were made, negative where they were destroyed."""


@dataclass(frozen=True, slots=True)
class VaultRequestQueued(ProtocolEvent):
    """Somebody asked to join or to leave a vault; `amount` is token units or shares."""

    vault: bytes
    receiver: bytes
    is_deposit: bool
    amount: int
    time_s: int


@dataclass(frozen=True, slots=True)
class VaultRequestProcessed(ProtocolEvent):
    """A vault worked off the first request of a queue."""

    vault: bytes
    receiver: bytes
    is_deposit: bool
    shares: int
    token_units: int


@dataclass(frozen=True, slots=True)
class VaultPaused(ProtocolEvent):
    """Too little of a vault's capital is free: redemptions rest until a time."""

    vault: bytes
    until_s: int


@dataclass(frozen=True, slots=True)
class VaultHedged(ProtocolEvent):
    """A vault traded towards the position that leaves it no delta."""

    vault: bytes
    market: str
    target_wad: int
    executed_wad: int
    lag_s: int
    time_s: int


@dataclass(frozen=True, slots=True)
class OptionTraded(ProtocolEvent):
    """Options were bought from or sold to the vault."""

    account: bytes
    market: str
    series_id: int
    size_delta_wad: int
    price_wad: int
    """Of one option."""
    volatility_wad: int
    fee_wad: int


@dataclass(frozen=True, slots=True)
class OptionPositionChanged(ProtocolEvent):
    """An account's new size in a series."""

    account: bytes
    market: str
    series_id: int
    size_wad: int


@dataclass(frozen=True, slots=True)
class OptionClosed(ProtocolEvent):
    """A liquidation closed options against the vault."""

    account: bytes
    market: str
    series_id: int
    size_delta_wad: int
    """Positive bought a short back."""
    price_wad: int
    """Of one option."""


@dataclass(frozen=True, slots=True)
class OptionSettled(ProtocolEvent):
    """A position was turned into cash after its expiry."""

    account: bytes
    market: str
    series_id: int
    size_wad: int
    payoff_wad: int
    """Of one option."""
    paid_wad: int
    """Negative where the account paid."""


@dataclass(frozen=True, slots=True)
class OptionLiquidated(ProtocolEvent):
    """A keeper closed some or all of an option position."""

    account: bytes
    market: str
    keeper: bytes
    series_id: int
    closed_wad: int
    remaining_wad: int
    price_wad: int
    reward_wad: int
    penalty_wad: int


@dataclass(frozen=True, slots=True)
class ExpiryPriceFixed(ProtocolEvent):
    """The settlement price of an expiry is known from now on."""

    market: str
    expiry_s: int
    price_wad: int
    source: str
    """``twap``, ``last_round`` or ``landing``."""
    lag_s: int
    """How long after expiry."""


@dataclass(frozen=True, slots=True)
class MarginChosen(ProtocolEvent):
    """An account chose between summed margins and scenario margin."""

    account: bytes
    is_portfolio: bool


@dataclass(frozen=True, slots=True)
class CollateralChanged(ProtocolEvent):
    """Tokens that count as margin came in (positive) or went out for an account."""

    account: bytes
    market: str
    """Whose asset the token is."""
    delta_wad: int
    """Signed, WAD units of the asset."""


@dataclass(frozen=True, slots=True)
class CollateralSold(ProtocolEvent):
    """Tokens of an account in debt were sold through a spot pool."""

    account: bytes
    market: str
    sold_wad: int
    """WAD units of the asset."""
    proceeds_wad: int
    oracle_value_wad: int


@dataclass(frozen=True, slots=True)
class VolatilityUpdated(ProtocolEvent):
    """A publisher said what volatility is; trades moved it from there."""

    market: str
    base_wad: int
    slope_wad: int
    smile_wad: int
    rate_wad: int
    observed_s: int


@dataclass(frozen=True, slots=True)
class VolatilityMoved(ProtocolEvent):
    """A trade moved the base volatility and the factor of its own strike."""

    market: str
    strike_wad: int
    expiry_s: int
    base_impact_wad: int
    factor_impact_wad: int


@dataclass(frozen=True, slots=True)
class OrderCommitted(ProtocolEvent):
    """An order waits for somebody to settle it."""

    order_id: int
    account: bytes
    market: str
    size_delta_wad: int
    acceptable_price_wad: int
    keeper_fee_wad: int
    committed_s: int


@dataclass(frozen=True, slots=True)
class OrderSettled(ProtocolEvent):
    """A waiting order was filled by a keeper."""

    order_id: int
    account: bytes
    market: str
    fill_price_wad: int
    observed_s: int
    keeper: bytes
    keeper_fee_wad: int


@dataclass(frozen=True, slots=True)
class OrderCancelled(ProtocolEvent):
    """A waiting order was given up, by its trader or by a keeper for its limit."""

    order_id: int
    account: bytes
    by: bytes
    keeper_fee_wad: int


@dataclass(frozen=True, slots=True)
class OrderExpired(ProtocolEvent):
    """Nobody settled a waiting order in time, and its escrow went back."""

    order_id: int
    account: bytes
    refund_wad: int


@dataclass(frozen=True, slots=True)
class AuctionStarted(ProtocolEvent):
    """A whole account was put up for sale."""

    account: bytes
    keeper: bytes
    equity_wad: int
    maintenance_wad: int
    notional_wad: int
    reward_wad: int
    time_s: int


@dataclass(frozen=True, slots=True)
class AuctionReset(ProtocolEvent):
    """An auction began a new run, solvent or insolvent."""

    account: bytes
    keeper: bytes
    insolvent: bool
    reward_wad: int
    time_s: int


@dataclass(frozen=True, slots=True)
class AuctionBid(ProtocolEvent):
    """A bidder took a share of an account, and paid or was paid for it."""

    account: bytes
    bidder: bytes
    share_wad: int
    price_wad: int
    given_wad: int
    fee_wad: int
    remaining_wad: int


@dataclass(frozen=True, slots=True)
class AuctionEnded(ProtocolEvent):
    """An account left its auction, empty or healthy."""

    account: bytes
    emptied: bool


@dataclass(frozen=True, slots=True)
class LossStagePaid(ProtocolEvent):
    """One stage of the loss waterfall paid: "fund", "backer", "deleveraging" or "haircut"."""

    account: bytes
    stage: str
    amount_wad: int


@dataclass(frozen=True, slots=True)
class DeleveragingOpened(ProtocolEvent):
    """A bankrupt account waits to be deleveraged until a time."""

    account: bytes
    shortfall_wad: int
    until_s: int


@dataclass(frozen=True, slots=True)
class Deleveraged(ProtocolEvent):
    """A winner's position was closed against a bankrupt account's, both at its bankruptcy price."""

    account: bytes
    counterparty: bytes
    market: str
    keeper: bytes
    size_wad: int
    price_wad: int


@dataclass(frozen=True, slots=True)
class MarginsSet(ProtocolEvent):
    """A market's margin ratios were set: initial of a small position, maintenance over initial."""

    market: str
    initial_ratio_wad: int
    maintenance_scalar_wad: int
