"""Tables of markets, vaults and options from their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from floodline.campaign.record import RunRecord
from floodline.foundation.units import from_wad
from floodline.measure.column import Table
from floodline.measure.dictionary_products import (
    MARKETS,
    OPTION_GREEKS,
    OPTION_MARKS,
    OPTION_TRADES,
    VAULTS,
)
from floodline.measure.frame import build_frame


def product_tables(record: RunRecord) -> dict[str, pd.DataFrame]:
    """Return the five tables by name; those of mechanisms that a run does not have are empty.

    Parameters
    ----------
    record : RunRecord
        What the engine left behind.

    """
    rows = record.products
    return {
        "markets": _frame(
            MARKETS,
            rows.markets,
            price_age_s=[row.price_age_us for row in rows.markets],
            skew=[row.long - row.short for row in rows.markets],
            skew_usd=[(row.long - row.short) * row.true_usd for row in rows.markets],
            open_interest_usd=[(row.long + row.short) * row.true_usd for row in rows.markets],
        ),
        "option_greeks": _frame(
            OPTION_GREEKS,
            rows.option_greeks,
            net_delta=[row.delta_true + row.perpetual for row in rows.option_greeks],
        ),
        "option_marks": _frame(
            OPTION_MARKS, rows.option_marks, expiry_s=_expiry(rows.option_marks)
        ),
        "option_trades": _frame(
            OPTION_TRADES,
            rows.option_trades,
            expiry_s=_expiry(rows.option_trades),
            premium_usd=[
                from_wad(row.size_delta_wad) * from_wad(row.price_wad) for row in rows.option_trades
            ],
            toxic_usd=[
                from_wad(row.size_delta_wad) * (row.model_usd - from_wad(row.price_wad))
                for row in rows.option_trades
            ],
        ),
        "vaults": _frame(
            VAULTS,
            rows.vaults,
            utilisation=[
                row.locked_usd / row.nav_usd if row.nav_usd > 0 else float("nan")
                for row in rows.vaults
            ],
            redemptions_waiting_usd=[
                row.redemptions_waiting_shares * row.share_price_usd for row in rows.vaults
            ],
        ),
    }


def _expiry(rows: Iterable[Any]) -> list[int]:
    return [row.expiry_us for row in rows]


def _frame(table: Table, rows: Sequence[Any], **made: list[Any]) -> pd.DataFrame:
    """Return a table: columns that are made, the block's time, and the rows' own attributes."""
    values = {"time_s": [row.time_us for row in rows], **made}
    for column in table.columns:
        if column.name not in values:
            values[column.name] = [getattr(row, column.name) for row in rows]
    return build_frame(table.columns, values)
