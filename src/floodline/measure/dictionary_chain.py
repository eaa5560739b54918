"""The data dictionary's tables of blocks: their content, what reorganisations undid, the state."""

from __future__ import annotations

from typing import Final

from floodline.measure.column import Column, Table

_C = Column

BLOCKS: Final = Table(
    "blocks",
    "one block, with what stood around it when it was sealed",
    (
        _C("block", "int", "", "number, from 1 at the first block of the campaign"),
        _C("timestamp_s", "seconds", "s", "virtual time since genesis, the clock of created_s"),
        _C(
            "closed_s",
            "seconds",
            "s",
            "what had reached the builder by then could be in the block; builder.cutoff_s after "
            "its slot's end",
        ),
        _C("final_s", "seconds", "s", "when chain.finality_blocks lay on top; empty if never"),
        _C("unix_s", "int", "s", "the timestamp that contracts see; it rises by 1 s at least"),
        _C("base_fee_wei", "int", "wei per gas", "base fee"),
        _C("gas_used", "int", "gas", "gas used"),
        _C("gas_limit", "int", "gas", "gas limit"),
        _C("target_gas", "int", "gas", "gas used at which the base fee stays"),
        _C(
            "base_fee_denominator",
            "int",
            "",
            "a block of twice the target raises the base fee by one in this many",
        ),
        _C("predicted_gas", "int", "gas", "gas that the builder expected the block to use"),
        _C("tx_count", "int", "", "transactions in the block"),
        _C("pool_pending", "int", "", "executable transactions left in the pool"),
        _C("pool_queued", "int", "", "transactions beyond a nonce gap left in the pool"),
        _C("pool_gas", "int", "gas", "sum of the gas limits of the executable transactions left"),
        _C("pool_private", "int", "", "private transactions left with the builder"),
        _C("marginal_tip_wei", "int?", "wei per gas", "smallest effective tip in the block"),
        _C("evicted", "int", "", "transactions pushed out of the pool since the last block"),
        _C("replaced", "int", "", "transactions replaced since the last block"),
        _C("gas_<role>", "int", "gas", "gas used in the block by this role"),
        _C("price_true_usd", "float", "USD", "true price"),
        _C("price_chain_usd", "float", "USD", "price on chain"),
        _C("price_age_s", "seconds", "s", "time since the price on chain was observed"),
        _C("price_gap_bp", "float", "bp", "(chain - true) / true"),
        _C("liquidatable_notional_usd", "float", "USD", "notional under margin at the true price"),
        _C("liquidatable_accounts", "int", "", "accounts under margin at the true price"),
        _C("bad_debt_usd", "float", "USD", "shortfall_usd + latent_bad_debt_usd"),
        _C("shortfall_usd", "float", "USD", "bad debt that the contracts recorded so far"),
        _C(
            "latent_bad_debt_usd",
            "float",
            "USD",
            "negative equity at the true price of accounts still open: not yet recorded",
        ),
        _C("insurance_usd", "float", "USD", "insurance fund; empty without one"),
        _C(
            "counterparty_usd",
            "float",
            "USD",
            "cash of the traders' counterparty, or claims of the lenders; empty without either",
        ),
        _C("vault_nav_usd", "float", "USD", "worth of the providers' vault; empty without one"),
        _C("amm_price_usd", "float", "USD", "the spot pool's price; empty without one"),
        _C("open_interest_usd", "float", "USD", "notional of all positions at the true price"),
        _C("skew", "float", "asset units", "long minus short size"),
    ),
)

STATE_GROWTH: Final = Table(
    "state_growth",
    "one role's transactions in one traced block (trace.growth_every)",
    (
        _C("block", "int", "", "the block"),
        _C("role", "label", "", "role of the actors that sent them"),
        _C("transactions", "int", "", "their number"),
        _C("new_slots", "int", "", "storage slots that became non-zero"),
        _C("freed_slots", "int", "", "storage slots that became zero"),
        _C("new_accounts", "int", "", "accounts that came into being"),
        _C("new_bytes", "int", "bytes", "64 a slot (freed ones deducted), 104 an account, code"),
    ),
)

CONFLICTS: Final = Table(
    "conflicts",
    "one traced block and how its transactions had to wait for each other (trace.conflicts_every)",
    (
        _C("block", "int", "", "the block"),
        _C("transactions", "int", "", "its transactions"),
        _C("gas_used", "int", "gas", "their gas"),
        _C("critical_path_gas", "int", "gas", "gas of the longest chain of conflicting ones"),
        _C("parallelism_bound", "float", "", "gas_used / critical_path_gas"),
    ),
)

RANKS: Final = Table(
    "pool_ranks",
    "one waiting transaction of a watched role (trace.ranks) at one block, before it was built",
    (
        _C("block", "int", "", "block that was about to be built"),
        _C("tx_id", "int", "", "the transaction"),
        _C(
            "rank",
            "int?",
            "",
            "its place among all executable transactions by effective tip, then first seen; 1 is "
            "the best; empty behind a nonce gap",
        ),
        _C("gas_ahead", "int?", "gas", "sum of the gas limits of those before it"),
        _C("pool_pending", "int", "", "executable transactions in all"),
        _C("pays_base_fee", "bool", "", "its fee cap covers the block's base fee"),
    ),
)

REORGS: Final = Table(
    "reorgs",
    "one reorganisation of the chain: blocks that were orphaned, and what was undone with them",
    (
        _C("reorg", "int", "", "number, from 1"),
        _C("time_s", "seconds", "s", "when the next block built on an earlier one"),
        _C("depth", "int", "", "blocks orphaned"),
        _C("first_block", "int", "", "number of the first orphaned block"),
        _C("last_block", "int", "", "number of the last orphaned block"),
        _C("transactions", "int", "", "transactions that the orphaned blocks held"),
        _C("gas_used", "int", "gas", "gas that they used"),
        _C("trades", "int", "", "filled orders undone"),
        _C("liquidations", "int", "", "liquidations undone"),
        _C("liquidated_usd", "float", "USD", "notional of the liquidations undone"),
        _C("price_updates", "int", "", "oracle updates undone"),
        _C("shortfall_wad", "exact", "WAD USD", "recorded bad debt undone"),
        _C("included_again", "int", "", "of the transactions, those in a block at the end"),
        _C("same_outcome", "int", "", "of these, those that ended as they had before"),
        _C("never_again", "int", "", "of the transactions, those in no block at the end"),
    ),
)
