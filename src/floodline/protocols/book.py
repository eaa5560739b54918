"""The protocol's state as its events tell it: cash and positions of every account.

Integers are kept exactly, to be held against the contracts at the end of the run; floats mirror
them in arrays, so that the health of all accounts at any price is one vectorised expression.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from floodline.foundation.units import WAD
from floodline.protocols.events import (
    CashMoved,
    CollateralChanged,
    DeficitRecorded,
    DeficitRepaired,
    Deposited,
    Liquidated,
    PositionChanged,
    ProtocolEvent,
    Withdrawn,
)


class Tally:
    """Running totals of one account, in WAD."""

    __slots__ = (
        "deposited",
        "fees",
        "funding",
        "liquidations",
        "realised_pnl",
        "trades",
        "withdrawn",
    )

    def __init__(self) -> None:
        self.deposited = 0
        self.withdrawn = 0
        self.realised_pnl = 0
        self.funding = 0
        self.fees = 0
        self.trades = 0
        self.liquidations = 0


class Book:
    """Cash and positions by account and market.

    Parameters
    ----------
    markets : Sequence[str]
        Market names; their order is the order of the columns.

    """

    def __init__(self, markets: Sequence[str]) -> None:
        self.markets = list(markets)
        self.market_index = {market: column for column, market in enumerate(self.markets)}
        self.addresses: list[bytes] = []
        self.index: dict[bytes, int] = {}
        self.cash_wad: list[int] = []
        self.tallies: list[Tally] = []
        self.size_wad: list[list[int]] = []
        self.entry_price_wad: list[list[int]] = []
        self.entry_funding_wad: list[list[int]] = []
        self._allocate(64)

    def _allocate(self, rows: int) -> None:
        shape = (rows, len(self.markets))
        self._cash = np.zeros(rows)
        self._size = np.zeros(shape)
        self._entry = np.zeros(shape)
        self._entry_funding = np.zeros(shape)

    def _row(self, address: bytes) -> int:
        row = self.index.get(address)
        if row is not None:
            return row
        row = len(self.addresses)
        self.index[address] = row
        self.addresses.append(address)
        self.cash_wad.append(0)
        self.tallies.append(Tally())
        width = len(self.markets)
        for columns in (self.size_wad, self.entry_price_wad, self.entry_funding_wad):
            columns.append([0] * width)
        if row >= len(self._cash):
            old = (self._cash, self._size, self._entry, self._entry_funding)
            self._allocate(2 * row)
            new = (self._cash, self._size, self._entry, self._entry_funding)
            for before, after in zip(old, new, strict=True):
                after[:row] = before
        return row

    def __len__(self) -> int:
        return len(self.addresses)

    @property
    def cash(self) -> npt.NDArray[np.float64]:
        """Cash in dollars by account."""
        return self._cash[: len(self.addresses)]

    @property
    def size(self) -> npt.NDArray[np.float64]:
        """Signed position sizes in units of the asset, accounts x markets."""
        return self._size[: len(self.addresses)]

    @property
    def entry_price(self) -> npt.NDArray[np.float64]:
        """Entry prices in dollars, accounts x markets."""
        return self._entry[: len(self.addresses)]

    @property
    def entry_funding(self) -> npt.NDArray[np.float64]:
        """Funding accumulators at entry in dollars a unit, accounts x markets."""
        return self._entry_funding[: len(self.addresses)]

    def _credit(self, address: bytes, amount_wad: int) -> None:
        row = self._row(address)
        self.cash_wad[row] += amount_wad
        self._cash[row] = self.cash_wad[row] / WAD

    def set_cash(self, address: bytes, amount_wad: int) -> None:
        """Set an account's cash to an amount that is known from elsewhere, such as its debt."""
        row = self._row(address)
        self.cash_wad[row] = amount_wad
        self._cash[row] = amount_wad / WAD

    def set_position(self, address: bytes, market: str, size_wad: int) -> None:
        """Set an account's size in a market, at an entry price of zero: collateral, that is."""
        row, column = self._row(address), self.market_index[market]
        self.size_wad[row][column] = size_wad
        self._size[row, column] = size_wad / WAD

    def tally(self, address: bytes) -> Tally:
        """Return an account's running totals; a new account's are zero."""
        return self.tallies[self._row(address)]

    def apply(self, events: Iterable[ProtocolEvent]) -> None:
        """Bring the book up to date with the events of a block, in their order."""
        for event in events:
            if isinstance(event, CashMoved):
                self._credit(event.source, -event.amount_wad)
                self._credit(event.destination, event.amount_wad)
            elif isinstance(event, PositionChanged):
                self._set_position(event)
            elif isinstance(event, Deposited):
                self._credit(event.account, event.amount_wad)
                self.tallies[self._row(event.account)].deposited += event.amount_wad
            elif isinstance(event, Withdrawn):
                self._credit(event.account, -event.amount_wad)
                self.tallies[self._row(event.account)].withdrawn += event.paid_wad
            elif isinstance(event, DeficitRecorded):
                self._credit(event.account, event.amount_wad)
            elif isinstance(event, DeficitRepaired):
                self._credit(event.account, -event.amount_wad)
            elif isinstance(event, CollateralChanged):
                self._row(event.account)
            elif isinstance(event, Liquidated):
                self.tallies[self._row(event.account)].liquidations += 1

    def _set_position(self, event: PositionChanged) -> None:
        row = self._row(event.account)
        column = self.market_index[event.market]
        self.size_wad[row][column] = event.size_wad
        self.entry_price_wad[row][column] = event.entry_price_wad
        self.entry_funding_wad[row][column] = event.entry_funding_wad
        self._size[row, column] = event.size_wad / WAD
        self._entry[row, column] = event.entry_price_wad / WAD
        self._entry_funding[row, column] = event.entry_funding_wad / WAD
        tally = self.tallies[row]
        tally.realised_pnl += event.realised_pnl_wad
        tally.funding += event.funding_wad
        tally.fees += event.fee_wad
        tally.trades += 1
