"""Prices, base fee and pool over time: what the protocol saw, and through what it had to get."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd

from floodline.foundation.units import GWEI
from floodline.report.figure import Run, chart_of, stacked, thinned
from floodline.report.theme import GREY, HEIGHT, ORANGE, RUN_COLOURS, WIDTH

MINUTES = "minutes since genesis"
_POINTS: Final = 900
"""The most points of all lines of one kind together."""


def price(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return the true price of the first market and what the chain's feed said."""
    rows = []
    for run in runs:
        prices = run.tables["prices"]
        if not len(prices):
            continue
        first = prices["market"].iloc[0]
        mine = prices[prices["market"] == first]
        minutes = mine["time_s"].astype(float) / 60
        lines = [("on chain, " + run.label if len(runs) > 1 else "on chain", "chain_usd")]
        if run is runs[0]:
            lines.insert(0, ("true", "true_usd"))
        for name, column in lines:
            rows.append(
                pd.DataFrame({"t": minutes, "usd": mine[column].astype(float), "price": name})
            )
    if not rows:
        return None
    frame = thinned(pd.concat(rows, ignore_index=True), ["price"], _POINTS // len(runs), "usd")
    names = list(dict.fromkeys(frame["price"]))
    chart = (
        chart_of(frame)
        .mark_line(interpolate="step-after", strokeWidth=1.8)
        .encode(
            x=alt.X("t:Q", title=MINUTES),
            y=alt.Y("usd:Q", title="USD", scale=alt.Scale(zero=False)),
            color=alt.Color(
                "price:N",
                title=None,
                scale=alt.Scale(domain=names, range=[GREY, *RUN_COLOURS][: len(names)]),
            ),
            tooltip=[
                alt.Tooltip("t:Q", title="minute", format=".1f"),
                alt.Tooltip("price:N"),
                alt.Tooltip("usd:Q", title="USD", format=",.2f"),
            ],
        )
    )
    return _shaded(chart, runs)


def base_fee(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return the base fee of each block."""
    frame = stacked(runs, _blocks)
    if frame.empty:
        return None
    return _shaded(_line(frame, "base_fee", "base fee, gwei (log)", log=True), runs)


def pool(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return how many transactions waited when each block was built."""
    frame = stacked(runs, _blocks)
    if frame.empty:
        return None
    return _shaded(_line(frame, "pending", "transactions waiting", log=False), runs)


def _blocks(run: Run) -> pd.DataFrame:
    blocks = run.tables["blocks"]
    return pd.DataFrame(
        {
            "t": blocks["timestamp_s"].astype(float) / 60,
            "block": blocks["block"],
            "base_fee": blocks["base_fee_wei"].astype(float) / GWEI,
            "pending": blocks["pool_pending"],
            "fullness": blocks["gas_used"] / blocks["gas_limit"],
        }
    )


def _line(frame: pd.DataFrame, column: str, title: str, *, log: bool) -> alt.Chart:
    names = list(dict.fromkeys(frame["run"]))
    frame = thinned(frame, ["run"], _POINTS // len(names), column)
    scale = alt.Scale(type="log") if log else alt.Scale()
    axis = alt.Axis(tickCount=4, gridOpacity=0.5) if log else alt.Axis()
    return (
        chart_of(frame)
        .mark_line(strokeWidth=1.8)
        .encode(
            x=alt.X("t:Q", title=MINUTES),
            y=alt.Y(f"{column}:Q", title=title, scale=scale, axis=axis),
            color=alt.Color(
                "run:N",
                title=None,
                scale=alt.Scale(domain=names, range=list(RUN_COLOURS)),
                legend=alt.Legend() if len(names) > 1 else None,
            ),
            tooltip=[
                alt.Tooltip("run:N"),
                alt.Tooltip("block:Q"),
                alt.Tooltip("base_fee:Q", title="base fee, gwei", format=",.2f"),
                alt.Tooltip("pending:Q", title="waiting", format=","),
                alt.Tooltip("fullness:Q", title="gas used of limit", format=".0%"),
            ],
        )
    )


def flood_spans(run: Run) -> pd.DataFrame:
    """Return when each actor of the role ``flood`` offered its load, in minutes."""
    rows = run.tables["transactions"]
    mine = rows[rows["role"] == "flood"]
    if not len(mine):
        return pd.DataFrame(columns=["from", "to", "actor"])
    spans = mine.groupby("actor", observed=True)["created_s"].agg(["min", "max"]).reset_index()
    return pd.DataFrame(
        {"from": spans["min"] / 60, "to": spans["max"] / 60, "actor": spans["actor"].astype(str)}
    )


def _shaded(chart: alt.Chart, runs: Sequence[Run]) -> alt.TopLevelMixin:
    """Put the floods' spans behind a chart."""
    spans = stacked(runs, flood_spans)
    shown: alt.TopLevelMixin = chart.properties(width=WIDTH, height=HEIGHT)
    if spans.empty:
        return shown
    band = (
        chart_of(spans)
        .mark_rect(color=ORANGE, opacity=0.13)
        .encode(
            x="from:Q",
            x2="to:Q",
            tooltip=[alt.Tooltip("actor:N", title="flood"), alt.Tooltip("run:N")],
        )
    )
    return alt.layer(band, chart).properties(width=WIDTH, height=HEIGHT)
