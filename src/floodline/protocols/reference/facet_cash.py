"""The ledger as a depositor sees it, by the events alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar, Final

from floodline.chain.abi import ContractInterface
from floodline.foundation.units import USDC, WAD
from floodline.protocols.book import Book
from floodline.protocols.events import DeficitRecorded, DeficitRepaired, ProtocolEvent
from floodline.protocols.interface import Call
from floodline.protocols.reference.deployment import Deployment
from floodline.protocols.reference.mirror import Mirror

_WITHDRAW_GAS: Final = 400_000


class LedgerDesk(Mirror):
    """Withdrawals from the clearing house, and what backs the claims on it.

    Parameters
    ----------
    deployment : Deployment
        Addresses.
    interface : ContractInterface
        Of ``ClearingHouse``.
    book : Callable[[], Book]
        Cash at present.
    about : Callable
        Gives a call the gas and the pulled prices that valuing its account takes.

    """

    remembers: ClassVar[tuple[str, ...]] = ("_deficit_wad",)

    def __init__(
        self,
        deployment: Deployment,
        interface: ContractInterface,
        book: Callable[[], Book],
        about: Callable[[Call, bytes], Call],
    ) -> None:
        self._deployment = deployment
        self._interface = interface
        self._book = book
        self._about = about
        self._deficit_wad = 0

    def withdraw(self, account: bytes, amount_wad: int) -> Call:
        """Return an account's withdrawal, in whole token units."""
        data = self._interface.encode("withdraw", amount_wad * USDC // WAD)
        call = Call(self._deployment.house, data, _WITHDRAW_GAS, "withdraw")
        return self._about(call, account)

    def balance_wad(self, account: bytes) -> int:
        """Return an account's cash."""
        book = self._book()
        row = book.index.get(account)
        return 0 if row is None else book.cash_wad[row]

    def exchange_rate(self) -> float:
        """Return ``min(1, assets / claims)`` as the contract reckons it.

        Assets are what was paid in and not out; claims all cash, the counterparty's debt left out.
        With 90 dollars of assets and 100 of claims it is 0.9.
        """
        book = self._book()
        assets = sum(tally.deposited - tally.withdrawn for tally in book.tallies)
        owed = min(self.balance_wad(self._deployment.counterparty), 0)
        claims = sum(book.cash_wad) - owed
        return 1.0 if assets >= claims else assets / claims

    def hole_usd(self) -> float:
        """Return the recorded deficit in dollars."""
        return self._deficit_wad / WAD

    def fund_usd(self) -> float:
        """Return the insurance fund's cash in dollars."""
        return self.balance_wad(self._deployment.fund) / WAD

    def take(self, events: Iterable[ProtocolEvent]) -> None:
        """Follow the recorded deficit."""
        for event in events:
            if isinstance(event, DeficitRecorded):
                self._deficit_wad += event.amount_wad
            elif isinstance(event, DeficitRepaired):
                self._deficit_wad -= event.amount_wad
