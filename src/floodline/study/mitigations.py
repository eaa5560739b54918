"""Mitigations by name: sets of overrides that can be held against any campaign's baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from floodline.foundation.errors import CampaignError
from floodline.foundation.suggest import suggestion


@dataclass(frozen=True)
class Mitigation:
    """One measure against congestion, as a change of a campaign.

    Attributes
    ----------
    name : str
        For ``--mitigation``.
    description : str
        What it does, in one line.
    overrides : tuple of str
        ``key=value`` texts, as for ``--set``.

    """

    name: str
    description: str
    overrides: tuple[str, ...]


MITIGATIONS: Final[dict[str, Mitigation]] = {
    item.name: item
    for item in (
        Mitigation(
            "adaptive_keepers",
            "keepers bid the 90th percentile of recent tips instead of their own strategy",
            ("actors.keepers.fee={percentile: {p: 90}}",),
        ),
        Mitigation(
            "adaptive_oracle",
            "the oracle's publisher raises its bid by half every block until it is included",
            ("actors.oracle.fee={escalating: {factor: 1.5, every_blocks: 1}}",),
        ),
        Mitigation(
            "fair_order",
            "blocks are filled batch by batch of arrivals, not by tip",
            ("builder.policy=batch_fair",),
        ),
        Mitigation(
            "first_come",
            "blocks are filled in the order of arrival",
            ("builder.policy=fifo",),
        ),
        Mitigation(
            "lottery",
            "blocks are filled by a fair draw: neither tip nor speed helps",
            ("builder.policy=random",),
        ),
        Mitigation(
            "many_accounts",
            "keepers send from sixteen accounts each: a stuck nonce holds up little",
            ("actors.keepers.accounts_each=16",),
        ),
        Mitigation(
            "more_keepers",
            "ten keepers",
            ("actors.keepers.count=10",),
        ),
        Mitigation(
            "oi_margin",
            "initial margin grows with the open interest of its side",
            ("protocol.switches.initial_margin=open_interest",),
        ),
        Mitigation(
            "private_lane",
            "every builder takes private transactions first, and keepers and oracle send theirs so",
            (
                "builder.policy=private_lane",
                "actors.keepers.lane=private",
                "actors.oracle.lane=private",
            ),
        ),
        Mitigation(
            "quick_oracle",
            "the oracle reports moves of 0.1 % and its publisher takes no time",
            ("actors.oracle.deviation=0.001", "actors.oracle.delay_s=0"),
        ),
        Mitigation(
            "reserved_lane",
            "a fifth of each block is kept for keepers' and oracles' transactions",
            ("builder.policy={protected_lane: {roles: [keeper, oracle], share: 0.2}}",),
        ),
        Mitigation(
            "value_aware_keepers",
            "keepers bid half of what a liquidation is worth to them",
            ("actors.keepers.fee=value_aware",),
        ),
    )
}
"""Every mitigation by name, sorted."""


def find_mitigation(name: str) -> Mitigation:
    """Return a mitigation by its name.

    Raises
    ------
    CampaignError
        If there is none of that name.

    """
    if name not in MITIGATIONS:
        raise CampaignError(
            f"there is no mitigation called '{name}'{suggestion(name, list(MITIGATIONS))}",
            f"one of: {', '.join(MITIGATIONS)}",
        )
    return MITIGATIONS[name]
