"""Bars, forests and points of the other answers, each estimate with its interval."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from floodline.measure.statistics import mean_interval
from floodline.report.figure import Row, chart_of, rows_of
from floodline.report.study_view import StudyView
from floodline.report.theme import (
    BLUE,
    FACET_WIDTH,
    GREEN,
    GREY,
    HEADER,
    HEIGHT,
    ORANGE,
    WIDTH,
)

_ZERO = "#8A8F98"


def shapley(study: StudyView) -> alt.TopLevelMixin | None:
    """Return what making each leg ideal takes away, and what pairs do beyond their sum."""
    frame = study.answers["attribution"]
    if frame.empty:
        return None
    base = chart_of(_bounded(frame))
    y = alt.Y("legs:N", title=None, sort=list(dict.fromkeys(frame["legs"])))
    kinds = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=["leg", "interaction"], range=[BLUE, ORANGE]),
    )
    tips = [
        alt.Tooltip("legs:N"),
        alt.Tooltip("kind:N"),
        alt.Tooltip("value:Q", title="takes away", format=",.4g"),
        alt.Tooltip("low:Q", title="95 % from", format=",.4g"),
        alt.Tooltip("high:Q", title="to", format=",.4g"),
        alt.Tooltip("of_total:Q", title="of the total", format=".0%"),
        alt.Tooltip("seeds:Q"),
    ]
    x = alt.X("value:Q", title=None)
    return (
        alt.layer(
            base.mark_bar(height={"band": 0.7}, opacity=0.85).encode(
                x=x, y=y, color=kinds, tooltip=tips
            ),
            base.mark_rule(strokeWidth=1.5).encode(
                x=alt.X("low:Q", title=None), x2="high:Q", y=y, color=alt.value(GREY), tooltip=tips
            ),
            data=base.data,
        )
        .properties(width=FACET_WIDTH - 120, height=alt.Step(22))
        .facet(row=alt.Row("metric:N", title=None, header=HEADER))
        .resolve_scale(x="independent")
    )


def forest(study: StudyView) -> alt.TopLevelMixin | None:
    """Return paired differences with their intervals, before the band of the baseline's own."""
    frame = study.answers["comparison"].dropna(subset=["difference"])
    if frame.empty:
        return None
    frame = frame.assign(
        verdict=["clear" if str(value) == "True" else "not clear" for value in frame["clear"]],
        floor_low=-frame["noise_floor"],
    )
    order = list(dict.fromkeys(frame["condition"]))
    base = chart_of(_bounded(frame))
    y = alt.Y("condition:N", title=None, sort=order)
    colour = alt.Color(
        "verdict:N",
        title=None,
        scale=alt.Scale(domain=["clear", "not clear"], range=[BLUE, GREY]),
    )
    tips = [
        alt.Tooltip("condition:N"),
        alt.Tooltip("metric:N"),
        alt.Tooltip("baseline_mean:Q", title="baseline", format=",.4g"),
        alt.Tooltip("condition_mean:Q", title="with it", format=",.4g"),
        alt.Tooltip("difference:Q", format="+,.4g"),
        alt.Tooltip("low:Q", title="95 % from", format="+,.4g"),
        alt.Tooltip("high:Q", title="to", format="+,.4g"),
        alt.Tooltip("noise_floor:Q", title="A/A floor", format=",.4g"),
        alt.Tooltip("pairs:Q", title="seeds"),
        alt.Tooltip("verdict:N"),
    ]
    title = None
    return (
        alt.layer(
            base.mark_bar(color=ORANGE, opacity=0.18, height={"band": 1}).encode(
                x=alt.X("floor_low:Q", title=title), x2="noise_floor:Q", y=y
            ),
            base.mark_rule(color=_ZERO, strokeDash=[3, 3]).encode(x=alt.XDatum(0, title=None)),
            base.mark_rule(strokeWidth=2).encode(
                x=alt.X("low:Q", title=None), x2="high:Q", y=y, color=colour, tooltip=tips
            ),
            base.mark_point(filled=True, size=70, opacity=1).encode(
                x=alt.X("difference:Q", title=None), y=y, color=colour, tooltip=tips
            ),
            data=base.data,
        )
        .properties(width=FACET_WIDTH - 160, height=alt.Step(24))
        .facet(
            row=alt.Row(
                "metric:N", title=None, header=HEADER, sort=list(dict.fromkeys(frame["metric"]))
            )
        )
        .resolve_scale(x="independent")
    )


def attempts(study: StudyView) -> alt.TopLevelMixin | None:
    """Return what each attempt of an attack spent and how far it raised the goal's figure."""
    figure = goal(study)
    frame = study.answers["economics"]
    if frame.empty or f"{figure} rise" not in frame:
        return None
    plain = pd.DataFrame(
        {
            "point": frame["point"],
            "spend": frame["spend_usd"],
            "spend_low": frame["spend_low"],
            "spend_high": frame["spend_high"],
            "rise": frame[f"{figure} rise"],
            "low": frame[f"{figure} rise low"],
            "high": frame[f"{figure} rise high"],
            "price": frame[f"spend per {figure}"],
            "setting": [_setting(study, row) for row in rows_of(frame)],
            "goal": ["reaches the goal" if met else "does not" for met in frame["reaches_goal"]],
        }
    )
    base = chart_of(_bounded(plain))
    colour = alt.Color(
        "goal:N",
        title=None,
        scale=alt.Scale(domain=["reaches the goal", "does not"], range=[ORANGE, GREY]),
    )
    tips = [
        alt.Tooltip("point:Q"),
        alt.Tooltip("setting:N"),
        alt.Tooltip("spend:Q", title="spend, USD", format=",.4g"),
        alt.Tooltip("rise:Q", title=f"rise of {figure}", format=",.4g"),
        alt.Tooltip("low:Q", title="95 % from", format=",.4g"),
        alt.Tooltip("high:Q", title="to", format=",.4g"),
        alt.Tooltip("price:Q", title="USD per unit", format=",.4g"),
    ]
    x = alt.X("spend:Q", title="fees that the attack paid, USD")
    y = alt.Y("rise:Q", title=f"rise of {figure}")
    return alt.layer(
        base.mark_rule(opacity=0.5).encode(
            x=x, y=alt.Y("low:Q", title=f"rise of {figure}"), y2="high:Q", color=colour
        ),
        base.mark_rule(opacity=0.5).encode(
            x=alt.X("spend_low:Q", title="fees that the attack paid, USD"),
            x2="spend_high:Q",
            y=y,
            color=colour,
        ),
        base.mark_point(filled=True, size=70, opacity=1).encode(
            x=x, y=y, color=colour, tooltip=tips
        ),
    ).properties(width=WIDTH, height=HEIGHT + 60)


def goal(study: StudyView) -> str:
    """Return the figure that an attack was to raise."""
    return str(study.design["goal"]).partition(">")[0].strip()


def _setting(study: StudyView, row: Row) -> str:
    keys = study.asked_keys
    told = [f"{key.rsplit('.', 1)[-1]} {row[key]}" for key in keys if not pd.isna(row.get(key))]
    return ", ".join(told) or "as it stands"


def prices(study: StudyView) -> alt.TopLevelMixin | None:
    """Return what a unit of each effect cost, of the cheapest attempt that reached the goal."""
    frame = study.answers["economics"]
    if frame.empty:
        return None
    best = rows_of(frame)[0]
    figures = [
        str(name).removeprefix("spend per ")
        for name in frame.columns
        if str(name).startswith("spend per ") and not str(name).endswith((" low", " high"))
    ]
    rows = [
        {
            "effect": figure,
            "price": best[f"spend per {figure}"],
            "low": best[f"spend per {figure} low"],
            "high": best[f"spend per {figure} high"],
        }
        for figure in figures
    ]
    plain = pd.DataFrame(rows).replace([np.inf, -np.inf], np.nan).dropna(subset=["price"])
    plain = plain[plain["price"] > 0]
    if plain.empty:
        return None
    plain["low"] = plain["low"].where(plain["low"] > 0, plain["price"])
    plain["high"] = plain["high"].fillna(plain["price"])
    base = chart_of(plain)
    tips = [
        alt.Tooltip("effect:N"),
        alt.Tooltip("price:Q", title="USD per unit", format=",.4g"),
        alt.Tooltip("low:Q", title="95 % from", format=",.4g"),
        alt.Tooltip("high:Q", title="to", format=",.4g"),
    ]
    y = alt.Y("effect:N", title=None)
    x = alt.X("price:Q", title="USD of fees per unit (log)", scale=alt.Scale(type="log"))
    return alt.layer(
        base.mark_rule(strokeWidth=2, color=ORANGE).encode(
            x=alt.X("low:Q", title="USD of fees per unit (log)"), x2="high:Q", y=y, tooltip=tips
        ),
        base.mark_point(filled=True, size=70, color=ORANGE, opacity=1).encode(
            x=x, y=y, tooltip=tips
        ),
    ).properties(width=WIDTH, height=alt.Step(30))


def sensitivity(study: StudyView) -> alt.TopLevelMixin | None:
    """Return the indices of each key with their reach, largest first."""
    frame = study.answers["sensitivity"]
    if frame.empty:
        return None
    kinds = {"total": "with interactions", "first": "alone", "mu_star": "mean effect (mu*)"}
    rows = [
        {
            "key": row["key"],
            "index": kinds[name],
            "value": row[name],
            "low": row[name] - row[f"{name}_reach"],
            "high": row[name] + row[f"{name}_reach"],
        }
        for row in rows_of(frame)
        for name in kinds
        if name in frame
    ]
    plain = pd.DataFrame(rows)
    present = list(dict.fromkeys(plain["index"]))
    order = list(dict.fromkeys(plain.sort_values("value", ascending=False)["key"]))
    base = chart_of(plain)
    y = alt.Y("key:N", title=None, sort=order, axis=alt.Axis(labelLimit=320))
    offset = alt.YOffset("index:N", sort=present)
    tips = [
        alt.Tooltip("key:N"),
        alt.Tooltip("index:N"),
        alt.Tooltip("value:Q", format=",.4g"),
        alt.Tooltip("low:Q", title="95 % from", format=",.4g"),
        alt.Tooltip("high:Q", title="to", format=",.4g"),
    ]
    unit = "share of the metric's variance" if "total" in frame else "in the metric's unit"
    return alt.layer(
        base.mark_bar(opacity=0.85).encode(
            x=alt.X("value:Q", title=unit),
            y=y,
            yOffset=offset,
            color=alt.Color(
                "index:N",
                title=None,
                scale=alt.Scale(domain=present, range=[BLUE, GREEN][: len(present)]),
                legend=alt.Legend() if len(present) > 1 else None,
            ),
            tooltip=tips,
        ),
        base.mark_rule(color=GREY, strokeWidth=1.5).encode(
            x=alt.X("low:Q", title=unit), x2="high:Q", y=y, yOffset=offset, tooltip=tips
        ),
    ).properties(width=WIDTH, height=alt.Step(18 if len(present) > 1 else 26))


def swept(study: StudyView) -> alt.TopLevelMixin | None:
    """Return the objective's metric of every run, and its mean at each point."""
    metric = sweep_metric(study)
    keys = study.varied
    done = study.trials[study.trials["status"] == "complete"]
    if not keys or done.empty or metric not in done or done[metric].isna().all():
        return None
    numeric = pd.api.types.is_numeric_dtype(done[keys[0]]) and len(set(done[keys[0]])) > 1
    across = keys[0]
    other = [key for key in keys[1:] if len(set(done[key])) > 1]
    series = [
        ", ".join(f"{key.rsplit('.', 1)[-1]} {row[key]}" for key in other) or "all"
        for row in rows_of(done)
    ]
    runs = pd.DataFrame(
        {"x": done[across], "value": done[metric], "seed": done["seed"], "series": series}
    ).dropna(subset=["value"])
    few = len(set(series)) <= 6
    colour = (
        alt.Color("series:N", title=None, legend=alt.Legend() if other else None)
        if few
        else alt.value(BLUE)
    )
    kind = "Q" if numeric else "N"
    x = alt.X(f"x:{kind}", title=across)
    if numeric:
        x = x.scale(zero=False)
    y = alt.Y("value:Q", title=metric)
    layers = [
        chart_of(runs)
        .mark_point(size=18, opacity=0.45, filled=True)
        .encode(
            x=x,
            y=y,
            color=colour,
            tooltip=[
                alt.Tooltip(f"x:{kind}", title=across),
                alt.Tooltip("value:Q", title=metric, format=",.4g"),
                alt.Tooltip("seed:Q"),
                alt.Tooltip("series:N"),
            ],
        )
    ]
    means = _means(runs)
    if len(means) and few:
        tips = [
            alt.Tooltip(f"x:{kind}", title=across),
            alt.Tooltip("value:Q", title="mean", format=",.4g"),
            alt.Tooltip("low:Q", title="95 % from", format=",.4g"),
            alt.Tooltip("high:Q", title="to", format=",.4g"),
            alt.Tooltip("seeds:Q"),
        ]
        base = chart_of(means)
        layers += [
            base.mark_rule(strokeWidth=1.5).encode(
                x=x, y=alt.Y("low:Q", title=metric), y2="high:Q", color=colour, tooltip=tips
            ),
            base.mark_line(strokeWidth=1.8, point=True).encode(
                x=x, y=y, color=colour, tooltip=tips
            ),
        ]
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT + 40)


def sweep_metric(study: StudyView) -> str:
    """Return the metric that a sweep's page shows: the objective's, or the bad debt's ratio."""
    objective = study.campaign.get("objective") or {}
    return str(objective.get("metric", "bad_debt_ratio"))


def _means(runs: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (series, x), group in runs.groupby(["series", "x"], sort=True):
        if len(group) < 2:
            continue
        found = mean_interval(group["value"].to_numpy(dtype=float))
        rows.append(
            {
                "series": series,
                "x": x,
                "value": found.estimate,
                "low": found.low,
                "high": found.high,
                "seeds": found.count,
            }
        )
    return pd.DataFrame(rows)


def _bounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with open ends of intervals missing, which leaves them undrawn."""
    floats = frame.select_dtypes("float").columns
    return frame.assign(**{name: frame[name].replace([np.inf, -np.inf], np.nan) for name in floats})
