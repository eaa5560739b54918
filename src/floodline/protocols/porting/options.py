"""Protocols whose accounts sell options to a pool and put up dollars as their collateral.

An account that is to be long in the asset sells puts, one that is to be short sells calls. Its cash
in the book is the collateral of its positions; the size of a position is in options, positive where
it gains with the price.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from floodline.foundation.units import WAD
from floodline.protocols import events
from floodline.protocols.interface import Capabilities, Health
from floodline.protocols.porting.adapter import PortedAdapter
from floodline.protocols.porting.following import Follower, Given, Place, State

Floats = npt.NDArray[np.float64]

YEAR_S: Final = 31_536_000


@dataclass(frozen=True, slots=True)
class SoldOption:
    """A short option position with its collateral; amounts in WAD."""

    owner: bytes
    market: str
    strike_id: int
    strike_wad: int
    is_call: bool
    amount_wad: int
    collateral_wad: int

    @property
    def size_wad(self) -> int:
        """Options, positive where the position gains with the price: a put that was sold."""
        return -self.amount_wad if self.is_call else self.amount_wad


@dataclass
class SoldOptions(State):
    """Everything that events tell: positions, dollars inside, volatilities.

    Attributes
    ----------
    open : dict
        By market and the position's token.
    held : dict
        Dollars in WAD by the contract of the protocol that holds them.
    volatility : dict
        By market and strike.

    """

    open: dict[tuple[str, int], SoldOption] = field(default_factory=dict)
    held: dict[bytes, int] = field(default_factory=dict)
    volatility: dict[tuple[str, int], float] = field(default_factory=dict)

    def of(self, account: bytes, market: str) -> list[tuple[int, SoldOption]]:
        """Return an account's positions in a market with their tokens, oldest first."""
        return [
            (token, option)
            for (name, token), option in sorted(self.open.items())
            if option.owner == account and name == market
        ]

    def size_of(self, account: bytes, market: str) -> int:
        """Return an account's options in a market, in WAD."""
        return sum(option.size_wad for _, option in self.of(account, market))


class SoldOptionFollower(Follower[SoldOptions]):
    """Follows positions, and dollars that come into the protocol and go out of it.

    Parameters
    ----------
    state : SoldOptions
        A copy that may be changed.
    timestamp_s : int
        The block's.
    inside : frozenset of bytes
        Contracts whose dollars are the protocol's.
    dealers : frozenset of bytes
        Trade for the accounts: a position of theirs is on its way to its owner.

    """

    def __init__(
        self,
        state: SoldOptions,
        timestamp_s: int,
        inside: frozenset[bytes],
        dealers: frozenset[bytes],
    ) -> None:
        super().__init__(state, timestamp_s)
        self._inside = inside
        self._dealers = dealers

    def on_dollar(self, place: Place, market: str, name: str, given: Given) -> None:
        """Take a transfer of dollars."""
        del place, market
        if name != "Transfer":
            return
        inside, state, amount = self._inside, self.state, given["value"]
        for holder, change in ((given["from"], -amount), (given["to"], amount)):
            if holder in inside:
                state.held[holder] = state.held.get(holder, 0) + change
        if (given["from"] in inside) != (given["to"] in inside):
            state.pay(amount if given["to"] in inside else -amount)

    def hold(self, place: Place, token: int, option: SoldOption, *, ended: bool) -> None:
        """Take what a position is now; its first collateral is the owner's deposit."""
        key, owner = (option.market, token), option.owner
        before = self.state.open.pop(key, None)
        if not ended:
            self.state.open[key] = option
        if owner in self._dealers:
            return
        if not ended and (before is None or before.owner in self._dealers):
            self.found.append(events.Deposited(*place, owner, option.collateral_wad))
        size = self.state.size_of(owner, option.market)
        self.found.append(events.PositionChanged(*place, owner, option.market, size, 0, 0, 0, 0, 0))


@dataclass(frozen=True)
class OptionColumns:
    """Options as columns, at given prices and a given time."""

    is_call: npt.NDArray[np.bool_]
    spot: Floats
    strike: Floats
    seconds: Floats
    amount: Floats

    @classmethod
    def of(
        cls, options: Sequence[SoldOption], prices_usd: Mapping[str, float], seconds: float
    ) -> Self:
        """Return the columns of options that expire in so many seconds."""
        return cls(
            np.array([option.is_call for option in options], dtype=bool),
            np.array([prices_usd[option.market] for option in options], dtype=np.float64),
            np.array([option.strike_wad / WAD for option in options], dtype=np.float64),
            np.full(len(options), seconds),
            np.array([option.amount_wad / WAD for option in options], dtype=np.float64),
        )

    def worth(self, vol: Floats, rate: float) -> Floats:
        """Return Black-Scholes values in dollars, of all of each position's options.

        A put at the money with 28 days at a volatility of 1 and no interest: 3,000 at 3,000 is
        worth $330.53.

        Examples
        --------
        >>> put = SoldOption(b"", "ETH", 1, 3_000 * WAD, False, WAD, 0)
        >>> one = OptionColumns.of([put], {"ETH": 3_000.0}, 28 * 86_400)
        >>> round(float(one.worth(np.ones(1), 0.0)[0]), 2)
        330.53

        """
        years = np.maximum(self.seconds, 1.0) / YEAR_S
        spread = vol * np.sqrt(years)
        above = (np.log(self.spot / self.strike) + (rate + vol**2 / 2) * years) / spread
        discounted = self.strike * np.exp(-rate * years)
        call = self.spot * ndtr(above) - discounted * ndtr(above - spread)
        each = np.where(self.is_call, call, call - self.spot + discounted)
        return np.asarray(each * self.amount)


class SoldOptionsAdapter(PortedAdapter[SoldOptions]):
    """Options sold to pools; each market's site has its pool under ``pool``.

    See `PortedAdapter` for the parameters.
    """

    @property
    def capabilities(self) -> Capabilities:
        """Options, of which keepers liquidate the short ones."""
        return replace(super().capabilities, options=True)

    def takes_liquidation(self, account: bytes, market: str) -> bool:
        """Whether the account still has a position there."""
        return bool(self.state.of(account, market))

    def cash_wad(self, accounts: Sequence[bytes]) -> Mapping[bytes, int]:
        """Return the collateral of accounts' positions, and what the pools hold."""
        cash = {account: self.state.held.get(account, 0) for account in accounts}
        for option in self.state.open.values():
            if option.owner in cash:
                cash[option.owner] += option.collateral_wad
        return cash

    def health_at(self, prices_usd: Floats, time_s: float) -> Health:
        """Return what the contracts would say of every account in the book at other prices."""
        options = [
            option
            for _, option in sorted(self.state.open.items())
            if option.owner in self.book.index
        ]
        prices = dict(zip(self.markets, prices_usd.tolist(), strict=True))
        columns = OptionColumns.of(options, prices, self.seconds_left(time_s))
        health = self.health_of(options, columns, self.needed(columns), self.book.index)
        for name in self.house_accounts.values():
            row = self.book.index.get(name)
            if row is not None:
                health.equity_usd[row] += float(self.book.cash[row])
        return health

    @abstractmethod
    def seconds_left(self, time_s: float) -> float:
        """Return how long the options live from a time on, never less than none."""

    @abstractmethod
    def needed(self, columns: OptionColumns) -> Floats:
        """Return the collateral below which positions may be liquidated, in dollars."""

    @abstractmethod
    def worth(self, options: Sequence[SoldOption], columns: OptionColumns) -> Floats:
        """Return what the options of positions are worth now, in dollars."""

    def health_of(
        self,
        options: Sequence[SoldOption],
        columns: OptionColumns,
        needed: Floats,
        rows: Mapping[bytes, int],
    ) -> Health:
        """Return accounts' health from their positions'.

        Equity is collateral less the option's worth at the market's volatility; maintenance lies
        as far above collateral as what is needed does, so that one is below the other exactly where
        the contracts allow a liquidation.
        """
        health = Health(*(np.zeros(len(rows)) for _ in range(3)))
        worth = self.worth(options, columns)
        for place, option in enumerate(options):
            row = rows[option.owner]
            health.equity_usd[row] += option.collateral_wad / WAD - worth[place]
            health.maintenance_usd[row] += needed[place] - worth[place]
            health.notional_usd[row] += columns.amount[place] * columns.spot[place]
        return health

    @property
    def house_accounts(self) -> dict[str, bytes]:
        """The pools: the first by the name of what it is, others with their market's."""
        return {
            "counterparty" if market == self.markets[0] else f"pool_{market}": site.address("pool")
            for market, site in self.sites.items()
        }
