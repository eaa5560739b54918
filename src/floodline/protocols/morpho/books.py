"""Morpho Blue's books as its events tell them: shares, assets, collateral, by market and account.

Debts are shares of a growing total, rounded as the contract rounds them, so that the mirror and the
contract agree to the unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from floodline.protocols.events import DeficitCovered
from floodline.protocols.porting.following import Given, Memory, Place
from floodline.protocols.porting.lending import DOLLAR_WAD, Dealer, LoanFollower, Loans

VIRTUAL_SHARES: Final = 10**6
VIRTUAL_ASSETS: Final = 1
_MOVES: Final = {
    "Supply": ("claim", 1),
    "Withdraw": ("claim", -1),
    "Borrow": ("debt", 1),
    "Repay": ("debt", -1),
    "SupplyCollateral": ("collateral", 1),
    "WithdrawCollateral": ("collateral", -1),
}
"""What an event changes, and in which direction."""


@dataclass
class MarketBooks(Memory):
    """Totals and positions of one market, in token units and shares.

    Attributes
    ----------
    debts, claims : dict
        Borrow shares and supply shares by account.
    updated_s : int
        When interest was last brought up to date.
    interest, bad_debt : int
        All of it so far.

    """

    supply_assets: int = 0
    supply_shares: int = 0
    borrow_assets: int = 0
    borrow_shares: int = 0
    debts: dict[bytes, int] = field(default_factory=dict)
    claims: dict[bytes, int] = field(default_factory=dict)
    updated_s: int = 0
    interest: int = 0
    bad_debt: int = 0

    def debt_of(self, account: bytes) -> int:
        """Return what an account owes, rounded up.

        Worked: 10 shares of 30 assets and 20 shares are
        ``ceil(10 * (30 + 1) / (20 + 10**6))`` = 1.
        """
        owed = self.debts.get(account, 0) * (self.borrow_assets + VIRTUAL_ASSETS)
        return -(-owed // (self.borrow_shares + VIRTUAL_SHARES))

    def claim_of(self, account: bytes) -> int:
        """Return what a lender may claim, rounded down."""
        lent = self.claims.get(account, 0) * (self.supply_assets + VIRTUAL_ASSETS)
        return lent // (self.supply_shares + VIRTUAL_SHARES)

    def lend(self, who: bytes, assets: int, shares: int) -> None:
        """Change a claim."""
        self.claims[who] = self.claims.get(who, 0) + shares
        self.supply_shares += shares
        self.supply_assets += assets

    def owe(self, who: bytes, assets: int, shares: int) -> None:
        """Change a debt; totals never fall below zero, as in the contract."""
        self.debts[who] = self.debts.get(who, 0) + shares
        self.borrow_shares += shares
        self.borrow_assets = max(0, self.borrow_assets + assets)

    def accrue(self, assets: int, fee_shares: int) -> None:
        """Add interest."""
        self.borrow_assets += assets
        self.supply_assets += assets
        self.supply_shares += fee_shares
        self.interest += assets


@dataclass
class MorphoState(Loans):
    """What events tell, with the books of each market."""

    books: dict[str, MarketBooks] = field(default_factory=dict)


class MorphoFollower(LoanFollower[MorphoState]):
    """Follows Morpho's own events.

    Parameters
    ----------
    state : MorphoState
        A copy that may be changed.
    timestamp_s : int
        The block's.
    dealer : Dealer
        Trades for the accounts.
    market_of : Mapping
        Markets by Morpho's names of them; those of others are passed over.

    """

    def __init__(
        self,
        state: MorphoState,
        timestamp_s: int,
        dealer: Dealer,
        market_of: Mapping[bytes, str],
    ) -> None:
        super().__init__(state, timestamp_s, dealer)
        self._market_of = market_of

    def on_morpho(self, place: Place, market: str, name: str, given: Given) -> None:
        """Take one of Morpho's events."""
        market = self._market_of.get(given.get("id", b""), "")
        if not market:
            return
        books = self.state.books[market]
        if name != "SupplyCollateral":  # the one move that brings no interest up to date
            books.updated_s = self.timestamp_s
        if name in _MOVES:
            self._move(place, market, name, given)
        elif name == "AccrueInterest":
            books.accrue(given["interest"], given["feeShares"])
        elif name == "Liquidate":
            self._liquidate(place, market, books, given)

    def _move(self, place: Place, market: str, name: str, given: Given) -> None:
        """Take what an account lent, borrowed or put up as collateral, or took back."""
        state, books, (what, sign) = self.state, self.state.books[market], _MOVES[name]
        account, assets = given["onBehalf"], sign * given["assets"]
        if what == "collateral":
            self.move(place, account, market, assets)
            return
        change = books.lend if what == "claim" else books.owe
        change(account, assets, sign * given["shares"])
        state.pay(assets if what == "claim" else -assets)

    def _liquidate(self, place: Place, market: str, books: MarketBooks, given: Given) -> None:
        """Take a liquidation: what it repaid, and the rest that the lenders lost at once."""
        account, repaid, lost = given["borrower"], given["repaidAssets"], given["badDebtAssets"]
        books.owe(account, -repaid, -given["repaidShares"])
        self.state.pay(repaid)
        seized = given["seizedAssets"]
        self.move(place, account, market, -seized)
        parties = (account, given["caller"])
        self.liquidated(place, parties, market, seized_wad=seized, repaid_units=repaid)
        if not lost:
            return
        books.owe(account, -lost, -given["badDebtShares"])
        books.supply_assets -= lost
        books.bad_debt += lost
        lost_wad = lost * DOLLAR_WAD
        self.found.append(DeficitCovered(*place, account, lost_wad, 0, lost_wad, 0, 0))
