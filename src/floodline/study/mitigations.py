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


_RESERVED: Final = (
    "builder.policy={protected_lane: {roles: [bidder, keeper, oracle, order_keeper], share: 0.2}}"
)

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
            "arbitrage",
            "two arbitrageurs hold the spot pools at the true price",
            ("actors.+={arbitrageurs: {count: 2}}",),
        ),
        Mitigation(
            "dear_pool",
            "the spot pool keeps 5 % of what is sold",
            ("protocol.overrides.amm_fee=0.05",),
        ),
        Mitigation(
            "dear_replacement",
            "a replacement must pay twice as much as what it replaces",
            ("chain.pool.price_bump=100",),
        ),
        Mitigation(
            "deep_pool_margin",
            "a steward doubles initial margins on chain while the pool is two blocks deep",
            ("actors.+={steward: {above_blocks: 2, factor: 2}}",),
        ),
        Mitigation(
            "delayed_orders",
            "orders are committed and settled by keepers a block later, at the price of then",
            (
                "protocol.switches.orders=delayed",
                "actors.+={order_keepers: {count: 2}}",
            ),
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
            "gas_in_reward",
            "liquidations pay base fee and tip of the keeper's gas, without a constant cap",
            (
                "protocol.overrides.reimburse_tip=1",
                "protocol.overrides.cap_enabled=0",
            ),
        ),
        Mitigation(
            "load_shedding",
            "while the pool is two blocks deep a gateway turns away what is not essential",
            ("chain.gateway={above_blocks: 2}",),
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
            "modest_auction_pay",
            "starts and resets of auctions pay nothing beside the bidders' discount",
            (
                "protocol.overrides.auction_tip=0",
                "protocol.overrides.auction_chip=0",
            ),
        ),
        Mitigation(
            "more_keepers",
            "ten keepers",
            ("actors.keepers.count=10",),
        ),
        Mitigation(
            "oi_caps",
            "open interest of a side ends at 10 million dollars",
            ("protocol.overrides.max_side_value=10_000_000",),
        ),
        Mitigation(
            "oi_margin",
            "initial margin grows with the open interest of its side",
            ("protocol.switches.initial_margin=open_interest",),
        ),
        Mitigation(
            "private_bids",
            "auction bidders send their bids to the builder alone",
            (
                "builder.policy=private_lane",
                "actors.auction_bidders.lane=private",
            ),
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
            "private_orders",
            "traders send their orders to the builder alone",
            (
                "builder.policy=private_lane",
                "actors.traders.lane=private",
            ),
        ),
        Mitigation(
            "private_settlement",
            "order keepers send settlements to the builder alone, who takes them first",
            (
                "builder.policy=private_lane",
                "actors.order_keepers.lane=private",
            ),
        ),
        Mitigation(
            "pro_rata_adl",
            "what fund and backer leave is taken from winners in proportion to their size",
            (
                "protocol.switches.adl=pro_rata",
                "actors.+={deleveragers: {}}",
            ),
        ),
        Mitigation(
            "pull_oracle",
            "signed prices ride in the calls that need them",
            ("protocol.switches.oracle=pull",),
        ),
        Mitigation(
            "quick_oracle",
            "the oracle reports moves of 0.1 % and its publisher takes no time",
            ("actors.oracle.deviation=0.001", "actors.oracle.delay_s=0"),
        ),
        Mitigation(
            "redemption_queue",
            "providers' redemptions wait for a week",
            ("protocol.overrides.vault_redemption_delay=604_800",),
        ),
        Mitigation(
            "reserved_lane",
            "a fifth of each block is kept for oracles, liquidations, settlements and bids",
            (_RESERVED,),
        ),
        Mitigation(
            "short_queue",
            "64 transactions may wait behind nonce gaps, of all accounts together",
            ("chain.pool.global_queue=64",),
        ),
        Mitigation(
            "staleness_guard",
            "prices are refused for their age",
            ("protocol.switches.staleness_guard=true",),
        ),
        Mitigation(
            "tight_limits",
            "traders accept 5 basis points from the price that they saw",
            ("actors.traders.slippage=0.0005",),
        ),
        Mitigation(
            "value_aware_keepers",
            "keepers bid half of what a liquidation is worth to them",
            ("actors.keepers.fee=value_aware",),
        ),
        Mitigation(
            "withdrawal_gate",
            "withdrawals rest for an hour after an uncovered deficit",
            ("protocol.overrides.gate_seconds=3_600",),
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
