"""The breaking load: the share of trials that failed by load, the curve, and its middle."""

from __future__ import annotations

import math

import altair as alt
import numpy as np
import pandas as pd

from floodline.measure.statistics import proportion_interval
from floodline.report.figure import Row, chart_of, rows_of
from floodline.report.study_view import StudyView
from floodline.report.theme import BLUE, GREY, HEIGHT, ORANGE, WIDTH

_GROUPS = 12
_POINTS = 160


def curve(study: StudyView) -> alt.TopLevelMixin | None:
    """Return trials that held and failed, shares of neighbours, the fitted curve, the interval."""
    answer = rows_of(study.answers["breaking_load"])[0]
    shares = study.answers["breakpoint"]
    if shares.empty:
        return None
    span = float(shares["load"].min()), float(shares["load"].max())
    scale = alt.Scale(
        type="log" if bool(answer["logarithmic"]) else "linear", domain=list(span), nice=False
    )
    x = alt.X("load:Q", title=str(answer["key"]), scale=scale)
    y = alt.Y("share:Q", title="share of trials that failed", axis=alt.Axis(format="%"))
    layers: list[alt.Chart] = []
    if answer["verdict"] == "found":
        layers += _threshold(answer, span, x, y)
    tips = [
        alt.Tooltip("load:Q", title="load", format=",.4g"),
        alt.Tooltip("trials:Q"),
        alt.Tooltip("failed:Q"),
        alt.Tooltip("share:Q", format=".0%"),
        alt.Tooltip("low:Q", title="95 % from", format=".0%"),
        alt.Tooltip("high:Q", title="to", format=".0%"),
    ]
    grouped = chart_of(neighbours(shares))
    layers += [
        chart_of(trials(shares))
        .mark_tick(thickness=1.5, size=12, opacity=0.7)
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "outcome:N",
                title=None,
                scale=alt.Scale(domain=["trial held", "trial failed"], range=[BLUE, ORANGE]),
            ),
            tooltip=[alt.Tooltip("load:Q", format=",.5g"), alt.Tooltip("outcome:N")],
        ),
        grouped.mark_rule(color=GREY).encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        grouped.mark_point(filled=True, size=55, color=GREY, opacity=1).encode(
            x=x, y=y, tooltip=tips
        ),
    ]
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT + 60)


def _threshold(answer: Row, span: tuple[float, float], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    low = max(float(answer["low"]), span[0])
    high = min(float(answer["high"]), span[1])
    band = pd.DataFrame([{"load": low, "to": high, "at": float(answer["load"])}])
    tips = [
        alt.Tooltip("at:Q", title="breaking load", format=",.4g"),
        alt.Tooltip("load:Q", title="95 % from", format=",.4g"),
        alt.Tooltip("to:Q", title="to", format=",.4g"),
    ]
    return [
        chart_of(band).mark_rect(color=ORANGE, opacity=0.16).encode(x=x, x2="to:Q", tooltip=tips),
        chart_of(band)
        .mark_rule(color=ORANGE, strokeDash=[5, 3])
        .encode(x=alt.X("at:Q", title=""), tooltip=tips),
        chart_of(fitted(answer, span)).mark_line(color=BLUE, strokeWidth=2).encode(x=x, y=y),
    ]


def fitted(answer: Row, span: tuple[float, float]) -> pd.DataFrame:
    """Return the curve ``1 / (1 + exp(-slope (u - u50)))``, u the load or its logarithm."""
    logarithmic = bool(answer["logarithmic"])
    spread = np.geomspace if logarithmic else np.linspace
    loads = np.unique(np.append(spread(*span, _POINTS), float(answer["load"])))
    to = np.log if logarithmic else (lambda value: value)
    middle = math.log(answer["load"]) if logarithmic else float(answer["load"])
    z = np.clip(float(answer["slope"]) * (to(loads) - middle), -60, 60)
    return pd.DataFrame({"load": loads, "share": 1 / (1 + np.exp(-z))})


def trials(shares: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each load and outcome: failures at the top, the others at the bottom."""
    rows = [
        {"load": row["load"], "share": float(failed), "outcome": f"trial {word}"}
        for row in rows_of(shares)
        for failed, word, count in (
            (True, "failed", row["failed"]),
            (False, "held", row["trials"] - row["failed"]),
        )
        if count
    ]
    return pd.DataFrame(rows)


def neighbours(shares: pd.DataFrame) -> pd.DataFrame:
    """Return neighbouring loads together, each group with its exact interval."""
    size = -(-len(shares) // _GROUPS)
    rows = []
    for start in range(0, len(shares), size):
        group = shares.iloc[start : start + size]
        count, hits = int(group["trials"].sum()), int(group["failed"].sum())
        found = proportion_interval(hits, count)
        rows.append(
            {
                "load": float((group["load"] * group["trials"]).sum() / count),
                "trials": count,
                "failed": hits,
                "share": found.estimate,
                "low": found.low,
                "high": found.high,
            }
        )
    return pd.DataFrame(rows)
