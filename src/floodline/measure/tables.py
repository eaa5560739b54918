"""A run's record turned into its tables, by the data dictionary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from floodline.campaign.record import NONE, BlockRow, Episode, RunRecord
from floodline.foundation.units import FEED, SECOND_US, from_wad
from floodline.measure.attacks import attack_table
from floodline.measure.attempts import attempts_of
from floodline.measure.dictionary import (
    ACCOUNTS,
    ACTORS,
    AUCTIONS,
    CAPABILITIES,
    DEFICITS,
    LIQUIDATIONS,
    LIVENESS,
    ORDERS,
    POSITIONS,
    PRICES,
    SOLVENCY,
    TRADES,
)
from floodline.measure.dictionary_chain import BLOCKS, CONFLICTS, RANKS, REORGS, STATE_GROWTH
from floodline.measure.fees import fees_wei
from floodline.measure.frame import build_frame
from floodline.measure.product_tables import product_tables
from floodline.measure.timeline import PARTS, STAMPS, timeline
from floodline.measure.transaction_table import transaction_table

Tables = dict[str, pd.DataFrame]
"""Tables by name; the names are those of `floodline.measure.dictionary.TABLES`."""

Row = TypeVar("Row")
BASIS_POINTS = 10_000


def build_tables(record: RunRecord) -> Tables:
    """Return every table of a run, empty ones included, in name order.

    Parameters
    ----------
    record : RunRecord
        What the engine left behind, of a whole or of an interrupted run.

    """
    transactions = transaction_table(record)
    found = {
        "accounts": build_frame(ACCOUNTS.columns, _fields(record.accounts, ACCOUNTS.columns)),
        "actors": _actors(record, transactions),
        "attacks": attack_table(record, transactions),
        "auctions": _auctions(record),
        "blocks": _blocks(record),
        "capabilities": build_frame(
            CAPABILITIES.columns, _fields(record.capabilities, CAPABILITIES.columns)
        ),
        "conflicts": _conflicts(record),
        "deficits": _deficits(record),
        "liquidations": _liquidations(record),
        "liveness": _liveness(record),
        "orders": _orders(record),
        "pool_ranks": build_frame(RANKS.columns, _fields(record.ranks, RANKS.columns)),
        "positions": build_frame(POSITIONS.columns, _fields(record.positions, POSITIONS.columns)),
        "prices": _prices(record),
        "reorgs": _reorgs(record),
        "solvency": build_frame(
            SOLVENCY.columns,
            {
                "item": [row.item for row in record.solvency],
                "amount_wad": [row.amount_wad for row in record.solvency],
                "amount_usd": [from_wad(row.amount_wad) for row in record.solvency],
            },
        ),
        "state_growth": build_frame(
            STATE_GROWTH.columns, _fields(record.growth, STATE_GROWTH.columns)
        ),
        "trades": _trades(record),
        "transactions": transactions,
        **product_tables(record),
    }
    return {name: found[name] for name in sorted(found)}


def _fields(rows: Sequence[Any], columns: Iterable[Any]) -> dict[str, list[Any]]:
    """Return the attributes of rows whose names are the columns' own."""
    return {column.name: [getattr(row, column.name) for row in rows] for column in columns}


def _each(rows: Sequence[Row], read: Callable[[Row], Any]) -> list[Any]:
    return [read(row) for row in rows]


def _relative_bp(value: float, reference: float) -> float:
    """Return the difference in basis points, NaN where either price is missing."""
    if not value > 0 or not reference > 0:
        return float("nan")
    return (value - reference) / reference * BASIS_POINTS


def _blocks(record: RunRecord) -> pd.DataFrame:
    rows = record.blocks
    roles = {label.role for label in record.actors}
    roles.update(role for row in rows for role in row.gas_by_role)
    columns = BLOCKS.expanded(sorted(roles))
    final = dict(zip((row.number for row in rows), _final_times_us(record), strict=True))
    special: dict[str, Callable[[BlockRow], Any]] = {
        "final_s": lambda row: final[row.number],
        "block": lambda row: row.number,
        "timestamp_s": lambda row: row.time_us,
        "closed_s": lambda row: row.closed_us,
        "price_age_s": lambda row: row.price_age_us,
        "price_gap_bp": lambda row: _relative_bp(row.price_chain_usd, row.price_true_usd),
        "bad_debt_usd": lambda row: row.shortfall_usd + row.latent_bad_debt_usd,
    }
    values: dict[str, list[Any]] = {}
    for column in columns:
        name = column.name
        if name in special:
            values[name] = _each(rows, special[name])
        elif name in BlockRow.__dataclass_fields__:
            values[name] = [getattr(row, name) for row in rows]
        else:
            role = name.removeprefix("gas_")
            values[name] = [row.gas_by_role.get(role, 0) for row in rows]
    return build_frame(columns, values)


def _liquidations(record: RunRecord) -> pd.DataFrame:
    episodes = record.episodes
    lines = [timeline(episode) for episode in episodes]
    values: dict[str, Any] = {
        "end_s": [episode.end_us for episode in episodes],
        "latency_s": [line.latency_us for line in lines],
        "slippage_t6_bp": [
            _relative_bp(episode.execution_price_usd, episode.true_price_usd)
            for episode in episodes
        ],
        "slippage_t0_bp": [
            _relative_bp(episode.execution_price_usd, episode.true_price_t0_usd)
            for episode in episodes
        ],
    }
    for price in ("execution_price_usd", "true_price_usd", "true_price_t0_usd"):
        given = [getattr(episode, price) for episode in episodes]
        values[price] = [value if value > 0 else float("nan") for value in given]
    values["t7_s"] = _final_us(record, episodes)
    for number, stamp in enumerate(STAMPS):
        values[f"{stamp}_s"] = [line.stamps_us[number] for line in lines]
    for number, (part, _, _) in enumerate(PARTS):
        values[f"part_{part}_s"] = [line.parts_us[number] for line in lines]
    own = [column for column in LIQUIDATIONS.columns if column.name not in values]
    return build_frame(LIQUIDATIONS.columns, values | _fields(episodes, own))


def _final_times_us(record: RunRecord) -> list[int]:
    """Return when each block had enough blocks on top; NONE if it never had."""
    times_us = [row.time_us for row in record.blocks]
    later = times_us[record.finality_blocks :]
    return later + [NONE] * (len(times_us) - len(later))


def _final_us(record: RunRecord, episodes: Sequence[Episode]) -> list[int]:
    """Return when each liquidation's block was final; NONE if it never was, or there is none."""
    times = zip((row.time_us for row in record.blocks), _final_times_us(record), strict=True)
    final = dict(times)
    return [final.get(episode.t6_us, NONE) for episode in episodes]


def _liveness(record: RunRecord) -> pd.DataFrame:
    rows = record.liveness
    values: dict[str, Any] = {
        "since_s": [row.since_us for row in rows],
        "ended_s": [row.ended_us for row in rows],
        "lasted_s": [row.ended_us - row.since_us if row.ended_us >= 0 else NONE for row in rows],
    }
    own = [column for column in LIVENESS.columns if column.name not in values]
    return build_frame(LIVENESS.columns, values | _fields(rows, own))


def _reorgs(record: RunRecord) -> pd.DataFrame:
    rows = record.reorgs
    values: dict[str, Any] = {
        "reorg": [row.number for row in rows],
        "time_s": [row.time_us for row in rows],
        "never_again": [row.transactions - row.included_again for row in rows],
    }
    own = [column for column in REORGS.columns if column.name not in values]
    return build_frame(REORGS.columns, values | _fields(rows, own))


def _prices(record: RunRecord) -> pd.DataFrame:
    rows = record.prices
    true_e8 = np.array([row.true_e8 for row in rows], dtype=np.int64)
    chain_e8 = np.array([row.chain_e8 for row in rows], dtype=np.int64)
    return build_frame(
        PRICES.columns,
        {
            "time_s": [row.time_us for row in rows],
            "market": [row.market for row in rows],
            "true_usd": true_e8 / FEED,
            "chain_usd": np.where(chain_e8 > 0, chain_e8 / FEED, np.nan),
            "true_e8": true_e8,
            "chain_e8": chain_e8,
            "chain_observed_s": [row.chain_observed_us for row in rows],
            "chain_updated_s": [row.chain_updated_us for row in rows],
        },
    )


def _deficits(record: RunRecord) -> pd.DataFrame:
    rows = record.deficits
    own = [column for column in DEFICITS.columns if column.name != "time_s"]
    values = _fields(rows, own) | {"time_s": [row.time_us for row in rows]}
    return build_frame(DEFICITS.columns, values)


def _orders(record: RunRecord) -> pd.DataFrame:
    rows = record.orders
    values: dict[str, Any] = {
        "committed_s": [row.committed_us for row in rows],
        "ended_s": [row.ended_us for row in rows],
        "wait_s": [row.ended_us - row.committed_us if row.ended_us >= 0 else NONE for row in rows],
        "fill_usd": [from_wad(row.fill_price_wad) or float("nan") for row in rows],
        "committed_true_usd": [row.committed_true_e8 / FEED for row in rows],
        "ended_true_usd": [row.ended_true_e8 / FEED or float("nan") for row in rows],
        "keeper_fee_usd": [from_wad(row.keeper_fee_wad) for row in rows],
    }
    own = [column for column in ORDERS.columns if column.name not in values]
    return build_frame(ORDERS.columns, values | _fields(rows, own))


def _auctions(record: RunRecord) -> pd.DataFrame:
    rows = record.auctions
    values: dict[str, Any] = {
        f"{name}_s": [getattr(row, f"{name}_us") for row in rows]
        for name in ("started", "first_bid", "ended")
    }
    for name in ("notional", "equity", "taken", "given", "paid", "fee", "start_reward"):
        values[f"{name}_usd"] = [from_wad(getattr(row, f"{name}_wad")) for row in rows]
    own = [column for column in AUCTIONS.columns if column.name not in values]
    return build_frame(AUCTIONS.columns, values | _fields(rows, own))


def _conflicts(record: RunRecord) -> pd.DataFrame:
    rows = record.conflicts
    own = [column for column in CONFLICTS.columns if column.name != "parallelism_bound"]
    bound = [row.gas_used / row.critical_path_gas if row.critical_path_gas else 1.0 for row in rows]
    return build_frame(CONFLICTS.columns, _fields(rows, own) | {"parallelism_bound": bound})


def _trades(record: RunRecord) -> pd.DataFrame:
    rows = record.trades
    size = np.array([from_wad(row.size_delta_wad) for row in rows], dtype=np.float64)
    fill = np.array([from_wad(row.fill_price_wad) for row in rows], dtype=np.float64)
    true_e8 = np.array([row.true_price_e8 for row in rows], dtype=np.int64)
    true = np.where(true_e8 > 0, true_e8 / FEED, np.nan)
    values: dict[str, Any] = {
        "time_s": [row.time_us for row in rows],
        "true_e8": true_e8,
        "fill_usd": fill,
        "true_usd": true,
        "notional_usd": np.abs(size) * true,
        "fill_gap_bp": np.sign(size) * (fill - true) / true * BASIS_POINTS,
        "toxic_usd": size * (true - fill),
        "price_age_s": [row.price_age_us for row in rows],
    }
    own = [column for column in TRADES.columns if column.name not in values]
    return build_frame(TRADES.columns, values | _fields(rows, own))


def _actors(record: RunRecord, transactions: pd.DataFrame) -> pd.DataFrame:
    labels = {label.name: label for label in record.actors}
    spent = fees_wei(transactions, "actor")
    used = transactions["gas_used"].to_numpy(dtype=np.int64, na_value=0)
    offered = transactions["actor"].value_counts().to_dict()
    included = transactions["actor"][transactions["block"].notna()].value_counts().to_dict()
    found: list[tuple[str, str, str, int]] = []
    for name in sorted(labels):
        mine = np.asarray(transactions["actor"] == name)
        ledger = {
            "offered": int(offered.get(name, 0)),
            "in_blocks": int(included.get(name, 0)),
            "gas_used": int(used[mine].sum()),
            "fees_wei": spent.get(name, 0),
        }
        tallies = [row.tally for row in record.actor_rows if row.actor == name]
        own = {item for tally in tallies for item in tally}
        attempts = attempts_of(record, transactions, name)._asdict()
        ledger |= {item: amount for item, amount in attempts.items() if item not in own}
        found += [(name, "ledger", item, amount) for item, amount in ledger.items()]
        found += [(name, "actor", item, tally[item]) for tally in tallies for item in sorted(tally)]
        ways = [row.messages for row in record.actor_rows if row.actor == name]
        found += [(name, "network", item, way[item]) for way in ways for item in sorted(way)]
    return build_frame(
        ACTORS.columns,
        {
            "actor": [name for name, _, _, _ in found],
            "role": [labels[name].role for name, _, _, _ in found],
            "kind": [labels[name].kind for name, _, _, _ in found],
            "source": [source for _, source, _, _ in found],
            "item": [item for _, _, item, _ in found],
            "amount": [amount for _, _, _, amount in found],
        },
    )


def end_us(tables: Tables) -> int:
    """Return the virtual time at which the run ended: its last block, or anything seen later."""
    latest = 0.0
    for table, column in (
        ("blocks", "timestamp_s"),
        ("transactions", "created_s"),
        ("liquidations", "end_s"),
    ):
        value = tables[table][column].max()
        latest = max(latest, float(value)) if value == value else latest  # noqa: PLR0124 - NaN
    return round(latest * SECOND_US)
