"""Exact model of the clearing house's cash: deposits, fees, deficits and the haircut."""

from __future__ import annotations

from dataclasses import dataclass, field

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_math import ModelRevert, div_up, mul_wad

TOKEN_SCALE = 10**12
"""WAD per unit of the 6-decimal settlement token."""


@dataclass
class Ledger:
    """Cash per account, as ``ClearingHouse.sol`` keeps it.

    Parameters
    ----------
    counterparty, fund : str
        Names of the two accounts with a role.
    gate_seconds : int
        How long withdrawals rest after an uncovered deficit, seconds.

    """

    counterparty: str
    fund: str
    gate_seconds: int
    cash: dict[str, int] = field(default_factory=dict)
    """WAD USD per account."""
    active: dict[str, set[str]] = field(default_factory=dict)
    """Markets in which an account holds a position."""
    token_balance: int = 0
    """Tokens held, 6 decimals."""
    total_cash: int = 0
    """Sum of all cash, WAD USD."""
    recorded_deficit: int = 0
    """Deficit that nobody has paid yet, WAD USD."""
    gated_until: int = 0
    """Time until which withdrawals rest, seconds."""
    vaults: list[str] = field(default_factory=list)
    """Accounts that take the other side of products that do not use the counterparty's."""
    collateral: set[str] = field(default_factory=set)
    """Products that only value tokens: to hold them is no position."""

    def cash_of(self, account: str) -> int:
        """Return an account's cash, WAD USD."""
        return self.cash.get(account, 0)

    def is_counterparty(self, account: str) -> bool:
        """Tell whether an account takes the other side of any product."""
        return account == self.counterparty or account in self.vaults

    def has_positions(self, account: str) -> bool:
        """Tell whether an account has any open position."""
        return bool(self.active.get(account, set()) - self.collateral)

    def deposit(self, account: str, amount: int) -> None:
        """Credit `amount` token units (6 decimals)."""
        if amount == 0:
            raise ModelRevert("InvalidParameter")
        self._credit(account, amount * TOKEN_SCALE)
        self.total_cash += amount * TOKEN_SCALE
        self.token_balance += amount

    def pay_out(self, account: str, amount: int, now_s: int) -> None:
        """Debit a withdrawal of token units with its haircut; margin is checked by the caller."""
        if amount == 0:
            raise ModelRevert("InvalidParameter")
        if now_s < self.gated_until:
            raise ModelRevert("WithdrawalGated", self.recorded_deficit, self.cash_of(self.fund))
        paid = amount * TOKEN_SCALE
        burned = self.burned_for(paid)
        if self.cash_of(account) < burned:
            raise ModelRevert("InsufficientCash", self.cash_of(account), burned)
        if amount > self.token_balance:
            raise ModelRevert("ERC20InsufficientBalance")
        self._credit(account, -paid)
        self.total_cash -= paid
        haircut = burned - paid
        rest = haircut - self._repair(account, haircut)
        for backer in (self.counterparty, *self.vaults):
            filled = min(rest, max(-self.cash_of(backer), 0))
            self.move(account, backer, filled)
            rest -= filled
        self.move(account, self.counterparty, rest)
        self.token_balance -= amount

    def settle(self, account: str, pnl: int, backer: str | None = None) -> None:
        """Move realised profit from the counterparty (or a vault) to an account, or back."""
        if pnl > 0:
            self.move(backer or self.counterparty, account, pnl)
        else:
            self.move(account, backer or self.counterparty, -pnl)

    def collect(
        self, account: str, amount: int, fund_share: int, backer: str | None = None
    ) -> None:
        """Charge a fee: the recorded deficit first, then the fund's share, then the rest."""
        rest = amount - self._repair(account, amount)
        to_fund = mul_wad(rest, fund_share)
        self.move(account, self.fund, to_fund)
        self.move(account, backer or self.counterparty, rest - to_fund)

    def cover(self, to: str, amount: int) -> int:
        """Pay out of the fund as much of an amount as it has; return what was paid."""
        paid = min(amount, max(self.cash_of(self.fund), 0))
        self.move(self.fund, to, paid)
        return paid

    def record_deficit(self, account: str, now_s: int) -> int:
        """Write off an account's negative cash; return the amount, WAD USD."""
        amount = -self.cash_of(account)
        if amount <= 0:
            return 0
        self.cash[account] = 0
        self.total_cash += amount
        self.recorded_deficit += amount
        self.gated_until = now_s + self.gate_seconds
        return amount

    def move(self, source: str, destination: str, amount: int) -> None:
        """Move cash between two accounts, WAD USD."""
        if amount == 0 or source == destination:
            return
        self._credit(source, -amount)
        self._credit(destination, amount)

    def backing(self) -> tuple[int, int]:
        """Return assets and claims, WAD USD."""
        backers = (self.counterparty, *self.vaults)
        owed = self.total_cash - sum(min(self.cash_of(backer), 0) for backer in backers)
        return self.token_balance * TOKEN_SCALE, max(owed, 0)

    def exchange_rate(self) -> int:
        """Return min(1, assets / claims), WAD, rounded down."""
        assets, claims = self.backing()
        return WAD if assets >= claims else assets * WAD // claims

    def burned_for(self, paid: int) -> int:
        """Return the cash that a payment costs: ``paid * max(1, claims / assets)``, rounded up.

        With assets 90 and claims 100, 9 paid cost 10 (Derive's withdrawal haircut).
        """
        assets, claims = self.backing()
        if assets >= claims:
            return paid
        if assets == 0:
            raise ModelRevert("InsufficientCash", 0, paid)
        return div_up(paid * claims, assets)

    def _credit(self, account: str, amount: int) -> None:
        self.cash[account] = self.cash_of(account) + amount

    def _repair(self, account: str, amount: int) -> int:
        repaired = min(amount, self.recorded_deficit)
        self.recorded_deficit -= repaired
        self._credit(account, -repaired)
        self.total_cash -= repaired
        return repaired
