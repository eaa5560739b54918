"""Exact model of who pays for an account that owes more than it has, as ``LossWaterfall.sol``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from floodline.protocols.reference.model_ledger import Ledger
from floodline.protocols.reference.model_math import mul_wad


@dataclass(frozen=True)
class Episode:
    """What has been paid for an account since it went bankrupt, WAD USD."""

    until: int = 0
    """When it may be closed at everybody's cost, seconds; zero while it does not wait."""
    backer_paid: bool = False
    by_fund: int = 0
    by_backer: int = 0
    by_deleveraging: int = 0


class Covered(NamedTuple):
    """How a shortfall was borne, WAD USD."""

    shortfall: int
    by_fund: int
    by_backer: int
    by_deleveraging: int
    haircut: int


NOTHING = Covered(0, 0, 0, 0, 0)
"""No shortfall."""


@dataclass
class Waterfall:
    """Fund, backer, deleveraging, haircut: in this order.

    Parameters
    ----------
    vault_loss_share : int
        The backer's share of a shortfall left by the fund, WAD.
    deleveraging_seconds : int
        How long bankrupt accounts wait to be deleveraged; zero where that is off.

    """

    vault_loss_share: int
    deleveraging_seconds: int = 0
    episodes: dict[str, Episode] = field(default_factory=dict)

    def episode(self, account: str) -> Episode:
        """Return what has been paid for an account so far."""
        return self.episodes.get(account, Episode())

    def open(self, ledger: Ledger, account: str, shortfall: int, now_s: int) -> bool:
        """Let an account wait for deleveraging where it must; return whether it waits."""
        if self.deleveraging_seconds == 0:
            return False
        episode = self.episode(account)
        left = max(shortfall - max(ledger.cash_of(ledger.fund), 0), 0)
        backers = 0 if episode.backer_paid else self._backers_part(ledger, left)
        if left <= backers:
            self.episodes[account] = replace(episode, until=0)
            return False
        if episode.until == 0:
            episode = replace(episode, until=now_s + self.deleveraging_seconds)
            self.episodes[account] = episode
        return now_s < episode.until

    def prepare(self, ledger: Ledger, account: str, shortfall: int) -> int:
        """Let fund and backer pay for an account that waits; return what is left, WAD USD."""
        if self.episode(account).until == 0:
            return 0
        return shortfall - self._pay_first(ledger, account, shortfall)

    def record_deleveraging(self, account: str, amount: int) -> None:
        """Remember what deleveraging paid."""
        episode = self.episode(account)
        paid = episode.by_deleveraging + amount
        self.episodes[account] = replace(episode, by_deleveraging=paid)

    def cover(self, ledger: Ledger, account: str, now_s: int) -> Covered:
        """Pay for an account that holds nothing and owes, and is no counterparty."""
        if ledger.active.get(account) or ledger.is_counterparty(account):
            return NOTHING
        haircut = 0
        if ledger.cash_of(account) < 0:
            self._pay_first(ledger, account, -ledger.cash_of(account))
            haircut = ledger.record_deficit(account, now_s)
        paid = self.episode(account)
        parts = (paid.by_fund, paid.by_backer, paid.by_deleveraging, haircut)
        if sum(parts) == 0:
            return NOTHING
        self.episodes.pop(account, None)
        return Covered(sum(parts), *parts)

    def _pay_first(self, ledger: Ledger, account: str, shortfall: int) -> int:
        if shortfall == 0:
            return 0
        episode = self.episode(account)
        by_fund = ledger.cover(account, shortfall)
        by_backer = 0
        backer_paid = episode.backer_paid or by_fund < shortfall
        if backer_paid and not episode.backer_paid:
            by_backer = self._backers_part(ledger, shortfall - by_fund)
            ledger.move(ledger.counterparty, account, by_backer)
        self.episodes[account] = replace(
            episode,
            backer_paid=backer_paid,
            by_fund=episode.by_fund + by_fund,
            by_backer=episode.by_backer + by_backer,
        )
        return by_fund + by_backer

    def _backers_part(self, ledger: Ledger, left: int) -> int:
        """Return the backer's share, at most its cash: 100 left, 50 %, 30 of cash give 30."""
        share = mul_wad(left, self.vault_loss_share)
        return min(share, max(ledger.cash_of(ledger.counterparty), 0))
