"""What a running campaign tells whoever watches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class SlotReport:
    """How things stand after a slot."""

    slot: int
    slots: int
    base_fee_wei: int
    pool_pending: int
    liquidatable_notional_usd: float
    bad_debt_usd: float
    price_age_s: float
    inclusion_p50_s: float | None
    """Median wait of the transactions that the last block included, in seconds; None if none."""
    included: int
    inclusion_p95_s: float | None = None
    """The same, 95th percentile."""
    time_s: float = 0.0
    """Virtual time of the block, in seconds since genesis."""
    gas_used: int = 0
    gas_limit: int = 0
    price_true_usd: float = 0.0
    """True price of the first market."""
    price_chain_usd: float = 0.0
    """What the contracts take it for."""
    open_interest_usd: float = 0.0
    broken: tuple[str, ...] = ()
    """Identities that were broken so far, with the first block that broke each."""
    books_block: int = 0
    """The last block after which the contracts' balance sheet was read; 0 for none."""


class Progress(Protocol):
    """Takes the reports; a run's outcome never depends on it."""

    def start(self, total_slots: int) -> None:
        """Show that the campaign's slots begin."""

    def slot(self, report: SlotReport) -> None:
        """Show how things stand after a slot."""

    def phase(self, text: str) -> None:
        """Something that takes a while begins, such as compiling."""

    def stop(self) -> None:
        """Stop showing: the campaign is over, one way or another."""


class Silent:
    """Takes reports and shows nothing."""

    def start(self, total_slots: int) -> None:
        """Show nothing."""

    def slot(self, report: SlotReport) -> None:
        """Show nothing."""

    def phase(self, text: str) -> None:
        """Show nothing."""

    def stop(self) -> None:
        """Show nothing."""
