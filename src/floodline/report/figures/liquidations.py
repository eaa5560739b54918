"""Liquidations: each one's timeline, where the seconds went, who waited how long."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd

from floodline.measure.timeline import PARTS
from floodline.report.figure import Run, chart_of, stacked
from floodline.report.theme import (
    FACET_WIDTH,
    HEIGHT,
    PART_COLOURS,
    RUN_COLOURS,
    WIDTH,
    colours_of,
)

MOST_LANES = 60
"""Lanes that are drawn: the largest positions."""
PART_NAMES = [name.replace("_", " ") for name, _, _ in PARTS]


def lanes(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return the largest liquidations as lanes: what each waited for, when."""
    frame = stacked(runs, _lanes)
    if frame.empty:
        return None
    order = list(dict.fromkeys(frame["account"]))
    domain, colours = colours_of(PART_NAMES, PART_COLOURS)
    chart = (
        chart_of(frame)
        .mark_bar(height={"band": 0.8})
        .encode(
            x=alt.X("from:Q", title="minutes since genesis", scale=alt.Scale(zero=False)),
            x2="to:Q",
            y=alt.Y("account:N", title=None, sort=order, axis=alt.Axis(labels=False, ticks=False)),
            color=alt.Color("part:N", title=None, scale=alt.Scale(domain=domain, range=colours)),
            tooltip=[
                alt.Tooltip("account:N"),
                alt.Tooltip("part:N"),
                alt.Tooltip("seconds:Q", format=",.1f"),
                alt.Tooltip("notional:Q", title="notional, USD", format=",.0f"),
                alt.Tooltip("latency:Q", title="latency, s", format=",.1f"),
            ],
        )
        .properties(height=alt.Step(7))
    )
    if len(runs) == 1:
        return chart.properties(width=WIDTH)
    rows = chart.properties(width=FACET_WIDTH).facet(row=alt.Row("run:N", title=None))
    return rows.resolve_scale(y="independent")


def _lanes(run: Run) -> pd.DataFrame:
    rows = run.tables["liquidations"]
    done = rows[(rows["end"] == "liquidated") & rows["latency_s"].notna()]
    done = done.nlargest(MOST_LANES, "notional_usd").sort_values(["t0_s", "account"])
    parts = []
    for number, (_, row) in enumerate(done.iterrows()):
        at = float(row["t0_s"])
        for (part, _, _), name in zip(PARTS, PART_NAMES, strict=True):
            seconds = float(row[f"part_{part}_s"])
            if seconds > 0:
                parts.append(
                    {
                        "account": f"{row['account']} ({row['market']}, {number + 1})",
                        "part": name,
                        "from": at / 60,
                        "to": (at + seconds) / 60,
                        "seconds": seconds,
                        "notional": float(row["notional_usd"]),
                        "latency": float(row["latency_s"]),
                    }
                )
            at += seconds
    return pd.DataFrame(parts)


def parts(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return the mean seconds of each part of the latency, stacked."""
    frame = stacked(runs, _parts)
    if frame.empty:
        return None
    domain, colours = colours_of(PART_NAMES, PART_COLOURS)
    return (
        chart_of(frame)
        .mark_bar(height=26)
        .encode(
            x=alt.X("seconds:Q", title="mean seconds of those liquidated", stack="zero"),
            y=alt.Y("run:N", title=None, sort=[run.label for run in runs]),
            color=alt.Color("part:N", title=None, scale=alt.Scale(domain=domain, range=colours)),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip("run:N"),
                alt.Tooltip("part:N"),
                alt.Tooltip("seconds:Q", format=",.1f"),
                alt.Tooltip("share:Q", format=".0%"),
            ],
        )
        .properties(width=WIDTH, height=alt.Step(40))
    )


def _parts(run: Run) -> pd.DataFrame:
    found = run.summary["liquidation"]["parts"]
    rows = [
        {"part": name, "seconds": found[part]["mean_s"], "share": found[part]["share"], "place": n}
        for n, ((part, _, _), name) in enumerate(zip(PARTS, PART_NAMES, strict=True))
        if found[part]["mean_s"] is not None
    ]
    return pd.DataFrame(rows)


def survival(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return the share of spells not yet liquidated after so many seconds (Kaplan-Meier)."""
    frame = stacked(runs, _survival)
    if frame.empty:
        return None
    names = list(dict.fromkeys(frame["run"]))
    return (
        chart_of(frame)
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=alt.X("seconds:Q", title="seconds under maintenance margin at the true price"),
            y=alt.Y("share:Q", title="not yet liquidated", axis=alt.Axis(format="%")),
            color=alt.Color(
                "run:N",
                title=None,
                scale=alt.Scale(domain=names, range=list(RUN_COLOURS)),
                legend=alt.Legend() if len(names) > 1 else None,
            ),
            tooltip=[
                alt.Tooltip("run:N"),
                alt.Tooltip("seconds:Q", format=",.1f"),
                alt.Tooltip("share:Q", title="not yet liquidated", format=".1%"),
            ],
        )
        .properties(width=WIDTH, height=HEIGHT)
    )


def _survival(run: Run) -> pd.DataFrame:
    rows = run.tables["liquidations"]
    rows = rows[rows["t0_s"].notna()]
    if not len(rows):
        return pd.DataFrame()
    return kaplan_meier_curve(
        (rows["end_s"] - rows["t0_s"]).to_numpy(dtype=float),
        (rows["end"] == "liquidated").to_numpy(),
    )


def kaplan_meier_curve(
    durations_s: npt.NDArray[np.float64], observed: npt.NDArray[np.bool_]
) -> pd.DataFrame:
    """Return a survival curve as columns ``seconds`` and ``share``, from (0, 1) on.

    It goes on to the longest spell, also where that one was still open at the end.
    """
    from lifelines import KaplanMeierFitter  # noqa: PLC0415 - a second to import

    fitted = KaplanMeierFitter().fit(durations_s, event_observed=observed)
    curve = fitted.survival_function_
    frame = pd.DataFrame({"seconds": curve.index.to_numpy(), "share": curve.to_numpy()[:, 0]})
    steps = ~frame["share"].duplicated()
    steps.iloc[-1] = True
    return frame[steps]
