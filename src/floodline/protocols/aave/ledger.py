"""What the pool keeps of everybody, as its events tell it, in its own arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from floodline.protocols.porting.lending import DOLLAR_WAD, Loans

RAY: Final = 10**27
YEAR_S: Final = 365 * 86_400


def ray_mul(amount: int, factor: int) -> int:
    """Return a product with a 27-decimal factor, rounded half up, as the pool does.

    Examples
    --------
    >>> ray_mul(3, RAY // 2)
    2

    """
    return (amount * factor + RAY // 2) // RAY


def ray_div(amount: int, factor: int) -> int:
    """Return a quotient by a 27-decimal factor, rounded half up, as the pool does.

    Examples
    --------
    >>> ray_div(3, 2 * RAY)
    2

    """
    return (amount * RAY + factor // 2) // factor


@dataclass
class PoolLedger(Loans):
    """Scaled balances and the indices that they are multiplied with.

    Attributes
    ----------
    debts, claims : dict
        Scaled dollars that accounts owe, and that lenders may claim. Nobody borrows collateral, so
        that its own index stays one.
    borrow_index, liquidity_index, borrow_rate : int
        Of the dollar's reserve, 27 decimals; the rate is a year's.
    updated_s : int
        When the indices were brought up to date.

    """

    debts: dict[bytes, int] = field(default_factory=dict)
    claims: dict[bytes, int] = field(default_factory=dict)
    borrow_index: int = RAY
    liquidity_index: int = RAY
    borrow_rate: int = 0
    updated_s: int = 0

    def debt_wad(self, account: bytes) -> int:
        """Return what an account owes, interest up to the last update included."""
        return ray_mul(self.debts.get(account, 0), self.borrow_index) * DOLLAR_WAD

    def claim_wad(self, account: bytes) -> int:
        """Return what a lender may claim, interest up to the last update included."""
        return ray_mul(self.claims.get(account, 0), self.liquidity_index) * DOLLAR_WAD

    def growth(self, time_s: float) -> float:
        """Return the factor that debts have grown by since the last update.

        The pool's expansion of ``(1 + rate / year) ** seconds`` to its third power: a year at 5 %
        gives 1.0512708.
        """
        interest = self.borrow_rate / RAY * max(0.0, time_s - self.updated_s) / YEAR_S
        return 1 + interest + interest**2 / 2 + interest**3 / 6
