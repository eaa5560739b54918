"""Small runs made by hand: consistent books, so that a test can break exactly one thing."""

from __future__ import annotations

from typing import Any

import numpy as np

from floodline.campaign.record import (
    NONE,
    TRANSACTION_COLUMNS,
    AccountRow,
    ActorLabel,
    ActorRow,
    BlockRow,
    DeficitRow,
    Episode,
    PositionRow,
    PriceRow,
    RunRecord,
    SolvencyRow,
    TradeRow,
)
from floodline.chain.feemarket import next_base_fee
from floodline.foundation.units import GWEI, SECOND_US, WAD

SLOT_US = 12 * SECOND_US
GAS_LIMIT = 1_000_000
GAS_USED = 21_000
STATES = [
    "included",
    "reverted",
    "replaced",
    "evicted",
    "rejected",
    "expired",
    "dropped",
    "pending",
]
REASONS = ["", "underpriced", "pool full, worst"]
ACTORS = [
    ActorLabel("publisher", "oracle", "oracle"),
    ActorLabel("keepers", "keeper", "keepers"),
    ActorLabel("crowd", "trader", "traders"),
    ActorLabel('noise, "loud"', "flood", "flood"),
]
KINDS = ["transmit", "liquidate", "trade", "transfer"]


def make_episode(**changed: Any) -> Episode:
    """A liquidation that took 34 s: 6 oracle, 12 inclusion, 4 detection, 1 propagation, 11 pool."""
    second = SECOND_US
    values: dict[str, Any] = {
        "account": "trader-1",
        "market": "ETH",
        "t0_us": 2 * second,
        "t1_us": 8 * second,
        "t2_us": 20 * second,
        "t3_us": 22 * second,
        "t4_us": 24 * second,
        "winner_sent_us": 24 * second,
        "t5_us": 25 * second,
        "t6_us": 36 * second,
        "end": "liquidated",
        "end_us": 36 * second,
        "wrongful": False,
        "partial": False,
        "notional_usd": 30_000.0,
        "execution_price_usd": 2_970.0,
        "true_price_usd": 3_000.0,
        "true_price_t0_usd": 3_300.0,
        "reward_usd": 25.0,
        "penalty_usd": 100.0,
        "keeper": "keeper-0",
        "shortfall_usd": 0.0,
        "attempts": 2,
    }
    return Episode(**(values | changed))


def blank_transactions(size: int) -> dict[str, Any]:
    """A ledger of transactions that were created at 0 and never went anywhere."""
    ledger = {name: np.zeros(size, dtype=dtype) for name, dtype in TRANSACTION_COLUMNS.items()}
    for name in ("block", "index", "reason", "replaced_by", "replaces", "evicted_by", "ended_us"):
        ledger[name][:] = NONE
    ledger["status"][:] = STATES.index("pending")
    ledger["gas_limit"][:] = GAS_USED
    ledger["max_fee_wei"][:] = 100 * GWEI
    return ledger


def bare_record(size: int = 0) -> RunRecord:
    """A run without blocks, of transactions that never went anywhere."""
    return RunRecord(
        campaign="by-hand",
        seed=7,
        slot_us=SLOT_US,
        slots_planned=0,
        slots_done=0,
        genesis_s=1_700_000_000,
        gas_limit=GAS_LIMIT,
        actors=list(ACTORS),
        kinds=list(KINDS),
        states=list(STATES),
        reasons=list(REASONS),
        senders=[f"0x{number:040x}" for number in range(8)],
        transactions=blank_transactions(size),
    )


def add_block(record: RunRecord, rows: list[int], **changed: Any) -> None:
    """Seal the next block with these transactions, in this order, each using `GAS_USED`."""
    number = len(record.blocks) + 1
    ledger = record.transactions
    gas_by_role = dict.fromkeys(("oracle", "keeper", "trader", "flood"), 0)
    last = record.blocks[-1] if record.blocks else None
    fee = next_base_fee(last.base_fee_wei, last.gas_used, last.gas_limit) if last else GWEI
    for index, row in enumerate(rows):
        ledger["status"][row] = STATES.index("included")
        ledger["block"][row] = number
        ledger["index"][row] = index
        ledger["gas_used"][row] = GAS_USED
        ledger["effective_price_wei"][row] = fee + int(ledger["tip_wei"][row])
        gas_by_role[record.actors[ledger["actor"][row]].role] += GAS_USED
    shortfall = sum(row.shortfall_wad for row in record.deficits if row.block <= number)
    values: dict[str, Any] = {
        "number": number,
        "time_us": number * SLOT_US,
        "closed_us": number * SLOT_US,
        "unix_s": record.genesis_s + number * SLOT_US // SECOND_US,
        "base_fee_wei": fee,
        "gas_used": GAS_USED * len(rows),
        "gas_limit": GAS_LIMIT,
        "target_gas": GAS_LIMIT // 2,
        "base_fee_denominator": 8,
        "tx_count": len(rows),
        "pool_pending": 3,
        "pool_queued": 1,
        "pool_gas": 3 * GAS_USED,
        "pool_private": 0,
        "marginal_tip_wei": GWEI if rows else NONE,
        "evicted": 0,
        "replaced": 0,
        "gas_by_role": gas_by_role,
        "price_true_usd": 3_000.0 - number,
        "price_chain_usd": 3_030.0,
        "price_age_us": number * SECOND_US,
        "liquidatable_notional_usd": 0.0,
        "liquidatable_accounts": 0,
        "shortfall_usd": shortfall / WAD,
        "latent_bad_debt_usd": 0.1,
        "insurance_usd": 1_000.0,
        "counterparty_usd": 1e6,
        "vault_nav_usd": float("nan"),
        "amm_price_usd": float("nan"),
        "open_interest_usd": 50_000.0,
        "skew": 1.5,
        "predicted_gas": GAS_USED * len(rows),
    }
    record.blocks.append(BlockRow(**(values | changed)))
    record.slots_done = number


def make_record(blocks: int = 5, offered: int = 60, seed: int = 1) -> RunRecord:
    """A run whose books balance: every state occurs, two liquidations, one deficit."""
    draws = np.random.default_rng(seed)
    record = bare_record(offered)
    ledger = record.transactions
    created = np.sort(draws.integers(0, max(blocks, 1) * SLOT_US, offered))
    ledger["created_us"][:] = created
    ledger["arrived_us"][:] = created + draws.integers(0, SECOND_US, offered)
    ledger["actor"][:] = draws.integers(0, len(ACTORS), offered)
    ledger["kind"][:] = ledger["actor"]
    ledger["sender"][:] = ledger["actor"] * 2 + draws.integers(0, 2, offered)
    ledger["tip_wei"][:] = draws.integers(1, 5 * GWEI, offered)
    ledger["status"][:] = draws.integers(3, len(STATES), offered)
    ledger["reason"][:] = draws.integers(-1, len(REASONS), offered)
    if blocks:
        record.deficits.append(
            DeficitRow(2, 2 * SLOT_US, "trader-2", 7 * WAD + 1, 4 * WAD, 3 * WAD, 0, 1)
        )
    waiting = [row for row in range(offered) if draws.random() < 0.6]
    next_nonce = dict.fromkeys(range(len(record.senders)), 0)
    for number in range(1, blocks + 1):
        ready = [row for row in waiting if ledger["arrived_us"][row] <= number * SLOT_US]
        chosen = ready[: GAS_LIMIT // GAS_USED]
        waiting = [row for row in waiting if row not in chosen]
        for row in chosen:
            sender = int(ledger["sender"][row])
            ledger["nonce"][row] = next_nonce[sender]
            next_nonce[sender] += 1
        add_block(record, chosen)
    _replace_one(record)
    record.episodes = [
        make_episode(),
        make_episode(
            account="trader-2", shortfall_usd=7.0, winner_sent_us=NONE, t5_us=NONE, partial=True
        ),
        make_episode(
            account="trader-3",
            t4_us=NONE,
            winner_sent_us=NONE,
            t5_us=NONE,
            t6_us=NONE,
            end="open",
            end_us=blocks * SLOT_US,
            keeper="",
            execution_price_usd=0.0,
        ),
    ]
    _settle(record)
    return record


def _replace_one(record: RunRecord) -> None:
    """Let the first transaction in a block stand for an earlier one of its sender, if it can."""
    ledger = record.transactions
    for new in np.flatnonzero(ledger["block"] > 0).tolist():
        for old in np.flatnonzero(ledger["block"] < 0).tolist():
            if old < new and ledger["sender"][old] == ledger["sender"][new]:
                ledger["status"][old] = STATES.index("replaced")
                ledger["replaced_by"][old] = new
                ledger["replaces"][new] = old
                ledger["nonce"][old] = ledger["nonce"][new]
                return


def _settle(record: RunRecord) -> None:
    record.accounts = [
        AccountRow(
            "trader-1",
            "0x" + "1" * 40,
            "trader",
            100 * WAD,
            0,
            5 * WAD,
            5 * WAD,
            5.0,
            5.1,
            0.0,
            -95 * WAD,
            0,
            10**17,
            3,
            1,
        ),
        AccountRow(
            "trader-2",
            "0x" + "2" * 40,
            "trader",
            50 * WAD,
            10 * WAD,
            -7,
            -7,
            0.0,
            0.0,
            0.0,
            -40 * WAD,
            0,
            0,
            1,
            1,
        ),
    ]
    record.positions = [PositionRow("trader-1", "ETH", -3 * WAD, -3 * WAD, 3000 * WAD, 3000 * WAD)]
    record.prices = [
        PriceRow(
            number * SECOND_US, "ETH", 300_000_000_000 - number, 303_000_000_000, -5 * SECOND_US, 0
        )
        for number in range(3)
    ]
    record.solvency = [
        SolvencyRow(item, amount)
        for item, amount in {
            "token_balance": 140 * WAD,
            "deposits": 150 * WAD,
            "withdrawals": 10 * WAD,
            "liabilities": 140 * WAD + 1,
            "recorded_deficit": 1,
            "trader_pnl": -135 * WAD,
            "trader_funding": -1 * WAD,
            "trader_fees": -2 * WAD,
            "counterparty_flow": 130 * WAD,
            "fund_flow": 3 * WAD,
            "keeper_flow": 5 * WAD + 1,
        }.items()
    ]
    record.trades = [
        TradeRow(
            1,
            SLOT_US,
            NONE,
            "trader-1",
            "ETH",
            -2 * WAD,
            3_010 * WAD,
            3_010 * WAD,
            300_000_000_000,
            9 * SECOND_US,
            10**17,
        )
    ]
    record.actor_rows = [ActorRow("keepers", {"sent": 5, "abstained": 2})]
