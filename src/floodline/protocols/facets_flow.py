"""What order flow asks of an adapter: calldata read, cash taken out, margins raised.

As in `floodline.protocols.facets`: a group is None where the deployment does not have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from floodline.protocols.interface import Call


@dataclass(frozen=True, slots=True)
class OrderRead:
    """An order as its calldata tells it to whoever sees it pending."""

    market: str
    size_delta_wad: int
    acceptable_price_wad: int


@dataclass(frozen=True, slots=True)
class PriceRead:
    """An oracle update as its calldata tells it."""

    market: str
    price_e8: int


@dataclass(frozen=True, slots=True)
class BidRead:
    """A bid in an auction as its calldata tells it."""

    account: bytes
    share_wad: int
    limit_wad: int


class CalldataFacet(Protocol):
    """What anybody can read from a pending call, and reckon from public state."""

    def order(self, call: Call) -> OrderRead | None:
        """Return the order in a call, immediate or a commitment; None if there is none."""

    def price(self, call: Call) -> PriceRead | None:
        """Return the price in an oracle's update; None if the call is no update."""

    def bid(self, call: Call) -> BidRead | None:
        """Return the bid in a call to an auction; None if it is none."""

    def bare(self, call: Call) -> Call:
        """Return a call without the signed prices that it would bring along."""

    def fill_usd(self, market: str, size: float, price_usd: float, ahead: float = 0.0) -> float:
        """Return the price at which a signed size would be filled at a chain price.

        `ahead` is the signed size that others fill first.
        """

    def fee_usd(self, market: str, size: float, fill_usd: float, ahead: float = 0.0) -> float:
        """Return the trading fee of such a fill, in dollars."""


class CashFacet(Protocol):
    """The ledger as a depositor sees it: what backs his claim, and the way out."""

    def withdraw(self, account: bytes, amount_wad: int) -> Call:
        """Return an account's withdrawal, with the prices that its positions take."""

    def balance_wad(self, account: bytes) -> int:
        """Return an account's cash, by the events."""

    def exchange_rate(self) -> float:
        """Return what is paid for a dollar of claims: 1 while all of them are backed."""

    def hole_usd(self) -> float:
        """Return the recorded deficit, in dollars: what is gone and nobody has paid for."""

    def fund_usd(self) -> float:
        """Return the insurance fund's cash, in dollars: what stands before the next hole."""


class MarginsFacet(Protocol):
    """Margins that a steward may change while the protocol runs."""

    def in_force(self, market: str) -> float:
        """Return the initial margin ratio in force over the profile's, by the events."""

    def raise_initial(self, market: str, factor: float) -> Call:
        """Return the call that asks for a multiple of the profile's initial margin.

        A factor of 1 is the profile's own. Maintenance margin stays what it is, so that nobody who
        holds a position is liquidated for it.
        """
