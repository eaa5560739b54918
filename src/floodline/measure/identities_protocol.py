"""Identities of the protocol's side of the books: cash, deficits, timelines, replayed state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from floodline.foundation.units import USDC, WAD
from floodline.measure.capabilities import has
from floodline.measure.frame import exact, to_microseconds
from floodline.measure.identity import NOTHING, Identity
from floodline.measure.solvency import PAYERS
from floodline.measure.tables import Tables
from floodline.measure.timeline import PARTS

FLOWS: Final = (
    "trader_pnl",
    "trader_funding",
    "trader_fees",
    "counterparty_flow",
    "fund_flow",
    "keeper_flow",
)
"""Flows that every balance sheet holds; others count by their name, see `_flows`."""
TOKEN_UNIT_WAD: Final = WAD // USDC
"""One unit of the settlement token, the most that one payout can lose to rounding."""
FLOAT_BOUND_USD: Final = 1e-6
"""Columns in USD are doubles: exact to a few 1e-9 at sums below ten million dollars."""


def protocol_identities(tables: Tables) -> list[Identity]:
    """Return the identities that the protocol's amounts and the spells must keep."""
    return [
        *_balance_sheet(tables),
        _deficit_rows(tables["deficits"]),
        _deficit_sum(tables),
        _parts(tables["liquidations"]),
        _replayed_cash(tables["accounts"]),
        _replayed_positions(tables["positions"]),
    ]


def _balance_sheet(tables: Tables) -> list[Identity]:
    sheet = tables["solvency"]
    amount = dict(zip(sheet["item"].tolist(), exact(sheet["amount_wad"]), strict=True))
    accounts = tables["accounts"]
    operations = int(accounts["trades"].sum() + accounts["liquidations"].sum())

    # Rounding: paying out in token units may leave one unit of dust per account, and a trade or
    # liquidation may leave 1e-18 USD between the legs of its flows.
    def identity(name: str, plus: tuple[str, ...], minus: tuple[str, ...], bound: int) -> Identity:
        missing = [item for item in (*plus, *minus) if item not in amount]
        if not amount:
            return Identity(name, 0, bound, "WAD USD", NOTHING)
        if missing:
            return Identity(name, bound + 1, bound, "WAD USD", f"no item {missing[0]}")
        residual = sum(amount[item] for item in plus) - sum(amount[item] for item in minus)
        where = "" if abs(residual) <= bound else f"the sheet is {residual} off"
        return Identity(name, abs(residual), bound, "WAD USD", where)

    held = tuple(item for item in ("receivables",) if item in amount)
    found = [
        identity(
            "token balance = deposits - withdrawals",
            ("token_balance", "withdrawals"),
            ("deposits",),
            0,
        ),
        identity(
            "assets = liabilities - recorded deficit",
            ("token_balance", *held, "recorded_deficit"),
            ("liabilities",),
            TOKEN_UNIT_WAD * len(accounts),
        ),
    ]
    expected = "receivables" not in amount and has(tables, "perps")
    if expected or not set(FLOWS).isdisjoint(amount):
        name = "flows of traders, counterparty, fund and keepers sum to zero"
        found.append(identity(name, _flows(amount), (), operations))
    return found


def _flows(amount: Mapping[str, int]) -> tuple[str, ...]:
    """Return the items that are flows: those required, all ``*_flow`` and all ``trader_*``."""
    named = {item for item in amount if item.endswith("_flow") or item.startswith("trader_")}
    return tuple(sorted(named | set(FLOWS)))


def _deficit_rows(deficits: pd.DataFrame) -> Identity:
    shortfall = exact(deficits["shortfall_wad"])
    paid = [exact(deficits[f"{payer}_wad"]) for payer in PAYERS]
    off = [abs(one - sum(parts)) for one, *parts in zip(shortfall, *paid, strict=True)]
    first = next((row for row, value in enumerate(off) if value), None)
    where = f"account {deficits['account'].iloc[first]}" if first is not None else ""
    return Identity("deficit = fund + vault + ADL + haircut", sum(off), 0, "WAD USD", where)


def _deficit_sum(tables: Tables) -> Identity:
    """Hold the deficits so far against the bad debt that each block recorded."""
    name = "sum of deficits = bad debt recorded (block by block)"
    deficits, blocks = tables["deficits"], tables["blocks"]
    if not len(blocks):
        return Identity(name, 0.0, FLOAT_BOUND_USD, "USD", NOTHING)
    order = np.argsort(deficits["block"].to_numpy(), kind="stable")
    number = deficits["block"].to_numpy()[order]
    amounts = exact(deficits["shortfall_wad"])
    running = [0]
    for row in order.tolist():
        running.append(running[-1] + amounts[row])
    upto = np.searchsorted(number, blocks["block"].to_numpy(), side="right")
    owed = np.array([running[place] / WAD for place in upto.tolist()])
    off = np.abs(owed - blocks["shortfall_usd"].to_numpy())
    off = np.where(np.isnan(off), np.inf, off)
    worst = float(off.max())
    where = "" if worst <= FLOAT_BOUND_USD else f"block {blocks['block'].iloc[int(off.argmax())]}"
    return Identity(name, worst, FLOAT_BOUND_USD, "USD", where)


def _parts(liquidations: pd.DataFrame) -> Identity:
    done = (liquidations["t0_s"].notna() & liquidations["t6_s"].notna()).to_numpy()
    total = to_microseconds(liquidations["t6_s"]) - to_microseconds(liquidations["t0_s"])
    parts = [to_microseconds(liquidations[f"part_{part}_s"]) for part, _, _ in PARTS]
    latency = to_microseconds(liquidations["latency_s"])
    off = np.abs(np.sum(parts, axis=0) - total) + np.abs(latency - total)
    off = np.where(done, off, 0)
    where = f"account {liquidations['account'].iloc[int(off.argmax())]}" if off.any() else ""
    return Identity(
        "parts of a liquidation's latency = t6 - t0", int(off.sum()), 0, "microseconds", where
    )


def _replayed_cash(accounts: pd.DataFrame) -> Identity:
    off = [
        abs(ours - theirs)
        for ours, theirs in zip(
            exact(accounts["cash_replayed_wad"]), exact(accounts["cash_chain_wad"]), strict=True
        )
    ]
    first = next((row for row, value in enumerate(off) if value), None)
    where = f"account {accounts['account'].iloc[first]}" if first is not None else ""
    name = "cash replayed from events = cash on chain"
    return Identity(name, sum(off), 0, "WAD USD", where)


def _replayed_positions(positions: pd.DataFrame) -> Identity:
    residual, where = 0, ""
    for what in ("size", "entry_price"):
        ours = exact(positions[f"{what}_replayed_wad"])
        theirs = exact(positions[f"{what}_chain_wad"])
        for row, (mine, chain) in enumerate(zip(ours, theirs, strict=True)):
            if mine != chain and not residual:
                where = f"{what} of {positions['account'].iloc[row]}"
            residual += abs(mine - chain)
    return Identity(
        "positions replayed from events = positions on chain", residual, 0, "WAD", where
    )
