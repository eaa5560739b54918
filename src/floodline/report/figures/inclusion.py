"""Inclusion: who got into blocks how soon, what a tip bought, who paid for the gas."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from floodline.foundation.units import ETHER, SECOND_US
from floodline.measure.intents import build_intents
from floodline.measure.tables import end_us
from floodline.report.figure import Run, chart_of, stacked
from floodline.report.figures.liquidations import kaplan_meier_curve
from floodline.report.theme import (
    FACET_WIDTH,
    HEIGHT,
    ROLE_COLOURS,
    RUN_COLOURS,
    WIDTH,
    colours_of,
)

_MOST_STEPS = 300


def survival_by_role(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return the share not yet in a block after so many seconds, by role (Kaplan-Meier)."""
    frame = stacked(runs, _survival)
    if frame.empty:
        return None
    domain, colours = colours_of(sorted(frame["role"].unique()), ROLE_COLOURS)
    chart = (
        chart_of(frame)
        .mark_line(interpolate="step-after", strokeWidth=1.8, clip=True)
        .encode(
            x=alt.X("seconds:Q", title="seconds since the sender wanted it"),
            y=alt.Y("share:Q", title="not yet in a block", axis=alt.Axis(format="%")),
            color=alt.Color("role:N", title=None, scale=alt.Scale(domain=domain, range=colours)),
            tooltip=[
                alt.Tooltip("role:N"),
                alt.Tooltip("seconds:Q", format=",.1f"),
                alt.Tooltip("share:Q", format=".1%"),
            ],
        )
        .properties(height=HEIGHT)
    )
    if len(runs) == 1:
        return chart.properties(width=WIDTH)
    return chart.properties(width=FACET_WIDTH).facet(row=alt.Row("run:N", title=None))


def _survival(run: Run) -> pd.DataFrame:
    rows = run.tables["transactions"]
    intents = build_intents(rows, end_us(run.tables))
    frames = []
    for code, role in enumerate(rows["role"].cat.categories):
        mine = intents.of(intents.role_code == code)
        if len(mine.wait_us):
            curve = kaplan_meier_curve(mine.wait_us / SECOND_US, mine.included)
            step = max(1, len(curve) // _MOST_STEPS)
            places = sorted({*range(0, len(curve), step), len(curve) - 1})
            frames.append(curve.iloc[places].assign(role=str(role)))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def by_tip(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return the share that got in, by tenths of the tips offered."""
    frame = stacked(runs, lambda run: pd.DataFrame(run.summary["inclusion_by_tip"]))
    if frame.empty:
        return None
    names = list(dict.fromkeys(frame["run"]))
    return (
        chart_of(frame)
        .mark_line(point=True, strokeWidth=1.8)
        .encode(
            x=alt.X("percentile:Q", title="percentile of the tips offered"),
            y=alt.Y("probability:Q", title="included", axis=alt.Axis(format="%")),
            color=alt.Color(
                "run:N",
                title=None,
                scale=alt.Scale(domain=names, range=list(RUN_COLOURS)),
                legend=alt.Legend() if len(names) > 1 else None,
            ),
            tooltip=[
                alt.Tooltip("run:N"),
                alt.Tooltip("percentile:Q"),
                alt.Tooltip("tip_wei_max:Q", title="up to, wei per gas", format=",.0f"),
                alt.Tooltip("intents:Q", format=","),
                alt.Tooltip("probability:Q", title="included", format=".1%"),
            ],
        )
        .properties(width=WIDTH, height=HEIGHT)
    )


def spend(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return what each role paid for gas, in ether."""
    frame = stacked(runs, _spend)
    if frame.empty:
        return None
    names = list(dict.fromkeys(frame["run"]))
    return (
        chart_of(frame)
        .mark_bar()
        .encode(
            x=alt.X("eth:Q", title="fees paid, ether"),
            y=alt.Y("role:N", title=None, sort="-x"),
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
                alt.Tooltip("eth:Q", title="ether", format=",.4f"),
                alt.Tooltip("usd:Q", title="USD", format=",.0f"),
                alt.Tooltip("gas:Q", format=",.0f"),
            ],
        )
        .properties(width=WIDTH, height=alt.Step(16 if len(names) > 1 else 26))
    )


def _spend(run: Run) -> pd.DataFrame:
    rows = [
        {
            "role": role,
            "eth": int(found["fees_wei"]) / ETHER,
            "usd": found["fees_usd"],
            "gas": found["gas_used"],
        }
        for role, found in run.summary["economics"]["by_role"].items()
    ]
    return pd.DataFrame(rows)
