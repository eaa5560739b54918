"""The data dictionary: every table with its columns, the single source of names and their order."""

from __future__ import annotations

from typing import Any, Final

from floodline.measure.column import Column, Table
from floodline.measure.dictionary_chain import BLOCKS, CONFLICTS, RANKS, REORGS, STATE_GROWTH
from floodline.measure.dictionary_products import (
    MARKETS,
    OPTION_GREEKS,
    OPTION_MARKS,
    OPTION_TRADES,
    VAULTS,
)

_C = Column

TRANSACTIONS: Final = Table(
    "transactions",
    "one transaction offered, whatever became of it",
    (
        _C("tx_id", "int", "", "number in the order of creation, from 0 without holes"),
        _C("role", "label", "", "role of the actor that sent it: keeper, flood, ..."),
        _C("actor", "label", "", "name of the actor that sent it"),
        _C("kind", "label", "", "what it does: liquidate, transfer, price update, ..."),
        _C("sender", "label", "", "address that signed it"),
        _C("nonce", "int?", "", "nonce; empty where it was never signed because none came near"),
        _C("created_s", "seconds", "s", "virtual time at which its sender created it"),
        _C("arrived_s", "seconds", "s", "virtual time at which it reached the builder"),
        _C(
            "first_eligible_block",
            "int?",
            "",
            "first block that closed at or after arrival and whose base fee its fee cap covers",
        ),
        _C(
            "status",
            "label",
            "",
            "the one state it ended in: included, reverted, replaced, evicted, rejected, expired, "
            "dropped or pending",
        ),
        _C("reason", "label", "", "why it ended there, in the pool's words"),
        _C("block", "int?", "", "block that holds it"),
        _C("index", "int?", "", "position in that block, from 0"),
        _C("included_s", "seconds", "s", "virtual time of that block"),
        _C("wait_s", "seconds", "s", "included_s - created_s"),
        _C("gas_limit", "int", "gas", "gas that it may use"),
        _C("gas_used", "int?", "gas", "gas that it used; empty outside a block"),
        _C("max_fee_wei", "int", "wei per gas", "fee cap"),
        _C("tip_wei", "int", "wei per gas", "highest tip it offers"),
        _C(
            "effective_price_wei",
            "int?",
            "wei per gas",
            "price paid per gas; empty outside a block",
        ),
        _C("replaced_by", "int?", "", "tx_id of the transaction that took its place"),
        _C("replaces", "int?", "", "tx_id of the transaction whose place it took"),
        _C("lane", "label", "", "public (gossiped) or private (to the builder alone)"),
        _C("orphaned", "int", "", "how often a block that held it was orphaned by a reorg"),
        _C("evicted_by", "int?", "", "tx_id of the newcomer that pushed it out of a full pool"),
        _C("ended_s", "seconds", "s", "virtual time at which it ended; empty while pending"),
    ),
)

_STAMPS: Final = (
    ("t0_s", "the true price puts equity below maintenance margin"),
    ("t1_s", "the publisher creates the update that carries such a price"),
    ("t2_s", "that update is executed: the contracts would liquidate"),
    ("t3_s", "the first keeper decides"),
    ("t4_s", "the first liquidation transaction is sent"),
    ("winner_sent_s", "the winning one is sent"),
    ("t5_s", "the winning one reaches the builder"),
    ("t6_s", "it is executed in a block"),
    ("t7_s", "that block is final: chain.finality_blocks lie on top of it"),
)

LIQUIDATIONS: Final = Table(
    "liquidations",
    "one spell of an account under its maintenance margin at the true price",
    (
        _C("account", "label", "", "account"),
        _C("market", "label", "", "market"),
        *(_C(name, "seconds", "s", f"{what} (monotone stamp)") for name, what in _STAMPS),
        _C(
            "part_oracle_wait_s", "seconds", "s", "t1 - t0: heartbeat, deviation, publisher's delay"
        ),
        _C("part_oracle_inclusion_s", "seconds", "s", "t2 - t1: the update's way into a block"),
        _C("part_detection_s", "seconds", "s", "t4 - t2: until a keeper has seen it and acted"),
        _C(
            "part_bidding_s",
            "seconds",
            "s",
            "winner_sent - t4: failed attempts, replacements, an auction's course",
        ),
        _C("part_propagation_s", "seconds", "s", "t5 - winner_sent: from sender to builder"),
        _C("part_mempool_s", "seconds", "s", "t6 - t5: in the pool until execution"),
        _C("latency_s", "seconds", "s", "t6 - t0; empty where there was no liquidation"),
        _C("end", "label", "", "how it ended: liquidated, open, recovered or closed"),
        _C("end_s", "seconds", "s", "when it ended or was last seen"),
        _C("wrongful", "bool", "", "liquidated while healthy at the true price"),
        _C("partial", "bool", "", "only a part of the position was closed"),
        _C("attempts", "int", "", "liquidation transactions sent at it, by all keepers"),
        _C("notional_usd", "float", "USD", "notional at the true price"),
        _C("execution_price_usd", "float", "USD", "price of execution"),
        _C("true_price_usd", "float", "USD", "true price at t6"),
        _C("true_price_t0_usd", "float", "USD", "true price at t0"),
        _C("slippage_t6_bp", "float", "bp", "(execution - true price at t6) / true price at t6"),
        _C("slippage_t0_bp", "float", "bp", "(execution - true price at t0) / true price at t0"),
        _C("reward_usd", "float", "USD", "paid to the keeper"),
        _C("penalty_usd", "float", "USD", "paid to the insurance fund"),
        _C("keeper", "label", "", "keeper that won"),
        _C("shortfall_usd", "float", "USD", "bad debt that it left"),
    ),
)

ACCOUNTS: Final = Table(
    "accounts",
    "one account at the end",
    (
        _C("account", "text", "", "account"),
        _C("address", "text", "", "its address"),
        _C("role", "text", "", "role of its owner"),
        _C("deposited_wad", "exact", "WAD USD", "deposits"),
        _C("withdrawn_wad", "exact", "WAD USD", "withdrawals"),
        _C("cash_replayed_wad", "exact", "WAD USD", "cash by the events"),
        _C("cash_chain_wad", "exact", "WAD USD", "cash by the contracts"),
        _C("equity_true_usd", "float", "USD", "equity at the true price"),
        _C("equity_chain_usd", "float", "USD", "equity at the price on chain"),
        _C("maintenance_usd", "float", "USD", "maintenance margin"),
        _C("realised_pnl_wad", "exact", "WAD USD", "realised profit and loss"),
        _C("funding_wad", "exact", "WAD USD", "funding received"),
        _C("fees_wad", "exact", "WAD USD", "fees paid"),
        _C("trades", "int", "", "trades executed"),
        _C("liquidations", "int", "", "liquidations suffered"),
    ),
)

POSITIONS: Final = Table(
    "positions",
    "one position at the end",
    (
        _C("account", "text", "", "account"),
        _C("market", "text", "", "market; an option or a token by its name"),
        _C("size_replayed_wad", "exact", "WAD units", "size by the events; short is negative"),
        _C("size_chain_wad", "exact", "WAD units", "size by the contracts"),
        _C("entry_price_replayed_wad", "exact", "WAD USD", "entry price by the events"),
        _C("entry_price_chain_wad", "exact", "WAD USD", "entry price by the contracts"),
    ),
)

PRICES: Final = Table(
    "prices",
    "one tick of the true price",
    (
        _C("time_s", "seconds", "s", "virtual time"),
        _C("market", "label", "", "market"),
        _C("true_usd", "float", "USD", "true price"),
        _C("chain_usd", "float", "USD", "price on chain"),
        _C("true_e8", "int", "1e-8 USD", "true price, exact"),
        _C("chain_e8", "int", "1e-8 USD", "price on chain, exact"),
        _C("chain_observed_s", "seconds", "s", "when the price on chain was observed"),
        _C("chain_updated_s", "seconds", "s", "when the block that carries it was sealed"),
    ),
)

DEFICITS: Final = Table(
    "deficits",
    "one shortfall that an account's own margin could not cover, and who paid it",
    (
        _C("block", "int", "", "block"),
        _C("time_s", "seconds", "s", "virtual time of that block"),
        _C("account", "text", "", "account"),
        _C("shortfall_wad", "exact", "WAD USD", "the shortfall"),
        _C("fund_wad", "exact", "WAD USD", "paid by the insurance fund"),
        _C("vault_wad", "exact", "WAD USD", "paid by the counterparty or vault"),
        _C("adl_wad", "exact", "WAD USD", "taken from winners by auto-deleveraging"),
        _C("haircut_wad", "exact", "WAD USD", "left as a recorded deficit on all claims"),
    ),
)

ORDERS: Final = Table(
    "orders",
    "one order in two steps: committed by a trader, then settled by a keeper or not",
    (
        _C("order_id", "int", "", "number of the order, from 1"),
        _C("account", "label", "", "account"),
        _C("market", "label", "", "market"),
        _C("size_delta_wad", "exact", "WAD units", "size to buy; negative to sell"),
        _C("committed_block", "int", "", "block that holds the commitment"),
        _C("committed_s", "seconds", "s", "virtual time of that block"),
        _C(
            "state",
            "label",
            "",
            "settled, cancelled, expired (its window closed), or pending at the end",
        ),
        _C(
            "ended_block",
            "int?",
            "",
            "block that ended it; empty while pending and where no transaction did",
        ),
        _C("ended_s", "seconds", "s", "virtual time of that block"),
        _C("wait_s", "seconds", "s", "ended_s - committed_s"),
        _C("fill_usd", "float", "USD", "price of the fill; empty unless settled"),
        _C("committed_true_usd", "float", "USD", "true price at the commitment"),
        _C("ended_true_usd", "float", "USD", "true price at the end"),
        _C("ended_by", "text", "", "who settled or cancelled it"),
        _C("keeper_fee_usd", "float", "USD", "paid to the keeper out of the escrow"),
    ),
)

AUCTIONS: Final = Table(
    "auctions",
    "one auction of an account below maintenance margin",
    (
        _C("account", "text", "", "account"),
        _C("keeper", "text", "", "who started it"),
        _C("started_block", "int", "", "block of the start"),
        _C("started_s", "seconds", "s", "virtual time of that block"),
        _C("notional_usd", "float", "USD", "notional at the start, at chain prices"),
        _C("equity_usd", "float", "USD", "equity at the start, at chain prices"),
        _C("start_reward_usd", "float", "USD", "paid to the keeper for the start"),
        _C("first_bid_s", "seconds", "s", "virtual time of the first bid; empty without any"),
        _C("ended_s", "seconds", "s", "virtual time of the end; empty while live"),
        _C("state", "label", "", "emptied, healthy again, or live at the end of the run"),
        _C("bids", "int", "", "bids"),
        _C("resets", "int", "", "new runs: resets, or changes between solvent and insolvent"),
        _C("taken_usd", "float", "USD", "notional that bidders took over, at chain prices"),
        _C("given_usd", "float", "USD", "equity that bidders took over, at chain prices"),
        _C("paid_usd", "float", "USD", "what they paid; negative where they were paid"),
        _C("fee_usd", "float", "USD", "part of that for the insurance fund"),
    ),
)

TRADES: Final = Table(
    "trades",
    "one filled order",
    (
        _C("block", "int", "", "block"),
        _C("time_s", "seconds", "s", "virtual time of that block"),
        _C("tx_id", "int?", "", "transaction that carried it"),
        _C("account", "label", "", "account"),
        _C("market", "label", "", "market"),
        _C("size_delta_wad", "exact", "WAD units", "size bought; negative where sold"),
        _C("fill_price_wad", "exact", "WAD USD", "price of the fill"),
        _C("chain_price_wad", "exact", "WAD USD", "price on chain at the fill"),
        _C("fee_wad", "exact", "WAD USD", "fee"),
        _C("true_e8", "int", "1e-8 USD", "true price at the fill, exact"),
        _C("fill_usd", "float", "USD", "price of the fill"),
        _C("true_usd", "float", "USD", "true price at the fill"),
        _C("notional_usd", "float", "USD", "size at the true price, without sign"),
        _C("fill_gap_bp", "float", "bp", "what the trader overpaid: side * (fill - true) / true"),
        _C("toxic_usd", "float", "USD", "size * (true - fill): the counterparty's loss if above 0"),
        _C("price_age_s", "seconds", "s", "time since the price on chain was observed"),
    ),
)

ACTORS: Final = Table(
    "actors",
    "one count of one actor",
    (
        _C("actor", "text", "", "actor"),
        _C("role", "text", "", "its role"),
        _C("kind", "text", "", "its kind in the campaign file"),
        _C(
            "source",
            "text",
            "",
            "ledger: from the transactions; actor: in its own words; network: its messages",
        ),
        _C(
            "item",
            "text",
            "",
            "what is counted; tried (what it wanted done) and got (what came off) stand there for "
            "every actor",
        ),
        _C("amount", "exact", "as the item says", "the count"),
    ),
)

SOLVENCY: Final = Table(
    "solvency",
    "one amount of the protocol's balance sheet at the end",
    (
        _C("item", "text", "", "token_balance, deposits, withdrawals, liabilities, ..."),
        _C("amount_wad", "exact", "WAD USD", "the amount"),
        _C("amount_usd", "float", "USD", "the amount, rounded"),
    ),
)

CAPABILITIES: Final = Table(
    "capabilities",
    "one mechanism that a protocol may have",
    (
        _C("capability", "text", "", "perps, options, lending, partial_liquidation, ..."),
        _C("present", "bool", "", "whether the protocol under test has it"),
        _C("meaning", "text", "", "what it is"),
    ),
)

LIVENESS: Final = Table(
    "liveness",
    "one time in which an account should have been liquidated and its liquidation reverted",
    (
        _C("account", "text", "", "account"),
        _C("market", "text", "", "market"),
        _C("since_block", "int", "", "block after which a keeper's call was first seen to revert"),
        _C("since_s", "seconds", "s", "virtual time of that block"),
        _C("ended_s", "seconds", "s", "when it was over; empty where it never was"),
        _C("lasted_s", "seconds", "s", "ended_s - since_s"),
        _C(
            "end",
            "text",
            "",
            "unblocked (the call would succeed), liquidated, recovered, other_reason, or open",
        ),
        _C("reason", "text", "", "name of the revert"),
        _C("words", "text", "", "the revert with its arguments, when it was first seen"),
        _C("unblocks", "text", "", "what would let the call succeed, if the adapter knows"),
        _C("notional_usd", "float", "USD", "notional at the chain's price, at first"),
        _C("equity_usd", "float", "USD", "equity at the chain's price, at first"),
        _C("tries", "int", "", "tries that reverted so; one each trace.liveness_every blocks"),
    ),
)

ATTACKS: Final = Table(
    "attacks",
    "one actor that attacks block space or the pool, or that acts on others' visible intentions",
    (
        _C("actor", "text", "", "actor"),
        _C("kind", "text", "", "its kind in the campaign file"),
        _C("offered", "int", "", "transactions that it offered"),
        _C("tried", "int", "", "what it went for: victims, updates, exits; a flood's transactions"),
        _C("got", "int", "", "how many of these came off; of a flood, got into a block"),
        _C(
            "result_usd",
            "float",
            "USD",
            "what its accounts gained inside the protocol, at the true price at the end",
        ),
        _C("net_usd", "float", "USD", "the same less its gas, at the mean true price of ether"),
        _C("gas_offered", "int", "gas", "sum of their gas limits"),
        _C("in_blocks", "int", "", "how many of them got into blocks"),
        _C("gas_used", "int", "gas", "gas that these used"),
        _C("spent_wei", "exact", "wei", "what it paid for gas: the attack's cost"),
        _C("spent_eth", "float", "ETH", "the same in ether"),
        _C("rejected", "int", "", "how many the pool refused"),
        _C("evicted", "int", "", "how many of its own the pool threw out"),
        _C("replaced", "int", "", "how many of its own it replaced"),
        _C("pool_mean", "float", "", "its transactions in the pool when a block was built, mean"),
        _C("pool_peak", "int", "", "the same, the most at any block"),
        _C("evicted_others", "int", "", "others' transactions that its own pushed out of the pool"),
        _C(
            "blocks_filled",
            "int",
            "",
            "blocks with no room for another 25,000 gas of which it used half or more",
        ),
    ),
)

TABLES: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        ACCOUNTS,
        ACTORS,
        ATTACKS,
        AUCTIONS,
        BLOCKS,
        CAPABILITIES,
        CONFLICTS,
        DEFICITS,
        LIQUIDATIONS,
        LIVENESS,
        MARKETS,
        OPTION_GREEKS,
        OPTION_MARKS,
        OPTION_TRADES,
        ORDERS,
        RANKS,
        POSITIONS,
        PRICES,
        REORGS,
        SOLVENCY,
        STATE_GROWTH,
        TRADES,
        TRANSACTIONS,
        VAULTS,
    )
}
"""Every table by its name, in name order (the order of the outcome hash)."""


def dictionary_json() -> dict[str, Any]:
    """Return the dictionary as plain data, ready for ``dictionary.json``.

    Returns
    -------
    dict
        ``{"storage": {name: meaning}, "tables": {table: {"row", "columns": [...]}}}``.

    """
    return {
        "storage": {
            "int": "64-bit integer",
            "int?": "64-bit integer, empty where there is none",
            "seconds": "seconds with at most six decimals (whole microseconds), empty if none",
            "float": "double in its shortest exact spelling, empty if none",
            "bool": "true or false",
            "label": "one of few words, empty if none",
            "text": "text",
            "exact": "integer of any size; WAD is 1e-18",
        },
        "tables": {
            table.name: {
                "row": table.meaning,
                "columns": [
                    {
                        "name": column.name,
                        "storage": column.storage,
                        "unit": column.unit,
                        "meaning": column.meaning,
                    }
                    for column in table.columns
                ],
            }
            for table in TABLES.values()
        },
    }
