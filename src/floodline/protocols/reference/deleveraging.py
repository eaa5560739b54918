"""Deleveraging behind the adapter interface: who waits, and whom the rule takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from floodline.chain.abi import ContractInterface
from floodline.foundation.units import FEED
from floodline.protocols.book import Book
from floodline.protocols.events import (
    DeficitCovered,
    DeleveragingOpened,
    PriceUpdated,
    ProtocolEvent,
)
from floodline.protocols.interface import Call
from floodline.protocols.reference.mirror import Mirror
from floodline.protocols.reference.model_deleveraging import MAX_CANDIDATES
from floodline.protocols.reference.switches import Deleveraging

_GAS = 800_000
"""Gas limit of a call that names nobody."""

_GAS_PER_WINNER = 400_000
"""What one more winner may take."""

_NOMINATE_GAS = 1_200_000
"""Gas limit of pointing out a winner: it is ranked, and with it the four that were before."""


class Standing(NamedTuple):
    """How every account in the book stands, in dollars."""

    profit_usd: npt.NDArray[np.float64]
    """Unrealised profit with funding, accounts x markets."""
    equity_usd: npt.NDArray[np.float64]
    """By account."""


class Deleverager(Mirror):
    """The group of calls for deleveraging.

    Parameters
    ----------
    address : bytes
        The contract.
    interface : ContractInterface
        Its interface.
    markets : Mapping[str, bytes]
        Addresses by market.
    book : Callable
        Positions and cash as events tell them.
    rule : Deleveraging
        Whose positions go first.
    house : frozenset of bytes
        Ledger accounts that are nobody's to deleverage.
    standing : Callable
        How every account in the book stands at given prices and time.
    start_e8 : Mapping[str, int]
        Start price of each market, 8 decimals.
    about : Callable
        Gives a call the gas and the pulled prices that valuing its account takes.

    """

    remembers = ("_waiting", "_prices_e8", "_observed_s")

    def __init__(
        self,
        address: bytes,
        interface: ContractInterface,
        markets: Mapping[str, bytes],
        book: Callable[[], Book],
        rule: Deleveraging,
        house: frozenset[bytes],
        standing: Callable[[npt.NDArray[np.float64], float], Standing],
        start_e8: Mapping[str, int],
        about: Callable[[Call, bytes], Call],
    ) -> None:
        self._address = address
        self._interface = interface
        self._markets = markets
        self._book = book
        self._rule = rule
        self._house = house
        self._standing_at = standing
        self._prices_e8 = dict(start_e8)
        self._about = about
        self._observed_s = 0
        self._waiting: dict[bytes, int] = {}

    def take(self, events: Iterable[ProtocolEvent]) -> None:
        """Remember who waits, and the chain's prices."""
        for event in events:
            if isinstance(event, PriceUpdated):
                self._prices_e8[event.market] = event.price_e8
                self._observed_s = event.observed_s
            elif isinstance(event, DeleveragingOpened):
                self._waiting[event.account] = event.until_s
            elif isinstance(event, DeficitCovered):
                self._waiting.pop(event.account, None)

    def _standing(self) -> Standing:
        prices = [self._prices_e8[market] / FEED for market in self._book().markets]
        return self._standing_at(np.array(prices), self._observed_s)

    def deleverage(self, account: bytes, market: str, against: Sequence[bytes]) -> Call:
        """Return the call that closes a position against winners."""
        data = self._interface.encode("deleverage", account, self._markets[market], list(against))
        gas = _GAS + _GAS_PER_WINNER * len(against)
        return self._about(
            Call(self._address, data, gas, "deleverage", 0, account, market), account
        )

    def nominate(self, account: bytes, market: str) -> Call:
        """Return the call that points out a winner whom no deleveraging may pass over."""
        data = self._interface.encode("nominate", account, self._markets[market])
        call = Call(self._address, data, _NOMINATE_GAS, "nominate", 0, account, market)
        return self._about(call, account)

    def waiting(self) -> Sequence[tuple[bytes, str]]:
        """Return the accounts that wait, each with the market of its first position."""
        found = []
        equity = self._standing().equity_usd
        for account in self._waiting:
            row = self._book().index[account]
            if equity[row] >= 0:
                continue
            sizes = self._book().size_wad[row]
            held = [
                market for market, size in zip(self._book().markets, sizes, strict=True) if size
            ]
            if held:
                found.append((account, held[0]))
        return found

    def candidates(self, account: bytes, market: str, spared: int = 0) -> list[bytes]:
        """Return the winners that the rule takes, as many as the position needs.

        Reckoned from the mirrored state; the contract holds each against its own figures. Named are
        only those that would gain even if the account's whole shortfall were theirs to bear, after
        the first `spared` of the ranking.
        """
        book = self._book()
        column = book.market_index[market]
        size = book.size[:, column]
        row = book.index[account]
        standing = self._standing()
        gap_usd = abs(float(standing.equity_usd[row] / size[row]))
        profit = standing.profit_usd[:, column]
        equity = standing.equity_usd
        safe = (profit > gap_usd * np.abs(size)) & (equity > 0)
        rows = [
            int(other)
            for other in np.flatnonzero((size * size[row] < 0) & safe)
            if book.addresses[int(other)] not in self._house
        ]
        rank = profit * np.abs(size) / np.where(equity > 0, equity, 1.0)
        rows.sort(key=lambda other: (-rank[other], book.addresses[other]))
        taken, left = [], abs(float(size[row]))
        for other in rows[spared : spared + MAX_CANDIDATES]:
            if left <= 0 and self._rule is Deleveraging.QUEUE:
                break
            taken.append(book.addresses[other])
            left -= abs(float(size[other]))
        return taken if self._rule is Deleveraging.QUEUE else sorted(taken)
