"""What an adapter can do beyond perpetuals, as small groups that actors ask for.

A group is None where the deployment does not have the mechanism, so an actor asks
``adapter.options`` before it trades options; it never asks which protocol it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from floodline.protocols.interface import Call, SetupChain, View


@dataclass(frozen=True, slots=True)
class PendingOrder:
    """An order that waits for its settlement."""

    order_id: int
    account: bytes
    market: str
    size_delta_wad: int
    acceptable_price_wad: int
    escrow_wad: int
    committed_s: int
    opens_s: int
    expires_s: int
    """Last second in which it can be settled."""
    cancellable_s: int
    """First second in which its trader may cancel it."""


class OrdersFacet(Protocol):
    """Orders in two steps: the trader commits, anybody settles in the window."""

    def commit(self, market: str, size_delta_wad: int, acceptable_price_wad: int) -> Call:
        """Return the sender's commitment."""

    def settle(self, account: bytes, market: str) -> Call:
        """Return the call by which a keeper settles an account's order."""

    def cancel(self, account: bytes, market: str) -> Call:
        """Return the call that gives up an order: its trader's, or a keeper's for its limit."""

    def expire(self, account: bytes, market: str) -> Call:
        """Return the call that gives the escrow of an order back whose window has closed."""

    def pending(self) -> Sequence[PendingOrder]:
        """Return the orders that wait, oldest first."""

    def waits_for(self, account: bytes) -> PendingOrder | None:
        """Return an account's order."""

    def exceeds_limit(self, order: PendingOrder, price_usd: float) -> bool:
        """Whether an order could not be filled at a chain price because of its limit."""

    def expected_pay_usd(self, order: PendingOrder, gas_usd: float) -> float:
        """Return what a keeper is paid for an order, if its gas is reckoned at `gas_usd`."""

    def settlement_gas(self) -> int:
        """Return the gas that the protocol reckons with for one settlement."""


@dataclass(frozen=True, slots=True)
class OptionSeries:
    """One option that can be traded."""

    series_id: int
    market: str
    expiry_s: int
    strike_wad: int
    is_call: bool


@dataclass(frozen=True, slots=True)
class OptionQuote:
    """What a trade in options would cost."""

    premium_wad: int
    """Paid where it is positive, received where it is negative."""
    fee_wad: int
    volatility: float


@dataclass(frozen=True, slots=True)
class OptionGreeks:
    """An account's sensitivities in one market, options and perpetual together."""

    delta: float
    """Units of the asset."""
    gamma: float
    """Units of the asset per dollar."""
    vega: float
    """Dollars per 1.00 of volatility."""
    theta: float
    """Dollars a day that passes."""


@dataclass(frozen=True)
class OptionMarks:
    """What one option of each series is worth at a spot price, in the order of the series."""

    volatility: npt.NDArray[np.float64]
    """By the surface; NaN once the series has expired."""
    price_usd: npt.NDArray[np.float64]
    """By the contracts' formula, without spread and fee; the payoff once it is fixed."""
    delta: npt.NDArray[np.float64]
    """Units of the asset."""
    gamma: npt.NDArray[np.float64]
    """Units of the asset per dollar."""
    vega: npt.NDArray[np.float64]
    """Dollars per 1.00 of volatility."""
    theta: npt.NDArray[np.float64]
    """Dollars a day that passes."""


class OptionsFacet(Protocol):
    """European options against the vault; a series is known by its market and its number."""

    def series(self, market: str) -> Sequence[OptionSeries]:
        """Return the series that are listed, by number."""

    def quote(self, view: View, market: str, series_id: int, size_delta_wad: int) -> OptionQuote:
        """Return what a signed size would cost now."""

    def offer(
        self,
        market: str,
        series_id: int,
        size_delta_wad: int,
        prices_usd: Sequence[float],
        now_s: int,
    ) -> OptionQuote:
        """Return what a signed size would cost, by the events so far and at chain prices."""

    def tradable(self, market: str, price_usd: float, now_s: int) -> Sequence[OptionSeries]:
        """Return the series in which a position may grow: before their cut-off, inside bounds."""

    def trades_until(self, series: OptionSeries) -> int:
        """Return the first second in which a series can no longer be traded."""

    def base_volatility(self, market: str) -> float:
        """Return the volatility that publishers said last, for thirty days at the money."""

    def allowed(
        self,
        market: str,
        series_id: int,
        margin_usd: float,
        side: int,
        price_usd: float,
        now_s: int,
    ) -> tuple[float, float]:
        """Return the least and the most options that an account with this margin alone may have.

        `side` is 1 to buy and -1 to write; the impact of the trade itself is left out.
        """

    def trade(self, market: str, series_id: int, size_delta_wad: int, limit_wad: int) -> Call:
        """Return the sender's trade; `limit_wad` is the worst price of one option, before fees."""

    def held(self, account: bytes, market: str) -> dict[int, int]:
        """Return an account's signed sizes in WAD by series, without those it does not hold."""

    def holders(self) -> Sequence[bytes]:
        """Return the accounts that hold any option, sorted."""

    def push_volatility(self, market: str, base: float, observed_s: int) -> Call:
        """Return a publisher's update of the surface; `base` is the volatility at 30 days."""

    def settle_series(self, market: str, expiry_s: int) -> Call:
        """Return the call that records an expiry's settlement price."""

    def settle_accounts(self, market: str, accounts: Sequence[bytes]) -> Call:
        """Return the call that pays a batch of accounts out after expiry."""

    def upkeep(self, now_s: int) -> Sequence[Call]:
        """Return what is due: expiries' prices to fix, and then holders to pay out, in batches."""

    def liquidate(self, account: bytes, market: str, series_id: int) -> Call:
        """Return the call by which a keeper closes an option of an account in trouble."""

    def choose_margin(self, *, portfolio: bool) -> Call:
        """Return the sender's choice between summed margins and scenario margin."""

    def greeks(self, view: View, accounts: Sequence[bytes], market: str) -> list[OptionGreeks]:
        """Return accounts' sensitivities in one market."""

    def marks(self, market: str, price_usd: float, now_s: int) -> OptionMarks:
        """Return what one option of each series is worth at a spot price, by the events so far."""


@dataclass(frozen=True, slots=True)
class LiveAuction:
    """An auction of an account's portfolio."""

    account: bytes
    started_s: int


@dataclass(frozen=True, slots=True)
class AuctionOffer:
    """What a bid for an account would get, in dollars."""

    needs_reset: bool
    """Whether nothing is sold until somebody resets the auction."""
    given_usd: float
    """Equity that goes with the whole account."""
    price_usd: float
    """Price of the whole account; negative is paid to the bidder."""
    notional_usd: float
    max_share: float
    """Largest share that may be taken."""


class AuctionsFacet(Protocol):
    """Dutch auctions of portfolios."""

    def offer(self, account: bytes, prices_usd: Sequence[float], time_s: int) -> AuctionOffer:
        """Return what a bid at a time and at chain prices would get."""

    def reset(self, account: bytes) -> Call:
        """Return the call that begins an auction's new run."""

    def is_live(self, account: bytes) -> bool:
        """Whether an account is for sale already."""

    def start(self, account: bytes) -> Call:
        """Return the call that puts an account up."""

    def bid(self, account: bytes, share_wad: int, limit_wad: int, bidder: bytes = b"") -> Call:
        """Return a bid for a share of the portfolio at most at a price.

        With the bidder's address its gas counts what the bidder holds already.
        """

    def price_wad(self, view: View, account: bytes) -> int:
        """Return what the whole lot costs at present; negative where the bidder is paid."""

    def live(self) -> Sequence[LiveAuction]:
        """Return the auctions that run, oldest first."""


class AdlFacet(Protocol):
    """Deleveraging of profitable accounts where nobody else can pay."""

    def deleverage(self, account: bytes, market: str, against: Sequence[bytes]) -> Call:
        """Return the call that closes a position against opposite accounts at bankruptcy price."""

    def waiting(self) -> Sequence[tuple[bytes, str]]:
        """Return the bankrupt accounts that wait, each with a market it has a position in."""

    def nominate(self, account: bytes, market: str) -> Call:
        """Return the call that points out a winner whom no deleveraging may pass over."""

    def candidates(self, account: bytes, market: str, spared: int = 0) -> list[bytes]:
        """Return winners that can take an account's position, in the order of the rule.

        As many as the position needs and one call may name; nobody without a profit, and not the
        first `spared` of them.
        """


@dataclass(frozen=True, slots=True)
class VaultStanding:
    """How a vault of liquidity providers stands, at the newest price on chain."""

    name: str
    """``vault`` behind the markets, ``option_vault`` behind options."""
    nav_usd: float
    """What it is worth: its own equity less what it owes the traders of its products."""
    locked_usd: float
    """Capital that open positions lock."""
    shares: float
    """In existence, those that wait for redemption too."""
    share_price_usd: float
    deposits_waiting: int
    """Requests in the queue."""
    deposits_waiting_usd: float
    redemptions_waiting: int
    redemptions_waiting_shares: float


class VaultFacet(Protocol):
    """The liquidity providers' vault."""

    def deposit(self, account: bytes, assets_wad: int) -> Call:
        """Return an account's deposit, which queues."""

    def withdraw(self, account: bytes, shares_wad: int) -> Call:
        """Return an account's withdrawal, which queues."""

    def process(self) -> Call:
        """Return the call that works off the queue."""

    def upkeep(self, now_s: int) -> list[Call]:
        """Return the calls that are due: working off the queue, hedging. Anybody may make them."""

    def shares_of(self, account: bytes) -> int:
        """Return an account's shares that do not wait for redemption, by the events."""

    def hedge(self, market: str) -> Call:
        """Return the call that brings the vault's hedge to its target."""

    def share_price(self, view: View) -> float:
        """Return the value of one share, in dollars."""

    def net_asset_value(self, view: View) -> float:
        """Return what the vault is worth at the newest price, in dollars."""

    def standings(self, view: View) -> Sequence[VaultStanding]:
        """Return how every vault stands, that behind the markets first."""


class AmmFacet(Protocol):
    """The spot pool that collateral is sold through."""

    def sale(self, market: str, price_usd: float) -> tuple[int, bool] | None:
        """Return the sale that leaves no profit against an outside price; None inside the band.

        Its amount in WAD of what is sold, and whether that is the asset; by the pool as last seen.
        """

    def output(self, market: str, amount_wad: int, *, sells_base: bool) -> int:
        """Return what a sale would give by the pool as last seen, in WAD of what is bought."""

    def swap(
        self, account: bytes, market: str, amount_wad: int, min_out_wad: int, *, sells_base: bool
    ) -> Call:
        """Return an account's sale of an exact amount of one of the two tokens."""

    def add_liquidity(self, account: bytes, market: str, quote_wad: int) -> Call:
        """Return an account's deposit of so many dollars and as much of the asset."""

    def remove_liquidity(self, account: bytes, market: str, shares: int) -> Call:
        """Return an account's redemption of shares."""

    def shares_of(self, account: bytes, market: str) -> int:
        """Return an account's shares of a pool, by the events."""

    def mirrored_price(self, market: str) -> float:
        """Return the pool's marginal price before fee by the pool as last seen, in dollars."""

    def reserves(self, view: View, market: str) -> tuple[float, float]:
        """Return what the pool holds: units of the asset, dollars."""

    def price(self, view: View, market: str) -> float:
        """Return the pool's marginal price before fee, in dollars."""


class CollateralFacet(Protocol):
    """Tokens of the markets' assets that count as margin, less a haircut."""

    def post(self, chain: SetupChain, amounts_usd: Mapping[bytes, Mapping[str, float]]) -> None:
        """Pay tokens in before the campaign, worth so many dollars after the haircut."""

    def held(self, account: bytes) -> dict[str, int]:
        """Return an account's tokens in WAD units by market, without those it has none of."""

    def sell(self, account: bytes, market: str) -> Call:
        """Return the call by which a keeper sells what pays an account's debt."""

    def upkeep(self, prices_usd: Sequence[float], now_s: int) -> Sequence[Call]:
        """Return the sales that are due: debts of accounts that hold tokens, the largest token.

        An account with positions is sold only while it may be liquidated.
        """


class OracleUpdatesFacet(Protocol):
    """Signed prices that ride in the call that uses them."""

    def publish(self, market: str, price_e8: int, observed_s: int) -> None:
        """Let the publishers sign a price off chain: from now on anybody can carry it."""

    def carrying(self, call: Call, markets: Sequence[str]) -> Call:
        """Return a call that first stores the newest prices of markets, where they are new."""
