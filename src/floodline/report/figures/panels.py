"""Several quantities over time, one panel below the other, each with an axis of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import altair as alt
import pandas as pd

from floodline.report.figure import chart_of, thinned
from floodline.report.theme import FACET_WIDTH, HEADER, RUN_COLOURS, colours_of

POINTS: Final = 240
"""The most points of one line."""
ROWS: Final = 3_600
"""The most points of all lines together."""
_FEWEST: Final = 60
"""What a line keeps however many there are."""
_MANY: Final = 4
"""From so many panels on they are lower."""
NUMBERS: Final = "abs(datum.value) < 1 ? format(datum.value, '~g') : format(datum.value, '~s')"
"""How axes write numbers: thousands and millions by their prefix, thousandths not as ``m``."""


def axis() -> alt.Axis:
    """Return an axis of few ticks for quantities of any size."""
    return alt.Axis(labelExpr=NUMBERS, tickCount=4)


def panels(
    frame: pd.DataFrame,
    *,
    colour: str = "run",
    known: Mapping[str, str] | None = None,
    dash: str | None = None,
) -> alt.TopLevelMixin | None:
    """Return a chart of the columns ``t`` (minutes), ``value`` and ``what``, in the rows' order.

    Parameters
    ----------
    frame : DataFrame
        Rows in the order of time; values that are not there are left out.
    colour : str
        The column that colours tell apart.
    known : mapping, optional
        Colours that some of its values always have.
    dash : str, optional
        The column that dashes tell apart.

    """
    if frame.empty:
        return None
    frame = frame[frame["value"].notna()]
    if frame.empty:
        return None
    lines = [name for name in frame.columns if name not in {"t", "value"}]
    rows = list(dict.fromkeys(frame["what"]))
    names, colours = colours_of(list(dict.fromkeys(frame[colour])), dict(known or {}))
    if known is None:
        colours = list(RUN_COLOURS)
    most = min(POINTS, max(_FEWEST, ROWS // frame.groupby(lines, observed=True).ngroups))
    extra = [name for name in lines if name not in {"what", "run", colour, dash}]
    tips = list(dict.fromkeys(["run", colour, *([dash] if dash else []), *extra]))
    encodings: dict[str, alt.StrokeDash] = {}
    if dash is not None:
        sort = list(dict.fromkeys(frame[dash]))
        legend = alt.Legend() if len(sort) > 1 else None
        encodings["strokeDash"] = alt.StrokeDash(f"{dash}:N", title=None, sort=sort, legend=legend)
    return (
        chart_of(thinned(frame, lines, most, "value"))
        .mark_line(strokeWidth=1.8)
        .encode(
            x=alt.X("t:Q", title="minutes since genesis"),
            y=alt.Y("value:Q", title=None, axis=axis(), scale=alt.Scale(zero=False)),
            color=alt.Color(
                f"{colour}:N",
                title=None,
                scale=alt.Scale(domain=names, range=colours),
                legend=alt.Legend() if len(names) > 1 else None,
            ),
            tooltip=[
                *(alt.Tooltip(f"{name}:N") for name in tips),
                alt.Tooltip("what:N"),
                alt.Tooltip("t:Q", title="minute", format=".1f"),
                alt.Tooltip("value:Q", format=",.6~g"),
            ],
            **encodings,
        )
        .properties(width=FACET_WIDTH, height=110 if len(rows) < _MANY else 86)
        .facet(row=alt.Row("what:N", title=None, header=HEADER, sort=rows))
        .resolve_scale(y="independent")
    )
