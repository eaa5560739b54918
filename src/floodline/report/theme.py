"""Colours and type of every figure, in light and in dark."""

from __future__ import annotations

from typing import Any, Final

BLUE: Final = "#0072B2"
ORANGE: Final = "#D55E00"
GREEN: Final = "#009E73"
PINK: Final = "#CC79A7"
SKY: Final = "#56B4E9"
YELLOW: Final = "#E69F00"
GREY: Final = "#8A8F98"
"""The palette of Okabe and Ito (2008), told apart by all common kinds of colour vision."""

RUN_COLOURS: Final = (BLUE, ORANGE, GREEN, PINK, YELLOW, SKY)
ROLE_COLOURS: Final = {
    "flood": ORANGE,
    "keeper": GREEN,
    "oracle": BLUE,
    "trader": SKY,
    "background": GREY,
}
"""Roles keep their colours over all figures; others take what is left of the palette."""

PART_COLOURS: Final = {
    "oracle wait": SKY,
    "oracle inclusion": BLUE,
    "detection": YELLOW,
    "bidding": PINK,
    "propagation": GREY,
    "mempool": ORANGE,
}
PAYER_COLOURS: Final = {
    "insurance fund": BLUE,
    "counterparty": SKY,
    "deleveraging": YELLOW,
    "haircut": ORANGE,
    "not yet recorded": GREY,
}

WIDTH: Final = "container"
"""As wide as the page; facets cannot be, and take `FACET_WIDTH`."""
FACET_WIDTH: Final = 780
HEIGHT: Final = 220
HEADER: Final = {"labelOrient": "top", "labelAngle": 0, "labelAnchor": "start", "labelPadding": 2}
"""Heads of facets: a line above each, which long names do not overlap in."""


def config(*, dark: bool) -> dict[str, Any]:
    """Return a Vega-Lite configuration; the figures' data and marks are the same in both."""
    ink, soft, line = (
        ("#E8EAED", "#A9AFB8", "#3A4048") if dark else ("#1F2328", "#57606A", "#D8DEE4")
    )
    return {
        "background": None,
        "font": "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
        "view": {"stroke": None},
        "axis": {
            "labelColor": soft,
            "titleColor": soft,
            "titleFontWeight": "normal",
            "gridColor": line,
            "domainColor": line,
            "tickColor": line,
            "labelFontSize": 11,
            "titleFontSize": 11,
        },
        "legend": {
            "labelColor": ink,
            "titleColor": soft,
            "titleFontWeight": "normal",
            "orient": "top",
            "labelFontSize": 11,
            "titleFontSize": 11,
            "labelLimit": 260,
        },
        "header": {"labelColor": ink, "titleColor": soft, "labelFontSize": 12},
        "title": {"color": ink, "fontSize": 13},
        "text": {"color": ink},
        "range": {"category": list(RUN_COLOURS)},
    }


def colours_of(names: list[str], known: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return a domain and its colours: known names keep theirs, others take unused ones."""
    spare = [colour for colour in RUN_COLOURS if colour not in known.values()] or [GREY]
    found = []
    for name in names:
        if name in known:
            found.append(known[name])
        else:
            found.append(spare[len(found) % len(spare)])
    return names, found
