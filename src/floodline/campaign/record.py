"""What a run leaves behind, as plain data: the wall between the engine and the measures.

Integers throughout: virtual microseconds since genesis, wei, 18-decimal fixed point (``_wad``).
Nothing here depends on the machine that the run was made on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from floodline.campaign.product_rows import ProductRows

NONE: Final = -1
"""Stands for "there is none" in integer columns."""

TRANSACTION_COLUMNS: Final[dict[str, npt.DTypeLike]] = {
    "actor": np.int16,  # index into RunRecord.actors
    "kind": np.int16,  # index into RunRecord.kinds
    "sender": np.int32,  # index into RunRecord.senders
    "nonce": np.int64,
    "created_us": np.int64,
    "arrived_us": np.int64,  # at the builder; NONE if it never got there
    "status": np.int8,  # index into RunRecord.states
    "reason": np.int8,  # index into RunRecord.reasons
    "block": np.int32,
    "index": np.int32,
    "gas_limit": np.int64,
    "gas_used": np.int64,
    "max_fee_wei": np.int64,
    "tip_wei": np.int64,
    "effective_price_wei": np.int64,
    "replaced_by": np.int64,  # row number of the other transaction
    "replaces": np.int64,
    "lane": np.int8,  # a mempool.transaction.Lane
    "evicted_by": np.int64,  # row number of the newcomer that pushed it out of a full pool
    "orphaned": np.int16,  # how often a block that held it was orphaned
    "ended_us": np.int64,  # when it reached its final state; NONE while it is pending
}
"""The ledger of transactions: one row for each transaction offered; the row number is tx_id."""


@dataclass(frozen=True)
class ActorLabel:
    """Who sent it: the actor's own name, its role (``keeper``, ``flood``...) and its kind."""

    name: str
    role: str
    kind: str


@dataclass(frozen=True)
class BlockRow:
    """One block, as the node sealed it, and what stood around it at that moment.

    ``number`` counts from 1 at the first campaign block; ``gas_by_role`` holds gas used.
    """

    number: int
    time_us: int
    closed_us: int
    """Until then transactions that reached the builder could be in the block."""
    unix_s: int
    """The block's timestamp as contracts see it."""
    base_fee_wei: int
    gas_used: int
    gas_limit: int
    target_gas: int
    base_fee_denominator: int
    tx_count: int
    pool_pending: int
    pool_queued: int
    pool_gas: int
    pool_private: int
    marginal_tip_wei: int
    evicted: int
    replaced: int
    gas_by_role: dict[str, int]
    price_true_usd: float
    price_chain_usd: float
    price_age_us: int
    liquidatable_notional_usd: float
    liquidatable_accounts: int
    shortfall_usd: float
    """Bad debt recorded by the contracts so far."""
    latent_bad_debt_usd: float
    """Sum of negative equity at the true price of accounts that are still open."""
    insurance_usd: float
    counterparty_usd: float
    vault_nav_usd: float
    """Net asset value of the liquidity providers' vault; NaN without one."""
    amm_price_usd: float
    """Price of the first market's spot pool; NaN without one."""
    open_interest_usd: float
    skew: float
    predicted_gas: int
    """Gas that the builder expected the block to use; the difference is its prediction error."""


@dataclass(frozen=True)
class Episode:
    """One spell of an account under its maintenance margin at the true price.

    Raw stamps in virtual microseconds, NONE where the event never happened; they are what was
    observed, not yet made monotone. ``end`` is "liquidated", "open", "recovered" or "closed".
    ``wrongful`` spells were liquidated while healthy at the true price and have no t0.
    """

    account: str
    market: str
    t0_us: int
    t1_us: int
    t2_us: int
    t3_us: int
    t4_us: int
    winner_sent_us: int
    t5_us: int
    t6_us: int
    end: str
    end_us: int
    """When the spell ended or was last seen: t6, recovery, or the end of the run."""
    wrongful: bool
    partial: bool
    notional_usd: float
    execution_price_usd: float
    true_price_usd: float
    true_price_t0_usd: float
    reward_usd: float
    penalty_usd: float
    keeper: str
    shortfall_usd: float
    attempts: int
    """Liquidation transactions sent at this account during the spell, by all keepers."""


@dataclass(frozen=True)
class PriceRow:
    """The true price at one tick, and what the chain's feed said then."""

    time_us: int
    market: str
    true_e8: int
    chain_e8: int
    chain_observed_us: int
    """When the price that stands on chain was observed."""
    chain_updated_us: int
    """When the block that carries it was sealed."""


@dataclass(frozen=True)
class DeficitRow:
    """One shortfall that the account's own margin could not cover, and who paid it."""

    block: int
    time_us: int
    account: str
    shortfall_wad: int
    fund_wad: int
    vault_wad: int
    adl_wad: int
    haircut_wad: int


@dataclass(frozen=True)
class TradeRow:
    """One filled order: what it paid, what it should have paid, how old the chain's price was."""

    block: int
    time_us: int
    tx_id: int
    account: str
    market: str
    size_delta_wad: int
    fill_price_wad: int
    chain_price_wad: int
    true_price_e8: int
    price_age_us: int
    fee_wad: int


@dataclass(slots=True)
class OrderRow:
    """One order in two steps, from its commitment to its end."""

    order_id: int
    account: str
    market: str
    size_delta_wad: int
    committed_block: int
    committed_us: int
    committed_true_e8: int
    state: str = "pending"
    ended_block: int = NONE
    ended_us: int = NONE
    ended_true_e8: int = 0
    fill_price_wad: int = 0
    ended_by: str = ""
    keeper_fee_wad: int = 0


@dataclass(slots=True)
class AuctionRow:
    """One auction of an account, from its start to its end."""

    account: str
    keeper: str
    started_block: int
    started_us: int
    notional_wad: int
    equity_wad: int
    first_bid_us: int = NONE
    ended_us: int = NONE
    state: str = "live"
    bids: int = 0
    resets: int = 0
    taken_wad: int = 0
    given_wad: int = 0
    paid_wad: int = 0
    fee_wad: int = 0
    start_reward_wad: int = 0


@dataclass(frozen=True)
class AccountRow:
    """One account at the end: what the events say, what the contracts say."""

    account: str
    address: str
    role: str
    deposited_wad: int
    withdrawn_wad: int
    cash_replayed_wad: int
    cash_chain_wad: int
    equity_true_usd: float
    equity_chain_usd: float
    maintenance_usd: float
    realised_pnl_wad: int
    funding_wad: int
    fees_wad: int
    trades: int
    liquidations: int


@dataclass(frozen=True)
class PositionRow:
    """One position at the end, from the events and from the contracts."""

    account: str
    market: str
    size_replayed_wad: int
    size_chain_wad: int
    entry_price_replayed_wad: int
    entry_price_chain_wad: int


@dataclass(frozen=True)
class SolvencyRow:
    """One named amount of the protocol's balance sheet at the end, in WAD dollars."""

    item: str
    amount_wad: int


@dataclass(frozen=True, slots=True)
class CapabilityRow:
    """One mechanism that a protocol may have."""

    capability: str
    present: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class LivenessRow:
    """One time in which an account should have been liquidated and its liquidation reverted."""

    account: str
    market: str
    since_block: int
    since_us: int
    ended_us: int
    end: str
    reason: str
    words: str
    unblocks: str
    notional_usd: float
    equity_usd: float
    tries: int


@dataclass(frozen=True)
class ActorRow:
    """What an actor tried to do and what it got, in its own words and counts."""

    actor: str
    tally: dict[str, int]
    messages: dict[str, int] = field(default_factory=dict)
    """What became of its messages to the builder: sent, lost, resent, copied, held."""


@dataclass(frozen=True)
class StateGrowthRow:
    """What one role's transactions in one traced block added to the state."""

    block: int
    role: str
    transactions: int
    new_slots: int
    freed_slots: int
    new_accounts: int
    new_bytes: int


@dataclass(frozen=True)
class ConflictRow:
    """How far the transactions of one traced block had to wait for each other."""

    block: int
    transactions: int
    gas_used: int
    critical_path_gas: int


@dataclass(frozen=True)
class RankRow:
    """Where one watched transaction stood in the pool when a block was built."""

    block: int
    tx_id: int
    rank: int
    """1 is the best paying; NONE behind a nonce gap."""
    gas_ahead: int
    pool_pending: int
    pays_base_fee: bool


@dataclass(frozen=True)
class ReorgRow:
    """One reorganisation: the blocks that were orphaned, and what was undone with them."""

    number: int
    time_us: int
    depth: int
    first_block: int
    last_block: int
    transactions: int
    gas_used: int
    trades: int
    liquidations: int
    liquidated_usd: float
    price_updates: int
    shortfall_wad: int
    outcomes: tuple[tuple[int, int], ...]
    """Each orphaned transaction with the status it had: 1 if it had succeeded."""
    included_again: int = 0
    """Of its transactions, those that are in a block at the end of the run."""
    same_outcome: int = 0
    """Of these, those that ended as they had before."""


@dataclass
class RunRecord:
    """Everything that the tables are made from."""

    campaign: str
    seed: int
    slot_us: int
    slots_planned: int
    slots_done: int
    genesis_s: int
    gas_limit: int
    actors: list[ActorLabel]
    kinds: list[str]
    states: list[str]
    reasons: list[str]
    senders: list[str]
    """Addresses by sender index, 0x-prefixed lower case."""
    transactions: dict[str, npt.NDArray[Any]]
    blocks: list[BlockRow] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    prices: list[PriceRow] = field(default_factory=list)
    deficits: list[DeficitRow] = field(default_factory=list)
    trades: list[TradeRow] = field(default_factory=list)
    orders: list[OrderRow] = field(default_factory=list)
    auctions: list[AuctionRow] = field(default_factory=list)
    accounts: list[AccountRow] = field(default_factory=list)
    positions: list[PositionRow] = field(default_factory=list)
    solvency: list[SolvencyRow] = field(default_factory=list)
    capabilities: list[CapabilityRow] = field(default_factory=list)
    liveness: list[LivenessRow] = field(default_factory=list)
    """Items: token_balance, deposits, withdrawals, liabilities, recorded_deficit, trader_pnl,
    trader_funding, trader_fees, counterparty_flow, fund_flow, keeper_flow (flows during the
    campaign, replayed from events; they sum to zero)."""
    actor_rows: list[ActorRow] = field(default_factory=list)
    growth: list[StateGrowthRow] = field(default_factory=list)
    conflicts: list[ConflictRow] = field(default_factory=list)
    ranks: list[RankRow] = field(default_factory=list)
    reorgs: list[ReorgRow] = field(default_factory=list)
    products: ProductRows = field(default_factory=ProductRows)
    finality_blocks: int = 12
    """Blocks on top of one that make it final."""
    status: str = "complete"
    """"complete", "interrupted" or "failed"."""
