"""A gateway before the pool: while the pool is deep it sheds load that is not essential."""

from __future__ import annotations

from pydantic import Field

from floodline.campaign.ledger import Ledger
from floodline.foundation.registry import Parameters


class GatewaySection(Parameters):
    """What is turned away at the pool's door, and when."""

    above_blocks: float = Field(
        default=2.0,
        gt=0,
        description="Depth of the public pool, in blocks at the gas target, from which it sheds.",
    )
    keeps: tuple[str, ...] = Field(
        default=(
            "bidder",
            "deleverager",
            "keeper",
            "option_keeper",
            "oracle",
            "order_keeper",
            "sequencer",
            "steward",
        ),
        description="Roles whose transactions are essential and always pass.",
    )
    keeps_kinds: tuple[str, ...] = Field(
        default=("close", "cancel", "withdraw"),
        description="Kinds of call that pass whoever makes them: those that take risk away.",
    )


class Gateway:
    """Admission control of a sequencer or of the nodes that everybody sends through.

    It knows senders by their role, as an operator knows its keepers' keys, and calls by their
    kind; it looks at nothing else. What it turns away is told so at once and never enters the pool.

    Parameters
    ----------
    section : GatewaySection
        Its rule.
    ledger : Ledger
        Tells who sent what.
    target_gas : int
        Gas of a block at the target.

    """

    def __init__(self, section: GatewaySection, ledger: Ledger, target_gas: int) -> None:
        self._ledger = ledger
        self._limit_gas = section.above_blocks * target_gas
        self._roles = frozenset(section.keeps)
        self._kinds = frozenset(section.keeps_kinds)

    def sheds(self, tx_id: int, pending_gas: int) -> bool:
        """Return whether a transaction is turned away at this depth of the pool.

        With a target of 15,000,000 and a limit of two blocks, a plain transfer passes at
        29,000,000 gas and not at 31,000,000; a keeper's liquidation passes at both.
        """
        if pending_gas <= self._limit_gas:
            return False
        if self._ledger.actor_of(tx_id).role in self._roles:
            return False
        kind = self._ledger.kinds[int(self._ledger.columns["kind"][tx_id])]
        return kind not in self._kinds
