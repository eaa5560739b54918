"""Losses: bad debt over time, who paid for it, what was at risk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd

from floodline.foundation.units import from_wad
from floodline.report.figure import Run, chart_of, stacked, thinned
from floodline.report.figures.panels import panels
from floodline.report.theme import HEIGHT, PAYER_COLOURS, RUN_COLOURS, WIDTH, colours_of

_POINTS: Final = 600
"""The most points of the lines of all runs together."""
PAYERS = {
    "fund": "insurance fund",
    "vault": "counterparty",
    "adl": "deleveraging",
    "haircut": "haircut",
    "latent": "not yet recorded",
}


def payers(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return bad debt by who paid it, in the order of the waterfall."""
    frame = stacked(runs, _payers)
    if frame.empty:
        return None
    domain, colours = colours_of(list(PAYERS.values()), PAYER_COLOURS)
    return (
        chart_of(frame)
        .mark_bar(height=26)
        .encode(
            x=alt.X("usd:Q", title="bad debt, USD", stack="zero", axis=alt.Axis(format="~s")),
            y=alt.Y("run:N", title=None, sort=[run.label for run in runs]),
            color=alt.Color("payer:N", title=None, scale=alt.Scale(domain=domain, range=colours)),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip("run:N"),
                alt.Tooltip("payer:N", title="paid by"),
                alt.Tooltip("usd:Q", title="USD", format=",.0f"),
            ],
        )
        .properties(width=WIDTH, height=alt.Step(40))
    )


def _payers(run: Run) -> pd.DataFrame:
    paid = run.summary["solvency"]["paid_by"]
    rows = [
        {"payer": PAYERS[key], "usd": float(paid[key]), "place": place}
        for place, key in enumerate(PAYERS)
        if paid.get(key)
    ]
    return pd.DataFrame(rows)


def bad_debt(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return bad debt, recorded and latent, and the notional that waited to be liquidated."""
    frame = stacked(runs, _over_time)
    if frame.empty:
        return None
    names = list(dict.fromkeys(frame["run"]))
    frame = thinned(frame, ["run", "what"], _POINTS // len(names), "usd")
    return (
        chart_of(frame)
        .mark_line(strokeWidth=1.8)
        .encode(
            x=alt.X("t:Q", title="minutes since genesis"),
            y=alt.Y("usd:Q", title="USD", axis=alt.Axis(format="~s")),
            color=alt.Color(
                "run:N",
                title=None,
                scale=alt.Scale(domain=names, range=list(RUN_COLOURS)),
                legend=alt.Legend() if len(names) > 1 else None,
            ),
            strokeDash=alt.StrokeDash(
                "what:N", title=None, sort=["bad debt", "waiting to be liquidated"]
            ),
            tooltip=[
                alt.Tooltip("run:N"),
                alt.Tooltip("what:N"),
                alt.Tooltip("t:Q", title="minute", format=".1f"),
                alt.Tooltip("usd:Q", title="USD", format=",.0f"),
            ],
        )
        .properties(width=WIDTH, height=HEIGHT)
    )


def _over_time(run: Run) -> pd.DataFrame:
    blocks = run.tables["blocks"]
    minutes = blocks["timestamp_s"].astype(float) / 60
    return pd.concat(
        [
            pd.DataFrame({"t": minutes, "usd": blocks[column].astype(float), "what": what})
            for column, what in (
                ("bad_debt_usd", "bad debt"),
                ("liquidatable_notional_usd", "waiting to be liquidated"),
            )
        ],
        ignore_index=True,
    )


def balances(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return the cash of insurance fund and counterparty."""
    return panels(stacked(runs, _balances))


def _balances(run: Run) -> pd.DataFrame:
    blocks = run.tables["blocks"]
    minutes = blocks["timestamp_s"].astype(float) / 60
    frames = [
        pd.DataFrame({"t": minutes, "value": blocks[column].astype(float), "what": what})
        for column, what in (
            ("insurance_usd", "insurance fund, USD"),
            ("counterparty_usd", "counterparty, USD"),
        )
        if blocks[column].notna().any()
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def funding(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return what accounts received and paid in funding, by role."""
    frame = stacked(runs, _funding)
    if frame.empty:
        return None
    names = list(dict.fromkeys(frame["run"]))
    return (
        chart_of(frame)
        .mark_bar()
        .encode(
            x=alt.X("usd:Q", title="net funding received, USD"),
            y=alt.Y("role:N", title=None),
            yOffset=alt.YOffset("run:N", sort=names),
            color=alt.Color(
                "run:N",
                title=None,
                scale=alt.Scale(domain=names, range=list(RUN_COLOURS)),
                legend=alt.Legend() if len(names) > 1 else None,
            ),
            tooltip=[
                alt.Tooltip("run:N"),
                alt.Tooltip("role:N"),
                alt.Tooltip("side:N"),
                alt.Tooltip("accounts:Q"),
                alt.Tooltip("usd:Q", title="USD", format=",.2f"),
            ],
        )
        .properties(width=WIDTH, height=alt.Step(16 if len(names) > 1 else 26))
    )


def _funding(run: Run) -> pd.DataFrame:
    accounts = run.tables["accounts"]
    usd = pd.Series([from_wad(int(value)) for value in accounts["funding_wad"]], dtype=float)
    roles = accounts["role"].astype(str).reset_index(drop=True)
    rows = []
    for role in sorted(set(roles)):
        mine = usd[roles == role]
        for side, part in (("received", mine[mine > 0]), ("paid", mine[mine < 0])):
            if len(part):
                total = float(part.sum())
                rows.append({"role": role, "side": side, "usd": total, "accounts": len(part)})
    return pd.DataFrame(rows)
