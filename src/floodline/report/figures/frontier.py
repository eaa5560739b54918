"""The safe-leverage frontier: heat maps of leverage and of the margin tax, rows with intervals."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from floodline.report.figure import chart_of, rows_of
from floodline.report.study_view import StudyView
from floodline.report.theme import FACET_WIDTH, GREY, HEADER, HEIGHT, RUN_COLOURS


def leverage(study: StudyView) -> alt.TopLevelMixin | None:
    """Return the leverage that fails with each tolerated probability, by congestion and delay."""
    frame = _cells(study)
    if frame.empty:
        return None
    frame["shown"] = [
        f"{'>' if row['never_failed'] else ''}{row['leverage']:.3g}" for row in rows_of(frame)
    ]
    return _heat(study, frame, "leverage", "leverage", "viridis", ".3g")


def margin_tax(study: StudyView) -> alt.TopLevelMixin | None:
    """Return the margin that congestion takes beyond the calmest column's."""
    frame = _cells(study)
    if frame.empty or frame["margin_tax_pct"].isna().all():
        return None
    frame["shown"] = [
        "" if np.isnan(value) else f"{value:+.2f}" for value in frame["margin_tax_pct"]
    ]
    return _heat(study, frame, "margin_tax_pct", "margin tax, % of notional", "oranges", "+.2f")


def rows(study: StudyView) -> alt.TopLevelMixin | None:
    """Return each delay's leverage over congestion with its interval, and the diffusion floor."""
    frame = _cells(study)
    if frame.empty:
        return None
    highest = 2 * float(frame["leverage"].max())
    frame["low"] = frame["low"].clip(lower=float(frame["leverage"].min()) / 2)
    frame["high"] = frame["high"].replace(np.inf, highest).clip(upper=highest)
    frame["floor"] = frame["floor"].where(frame["floor"] <= highest)
    congestion, delay = _keys(study)
    base = chart_of(frame)
    colour = alt.Color(
        "delay:O", title=delay, scale=alt.Scale(range=list(RUN_COLOURS)), sort="ascending"
    )
    x = alt.X("congestion:Q", title=congestion, scale=alt.Scale(zero=False))
    y = alt.Y("leverage:Q", title="leverage (log)", scale=alt.Scale(type="log", nice=False))
    tips = _tips(congestion, delay)
    layers = [
        base.mark_line(strokeDash=[4, 3], color=GREY).encode(
            x=x, y=alt.Y("floor:Q", title="leverage (log)"), detail="delay:O"
        ),
        base.mark_rule(opacity=0.6).encode(
            x=x, y=alt.Y("low:Q", title="leverage (log)"), y2="high:Q", color=colour
        ),
        base.mark_line(point=True, strokeWidth=1.8).encode(x=x, y=y, color=colour, tooltip=tips),
    ]
    return (
        alt.layer(*layers, data=base.data)
        .properties(width=FACET_WIDTH, height=HEIGHT)
        .facet(row=alt.Row("risk:N", title=None, header=HEADER))
    )


def _cells(study: StudyView) -> pd.DataFrame:
    table = study.answers["frontier"]
    return table.assign(risk=[f"fails with probability {p:g}" for p in table["tolerance"]])


def _keys(study: StudyView) -> tuple[str, str]:
    """Return the congestion key and the delay key."""
    _, congestion, delay = study.asked_keys
    return congestion, delay


def _tips(congestion: str, delay: str) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("congestion:Q", title=congestion),
        alt.Tooltip("delay:Q", title=delay),
        alt.Tooltip("leverage:Q", format=".3g"),
        alt.Tooltip("low:Q", title="95 % from", format=".3g"),
        alt.Tooltip("high:Q", title="to", format=".3g"),
        alt.Tooltip("floor:Q", title="diffusion floor", format=",.4g"),
        alt.Tooltip("margin_tax_pct:Q", title="margin tax, %", format="+.3f"),
        alt.Tooltip("trials:Q"),
        alt.Tooltip("never_failed:N", title="nothing failed"),
    ]


def _heat(
    study: StudyView, frame: pd.DataFrame, column: str, title: str, scheme: Any, digits: str
) -> alt.TopLevelMixin:
    congestion, delay = _keys(study)
    base = chart_of(frame)
    x = alt.X("congestion:O", title=congestion, axis=alt.Axis(labelAngle=0, format="~g"))
    y = alt.Y("delay:O", title=delay.rpartition(".")[2], sort="descending")
    middle = float(frame[column].min() + frame[column].max()) / 2
    dark_is_low = scheme == "viridis"
    test = f"datum.{column} {'<' if dark_is_low else '>'} {middle!r}"
    cells = base.mark_rect().encode(
        x=x,
        y=y,
        color=alt.Color(
            f"{column}:Q",
            title=title,
            scale=alt.Scale(scheme=scheme),
            legend=alt.Legend(format=digits, orient="right"),
        ),
        tooltip=_tips(congestion, delay),
    )
    words = base.mark_text(fontSize=12).encode(
        x=x,
        y=y,
        text="shown:N",
        color=alt.condition(test, alt.value("#ffffff"), alt.value("#1f2328")),
    )
    columns = frame["congestion"].nunique()
    return (
        alt.layer(cells, words, data=base.data)
        .properties(width=min(FACET_WIDTH - 80, 130 * columns), height=alt.Step(34))
        .facet(row=alt.Row("risk:N", title=None, header=HEADER))
    )
