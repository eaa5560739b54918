"""Markets and vaults over time: what stands open, what funding costs, what a share is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import altair as alt
import pandas as pd

from floodline.report.figure import Run, stacked
from floodline.report.figures.panels import panels

_PERCENT: Final = 100
_RATE: Final = "funding rate, % a day"


def open_interest(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return open interest, skew and funding rate of each market."""
    frame = stacked(runs, _markets)
    several = not frame.empty and len(set(frame["market"])) > 1
    return panels(frame, dash="market" if several else None)


def vaults(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return net asset value, share price, utilisation and queues of each vault."""
    frame = stacked(runs, _vaults)
    several = not frame.empty and len(set(frame["vault"])) > 1
    return panels(frame, dash="vault" if several else None)


def _markets(run: Run) -> pd.DataFrame:
    table = run.tables["markets"]
    if not len(table):
        return pd.DataFrame()
    return _below_each_other(
        table,
        "market",
        {
            "open interest, USD": table["open_interest_usd"],
            "skew, USD": table["skew_usd"],
            _RATE: table["funding_rate"].astype(float) * _PERCENT,
        },
    )


def _vaults(run: Run) -> pd.DataFrame:
    table = run.tables["vaults"]
    if not len(table):
        return pd.DataFrame()
    values: dict[str, Any] = {}
    for name in sorted(set(table["vault"].astype(str)), reverse=True):
        mine = table["vault"].astype(str) == name
        values[f"net asset value, USD: {name}"] = table["nav_usd"].where(mine)
    values["share price, USD"] = table["share_price_usd"]
    values["utilisation, %"] = table["utilisation"].astype(float) * _PERCENT
    for column, what in (
        ("deposits_waiting_usd", "waiting to join, USD"),
        ("redemptions_waiting_usd", "waiting to leave, USD"),
    ):
        if table[column].max() > 0:
            values[what] = table[column]
    return _below_each_other(table, "vault", values)


def _below_each_other(table: pd.DataFrame, line: str, values: Mapping[str, Any]) -> pd.DataFrame:
    """Return one row a line, a quantity and a point in time, those that are there."""
    minutes = table["time_s"].astype(float) / 60
    named = table[line].astype(str)
    frames = [
        pd.DataFrame({"t": minutes, "value": value.astype(float), "what": what, line: named})
        for what, value in values.items()
    ]
    return pd.concat([frame.dropna(subset=["value"]) for frame in frames], ignore_index=True)
