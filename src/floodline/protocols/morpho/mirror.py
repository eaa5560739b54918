"""Morpho Blue's books as its events tell them: shares, assets, collateral, by market and account.

Debts are shares of a growing total, rounded as the contract rounds them, so that the mirror and the
contract agree to the unit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from floodline.protocols.events import ProtocolEvent

VIRTUAL_SHARES: Final = 10**6
VIRTUAL_ASSETS: Final = 1


@dataclass(frozen=True, slots=True)
class Moved(ProtocolEvent):
    """One of Morpho's own events, in token units; ``what`` is its name."""

    what: str
    market: str
    account: bytes
    assets: int
    shares: int = 0
    seized: int = 0
    bad_debt: int = 0
    bad_debt_shares: int = 0


@dataclass
class MarketBooks:
    """Totals and positions of one market."""

    supply_assets: int = 0
    supply_shares: int = 0
    borrow_assets: int = 0
    borrow_shares: int = 0
    collateral: dict[bytes, int] = field(default_factory=dict)
    debts: dict[bytes, int] = field(default_factory=dict)
    """Borrow shares."""
    claims: dict[bytes, int] = field(default_factory=dict)
    """Supply shares."""
    updated_s: int = 0
    """When interest was last brought up to date."""
    paid_in: int = 0
    paid_out: int = 0
    interest: int = 0
    bad_debt: int = 0

    def debt_of(self, account: bytes) -> int:
        """Return what an account owes, rounded up.

        Worked: 10 shares of 30 assets and 20 shares are
        ``ceil(10 * (30 + 1) / (20 + 10**6))`` = 1.
        """
        shares = self.debts.get(account, 0)
        return (
            -(
                -shares
                * (self.borrow_assets + VIRTUAL_ASSETS)
                // (self.borrow_shares + VIRTUAL_SHARES)
            )
            if shares
            else 0
        )

    def claim_of(self, account: bytes) -> int:
        """Return what a lender may claim, rounded down."""
        shares = self.claims.get(account, 0)
        return (
            shares * (self.supply_assets + VIRTUAL_ASSETS) // (self.supply_shares + VIRTUAL_SHARES)
        )

    def take(self, event: Moved, time_s: int) -> None:
        """Follow one event of a block with that timestamp."""
        if event.what != "SupplyCollateral":  # the one move that brings no interest up to date
            self.updated_s = time_s
        who, assets, shares = event.account, event.assets, event.shares
        match event.what:
            case "Supply" | "Withdraw":
                sign = 1 if event.what == "Supply" else -1
                self.supply_assets += sign * assets
                self.supply_shares += sign * shares
                self.claims[who] = self.claims.get(who, 0) + sign * shares
                self._pay(sign * assets)
            case "Borrow":
                self._owe(who, assets, shares)
                self._pay(-assets)
            case "Repay":
                self._owe(who, -assets, -shares)
                self._pay(assets)
            case "SupplyCollateral" | "WithdrawCollateral":
                sign = 1 if event.what == "SupplyCollateral" else -1
                self.collateral[who] = self.collateral.get(who, 0) + sign * assets
            case "AccrueInterest":
                self.borrow_assets += assets
                self.supply_assets += assets
                self.supply_shares += shares
                self.interest += assets
            case "Liquidate":
                self._owe(who, -assets, -shares)
                self._pay(assets)
                self.collateral[who] -= event.seized
                self._owe(who, -event.bad_debt, -event.bad_debt_shares)
                self.supply_assets -= event.bad_debt
                self.bad_debt += event.bad_debt

    def _owe(self, who: bytes, assets: int, shares: int) -> None:
        """Change a debt; totals never fall below zero, as in the contract."""
        self.debts[who] = self.debts.get(who, 0) + shares
        self.borrow_shares += shares
        self.borrow_assets = max(0, self.borrow_assets + assets)

    def _pay(self, assets: int) -> None:
        if assets > 0:
            self.paid_in += assets
        else:
            self.paid_out -= assets
