"""Tokens that count as margin: paid in, valued at any price, sold for a debt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

from floodline.chain.abi import ContractInterface
from floodline.foundation.units import FEED, WAD, wad
from floodline.protocols.book import Book
from floodline.protocols.events import CollateralChanged, CollateralSold, ProtocolEvent
from floodline.protocols.interface import Call, SetupChain, View
from floodline.protocols.reference.deploy_liquidity import BASE_TOKENS
from floodline.protocols.reference.deploy_site import CONFIGURE_GAS
from floodline.protocols.reference.deployment import Deployment
from floodline.protocols.reference.mirror import Mirror
from floodline.protocols.reference.profile_collateral import CollateralProfile

_SELL_GAS: Final = 1_200_000
_NO_LIMIT: Final = 2**256 - 1
Floats = npt.NDArray[np.float64]

About = Callable[[Call, bytes], Call]
"""Gives a call the gas and the pulled prices that valuing its account takes."""
Under = Callable[[Sequence[float], int], npt.NDArray[np.bool_]]
"""Which accounts of the book may be liquidated at prices and a time."""


class CollateralDesk(Mirror):
    """The collateral vault of a deployment.

    Parameters
    ----------
    deployment : Deployment
        Addresses.
    profile : CollateralProfile
        Haircuts and caps.
    interfaces : Mapping[str, ContractInterface]
        By contract name.
    book : Callable
        Cash and positions as events tell them.
    exposed : Callable
        Rows of the accounts with positions.
    under : Under
        Who may be liquidated.
    about : About
        Gives a call what valuing its account takes.
    start_e8 : Mapping[str, int]
        Start price of each market, 8 decimals.

    """

    remembers: ClassVar[tuple[str, ...]] = ("_amounts",)

    def __init__(
        self,
        deployment: Deployment,
        profile: CollateralProfile,
        interfaces: Mapping[str, ContractInterface],
        book: Callable[[], Book],
        exposed: Callable[[], Sequence[int]],
        under: Under,
        about: About,
        start_e8: Mapping[str, int],
    ) -> None:
        if deployment.collateral is None:
            raise ValueError("the deployment has no collateral vault")
        self._vault = deployment.collateral
        self._deployment = deployment
        self._profile = profile
        self._interfaces = interfaces
        self._book = book
        self._exposed = exposed
        self._under = under
        self._about = about
        self._start_e8 = dict(start_e8)
        self._amounts: dict[str, dict[bytes, int]] = {name: {} for name in deployment.base_tokens}

    # ---- what happened --------------------------------------------------------------------------

    def take(self, events: Iterable[ProtocolEvent]) -> None:
        """Follow what comes in and goes out."""
        for event in events:
            if isinstance(event, CollateralChanged):
                self._add(event.market, event.account, event.delta_wad)
            elif isinstance(event, CollateralSold):
                self._add(event.market, event.account, -event.sold_wad)

    def _add(self, market: str, account: bytes, delta_wad: int) -> None:
        held = self._amounts[market]
        held[account] = held.get(account, 0) + delta_wad
        if held[account] == 0:
            del held[account]

    def held(self, account: bytes) -> dict[str, int]:
        """Return an account's tokens in WAD units by market."""
        return {market: held[account] for market, held in self._amounts.items() if account in held}

    # ---- what it is worth -----------------------------------------------------------------------

    def haircut(self, amount: float) -> float:
        """Return the share of a holding's value that does not count.

        ``clip(amount slope, least, most)``: at 0.0001 a unit between 5 and 10 %, 200 ether lose 5
        and 800 lose 8 %.
        """
        profile = self._profile
        slope = amount * profile.collateral_haircut_slope.value / WAD
        low, high = profile.collateral_min_haircut.value, profile.collateral_max_haircut.value
        return min(max(slope, low / WAD), high / WAD)

    def value(self, prices_usd: Mapping[str, float]) -> Floats:
        """Return what tokens add to each account of the book, after haircuts, in dollars."""
        book = self._book()
        found = np.zeros(len(book))
        for market, held in self._amounts.items():
            for account, amount in held.items():
                units = amount / WAD
                worth = units * prices_usd[market] * (1 - self.haircut(units))
                found[book.index[account]] += worth
        return found

    def read(self, view: View, account: bytes) -> dict[str, int]:
        """Read an account's tokens from the vault, WAD units by market, without zeros."""
        vault, found = self._interfaces["CollateralVault"], dict[str, int]()
        for market, token in self._deployment.base_tokens.items():
            answer = view(self._vault, vault.encode("amountOf", account, token))
            amount = int(vault.decode_output("amountOf", answer)) * self._scale(market)
            if amount:
                found[market] = amount
        return found

    # ---- calls ----------------------------------------------------------------------------------

    def post(self, chain: SetupChain, amounts_usd: Mapping[bytes, Mapping[str, float]]) -> None:
        """Mint tokens and pay them in for accounts, so many dollars' worth after the haircut."""
        total = dict.fromkeys(self._deployment.base_tokens, 0)
        calls: list[Call] = []
        vault = self._interfaces["CollateralVault"]
        for account, by_market in amounts_usd.items():
            for market, usd in by_market.items():
                amount = self._units(market, usd, self._start_e8[market] / FEED)
                if amount == 0:
                    continue
                total[market] += amount
                token = self._deployment.base_tokens[market]
                data = vault.encode("depositFor", account, token, amount)
                kind = "CollateralVault.depositFor"
                calls.append(Call(self._vault, data, CONFIGURE_GAS, kind))
        owner, token_interface = chain.deployer, self._interfaces["MockUSDC"]
        for market, amount in total.items():
            token = self._deployment.base_tokens[market]
            for function, arguments in (
                ("mint", (owner, amount)),
                ("approve", (self._vault, amount)),
            ):
                data = token_interface.encode(function, *arguments)
                chain.send(owner, Call(token, data, CONFIGURE_GAS, function))
        for call in calls:
            chain.send(owner, call)

    def _units(self, market: str, usd: float, price_usd: float) -> int:
        """Return the token units whose haircut value is so many dollars."""
        amount = bare = usd / price_usd
        for _ in range(3):
            amount = bare / (1 - self.haircut(amount))
        return wad(f"{amount:.8f}") // self._scale(market)

    def sell(self, account: bytes, market: str) -> Call:
        """Return the call by which a keeper sells what pays an account's debt."""
        data = self._interfaces["LiquidationEngine"].encode(
            "sellCollateral",
            self._vault,
            account,
            self._deployment.base_tokens[market],
            _NO_LIMIT,
        )
        to = self._deployment.engine
        return self._about(
            Call(to, data, _SELL_GAS, "sell_collateral", 0, account, market), account
        )

    def upkeep(self, prices_usd: Sequence[float], now_s: int) -> list[Call]:
        """Return the sales that are due, the largest token of each account first."""
        book, owing = self._book(), self.owing_rows()
        if not owing:
            return []
        exposed, under = set(self._exposed()), self._under(prices_usd, now_s)
        by_market = dict(zip(book.markets, prices_usd, strict=True))
        found: list[Call] = []
        for row in owing:
            account = book.addresses[row]
            if row in exposed and not under[row]:
                continue
            held = self.held(account)
            largest = max(held, key=lambda market: (held[market] * by_market[market], market))
            found.append(self.sell(account, largest))
        return found

    def owing_rows(self) -> list[int]:
        """Return the rows of accounts that owe cash and have tokens."""
        book = self._book()
        holders = {book.index[who] for held in self._amounts.values() for who in held}
        return sorted(row for row in holders if book.cash_wad[row] < 0)

    def _scale(self, market: str) -> int:
        """WAD per token unit."""
        return WAD // int(10 ** BASE_TOKENS[market][1])
