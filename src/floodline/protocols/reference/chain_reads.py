"""What the contracts themselves say of accounts and of the balance sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from floodline.chain.abi import ContractInterface
from floodline.foundation.units import USDC, WAD
from floodline.protocols.book import Book
from floodline.protocols.interface import ChainAccount, Health, Solvency, View
from floodline.protocols.reference.arrays import chunks, decode_arrays
from floodline.protocols.reference.deployment import Deployment
from floodline.protocols.reference.facet_oracle import PulledPrices

_LENS_ACCOUNTS: Final = 200
"""Accounts asked for in one call of the Lens."""

Others = Callable[[View, bytes], dict[str, int]]
"""Reads what an account holds beside perpetuals, by instrument."""


class ChainReads:
    """Reads of one deployment.

    Parameters
    ----------
    deployment : Deployment
        Addresses.
    interfaces : Mapping[str, ContractInterface]
        By contract name.
    book : Callable
        Cash and positions as events tell them.
    pulled : PulledPrices, optional
        Signed prices that anybody may bring, where feeds are pulled.

    """

    def __init__(
        self,
        deployment: Deployment,
        interfaces: Mapping[str, ContractInterface],
        book: Callable[[], Book],
        pulled: PulledPrices | None,
    ) -> None:
        self._deployment = deployment
        self._interfaces = interfaces
        self._book = book
        self._pulled = pulled

    def health(
        self, view: View, accounts: Sequence[bytes], others: npt.NDArray[np.float64], block_s: int
    ) -> Health:
        """Ask the Lens; notional is at entry prices, and `others` is added to it.

        Where feeds are pulled the answer is that with the newest signed prices stored, as anybody
        can have them stored with the next call.
        """
        equity: list[int] = []
        maintenance: list[int] = []
        for chunk in chunks(accounts, _LENS_ACCOUNTS):
            data = self._interfaces["Lens"].encode("health", list(chunk))
            found = decode_arrays(self._with_prices(view, data, block_s), 4)
            equity += found[0]
            maintenance += found[1]
        book = self._book()
        rows = [book.index[account] for account in accounts]
        notional = (np.abs(book.size[rows]) * book.entry_price[rows]).sum(axis=1)
        return Health(
            np.array(equity, dtype=np.float64) / WAD,
            np.array(maintenance, dtype=np.float64) / WAD,
            notional + others,
        )

    def _with_prices(self, view: View, data: bytes, block_s: int) -> bytes:
        storable = self._pulled.storable(block_s) if self._pulled is not None else []
        if self._pulled is None or not storable:
            return view(self._deployment.lens, data)
        answer = view(self._deployment.lens, self._pulled.wrapped(data, storable))
        result = self._interfaces["CarriesPrices"].decode_output("withPrices", answer)
        return bytes(result)

    def accounts(self, view: View, accounts: Sequence[bytes], others: Others) -> list[ChainAccount]:
        """Read cash, perpetuals and everything else exactly."""
        lens, book = self._interfaces["Lens"], self._book()
        found: list[ChainAccount] = []
        for chunk in chunks(accounts, _LENS_ACCOUNTS):
            cash = decode_arrays(
                view(self._deployment.lens, lens.encode("health", list(chunk))), 4
            )[3]
            by_market = []
            for market in book.markets:
                data = lens.encode("positions", list(chunk), self._deployment.markets[market])
                by_market.append(decode_arrays(view(self._deployment.lens, data), 3))
            found += [
                ChainAccount(
                    cash[place],
                    [arrays[0][place] for arrays in by_market],
                    [arrays[1][place] for arrays in by_market],
                    others(view, account),
                )
                for place, account in enumerate(chunk)
            ]
        return found

    def solvency(self, view: View) -> Solvency:
        """Read the balance sheet; deposits and withdrawals are the events' sums."""
        lens, book = self._interfaces["Lens"], self._book()
        report = lens.decode_output(
            "solvency", view(self._deployment.lens, lens.encode("solvency"))
        )
        return Solvency(
            token_balance_wad=report["tokenBalance"] * (WAD // USDC),
            deposits_wad=sum(tally.deposited for tally in book.tallies),
            withdrawals_wad=sum(tally.withdrawn for tally in book.tallies),
            liabilities_wad=report["totalCash"],
            recorded_deficit_wad=report["recordedDeficit"],
            insurance_wad=report["fundCash"],
            counterparty_wad=report["counterpartyCash"],
        )
