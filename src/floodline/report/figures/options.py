"""Options: the surface at single blocks, what trades were priced at, and who bears which greeks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd

from floodline.foundation.units import from_wad
from floodline.report.figure import Run, chart_of, stacked, thinned
from floodline.report.figures.panels import POINTS, axis, panels
from floodline.report.theme import (
    BLUE,
    FACET_WIDTH,
    GREEN,
    GREY,
    HEADER,
    ORANGE,
    PINK,
    RUN_COLOURS,
    SKY,
)

HOLDER_COLOURS: Final = {
    "option_vault": ORANGE,
    "book": BLUE,
    "option_trader": GREEN,
    "trader": SKY,
    "bidder": PINK,
}
_GREY_LEGEND: Final = alt.Legend(symbolFillColor=GREY, symbolStrokeColor=GREY, tickCount=3)
_PERCENT: Final = 100
_MINUTE_S: Final = 60
_HOUR_S: Final = 3_600
_DAY_S: Final = 86_400
_FILLS: Final = 600
"""The most trades that are drawn, the largest premiums first."""


def surface(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return the first market's volatility by strike and expiry at up to three blocks a run."""
    frame = stacked(runs, _smiles)
    if frame.empty:
        return None
    frame["line"] = [f"expiry {place}" for place in frame["place"]]
    if len(runs) > 1:
        frame["panel"] = frame["run"] + ", " + frame["panel"]
    else:
        frame["line"] = frame["line"] + ": " + frame["expiry"]
    rows = list(dict.fromkeys(frame["panel"]))
    expiries = list(dict.fromkeys(frame.sort_values("place")["line"]))
    base = chart_of(frame.drop(columns=["expiry_s", "place", "run"]))
    x = alt.X("strike:Q", title="strike, USD", scale=alt.Scale(zero=False))
    y = alt.Y("volatility:Q", title="volatility, %", scale=alt.Scale(zero=False))
    colour = alt.Color(
        "line:N",
        title=None,
        sort=expiries,
        scale=alt.Scale(domain=expiries, range=list(RUN_COLOURS)),
    )
    layers = [
        base.mark_line(strokeWidth=1.6).encode(x=x, y=y, color=colour),
        base.mark_point(filled=True, opacity=0.75).encode(
            x=x,
            y=y,
            color=colour,
            size=alt.Size(
                "held:Q",
                title="options held or written",
                scale=alt.Scale(range=[18, 420]),
                legend=_GREY_LEGEND,
            ),
            tooltip=[
                alt.Tooltip("panel:N", title="block"),
                alt.Tooltip("expiry:N", title="expires"),
                alt.Tooltip("strike:Q", format=",~f"),
                alt.Tooltip("volatility:Q", title="volatility, %", format=".2f"),
                alt.Tooltip("call:Q", title="call, USD", format=",.2f"),
                alt.Tooltip("put:Q", title="put, USD", format=",.2f"),
                alt.Tooltip("gamma:Q", format=".3~g"),
                alt.Tooltip("vega:Q", format=",.1f"),
                alt.Tooltip("held:Q", title="held or written", format=",.2f"),
            ],
        ),
        base.mark_rule(strokeDash=[4, 3], color=GREY).encode(
            x=alt.X("chain_usd:Q", title="strike, USD"),
            tooltip=[alt.Tooltip("chain_usd:Q", title="price on chain", format=",.2f")],
        ),
    ]
    return (
        alt.layer(*layers, data=base.data)
        .properties(width=FACET_WIDTH, height=130)
        .facet(row=alt.Row("panel:N", title=None, header=HEADER, sort=rows))
        .resolve_scale(y="independent")
    )


def chosen(marks: pd.DataFrame) -> list[tuple[int, str]]:
    """Return the first and the last sampled block, and the one whose volatility is furthest off.

    Distance is the mean over the series that are alive in both, without sign.
    """
    alive = marks[marks["volatility"].notna()]
    if alive.empty:
        return []
    level = alive.pivot_table(index="block", columns="series_id", values="volatility")
    blocks = [int(block) for block in level.index.to_numpy()]
    first, last = blocks[0], blocks[-1]
    moved = (level - level.iloc[0]).abs().mean(axis=1).fillna(0).to_numpy()
    furthest = blocks[int(moved.argmax())]
    found = {first: "the first"}
    found.setdefault(furthest, "the furthest from it")
    found.setdefault(last, "the last")
    return sorted(found.items())


def _smiles(run: Run) -> pd.DataFrame:
    table = run.tables["option_marks"]
    if not len(table):
        return pd.DataFrame()
    mine = table[(table["market"] == table["market"].iloc[0]) & table["volatility"].notna()]
    places = {expiry_s: n for n, expiry_s in enumerate(sorted(set(mine["expiry_s"])), start=1)}
    frames = []
    for block, why in chosen(mine):
        here = mine[mine["block"] == block]
        minute = float(here["time_s"].iloc[0]) / _MINUTE_S
        price = here.pivot_table(
            index=["expiry_s", "strike_usd"], columns="type", values="price_usd", observed=True
        )
        points = here.groupby(["expiry_s", "strike_usd"], observed=True).agg(
            volatility=("volatility", "first"),
            gamma=("gamma", "first"),
            vega=("vega", "first"),
            long=("long", "sum"),
            short=("short", "sum"),
            chain_usd=("chain_usd", "first"),
        )
        points = points.join(price).reset_index().rename(columns={"strike_usd": "strike"})
        points["held"] = points.pop("long") + points.pop("short")
        points["volatility"] *= _PERCENT
        points["place"] = [places[expiry_s] for expiry_s in points["expiry_s"]]
        points["expiry"] = [span(expiry_s) for expiry_s in points["expiry_s"]]
        points["panel"] = f"block {block} (minute {minute:.1f}): {why}"
        frames.append(points)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def span(seconds: float) -> str:
    """Return when after genesis, in a unit that fits: 2,591,777 s is ``30 d``."""
    for unit, name in ((_DAY_S, "d"), (_HOUR_S, "h"), (_MINUTE_S, "min")):
        if seconds >= unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds:g} s"


def trades(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return the volatility of each trade, and what the vault lost by all of them.

    Settlements are left out: they differ from the price at expiry by design where it is averaged.
    """
    frame = stacked(runs, _losses)
    fills = stacked(runs, lambda run: _fills(run, _FILLS // len(runs)))
    if frame.empty:
        return None
    layers = []
    frame = pd.concat([frame, fills], ignore_index=True) if len(fills) else frame
    base = chart_of(frame)
    names = list(dict.fromkeys(frame["run"]))
    x = alt.X("t:Q", title="minutes since genesis")
    y = alt.Y("value:Q", title=None, axis=axis(), scale=alt.Scale(zero=False))
    sides = ["bought", "written or sold"]
    if len(fills):
        layers.append(
            base.transform_filter("isValid(datum.side)")
            .mark_point(filled=True, opacity=0.7)
            .encode(
                x=x,
                y=y,
                shape=alt.Shape(
                    "side:N",
                    title=None,
                    scale=alt.Scale(domain=sides, range=["triangle-up", "triangle-down"]),
                    legend=_GREY_LEGEND,
                ),
                color=_by_run(names),
                size=alt.Size(
                    "premium:Q",
                    title="premium, USD",
                    scale=alt.Scale(range=[20, 300]),
                    legend=_GREY_LEGEND,
                ),
                tooltip=[
                    alt.Tooltip("run:N"),
                    alt.Tooltip("side:N"),
                    alt.Tooltip("series:N"),
                    alt.Tooltip("t:Q", title="minute", format=".1f"),
                    alt.Tooltip("value:Q", title="volatility, %", format=".2f"),
                    alt.Tooltip("premium:Q", title="premium, USD", format=",.2f"),
                    alt.Tooltip("fee:Q", title="fee, USD", format=",.2f"),
                    alt.Tooltip("toxic:Q", title="lost by the vault, USD", format=",.2f"),
                ],
            )
        )
    layers.append(
        base.transform_filter("!isValid(datum.side)")
        .mark_line(interpolate="step-after", strokeWidth=1.8)
        .encode(
            x=x,
            y=y,
            color=_by_run(names),
            tooltip=[
                alt.Tooltip("run:N"),
                alt.Tooltip("t:Q", title="minute", format=".1f"),
                alt.Tooltip("value:Q", title="USD", format=",.2f"),
            ],
        )
    )
    rows = [name for name in (_PAID, _LOST) if name in set(frame["what"])]
    return (
        alt.layer(*layers, data=base.data)
        .properties(width=FACET_WIDTH, height=130)
        .facet(row=alt.Row("what:N", title=None, header=HEADER, sort=rows))
        .resolve_scale(y="independent")
    )


_PAID: Final = "volatility that trades were priced at, %"
_LOST: Final = "lost by the vault, before fees, USD so far"


def _by_run(names: list[str]) -> alt.Color:
    legend = alt.Legend() if len(names) > 1 else None
    scale = alt.Scale(domain=names, range=list(RUN_COLOURS))
    return alt.Color("run:N", title=None, scale=scale, legend=legend)


def _losses(run: Run) -> pd.DataFrame:
    table = run.tables["option_trades"]
    table = table[table["kind"] != "settlement"]
    if not len(table):
        return pd.DataFrame()
    lost = table.groupby("time_s")["toxic_usd"].sum().cumsum()
    minutes = [time_s / _MINUTE_S for time_s in lost.index]
    frame = pd.DataFrame({"t": minutes, "value": lost.to_numpy(), "what": _LOST})
    return thinned(frame, ["what"], POINTS, "value")


def _fills(run: Run, most: int) -> pd.DataFrame:
    table = run.tables["option_trades"]
    mine = table[table["volatility"].notna()]
    mine = mine.loc[mine["premium_usd"].abs().nlargest(most).sort_index().index]
    if not len(mine):
        return pd.DataFrame()
    bought = [int(size) > 0 for size in mine["size_delta_wad"]]
    series = zip(mine["expiry_s"], mine["strike_usd"], mine["type"].astype(str), strict=True)
    return pd.DataFrame(
        {
            "t": mine["time_s"].to_numpy(dtype=float) / _MINUTE_S,
            "value": mine["volatility"].to_numpy(dtype=float) * _PERCENT,
            "what": _PAID,
            "side": ["bought" if one else "written or sold" for one in bought],
            "series": [f"{strike:g} {kind}, {span(expiry)}" for expiry, strike, kind in series],
            "premium": mine["premium_usd"].abs().to_numpy(dtype=float),
            "fee": [from_wad(int(fee)) for fee in mine["fee_wad"]],
            "toxic": mine["toxic_usd"].to_numpy(dtype=float),
        }
    )


def greeks(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return net delta, gamma, vega and theta by role, the vault's side among them."""
    frame = stacked(runs, _greeks)
    return panels(frame, colour="role", known=HOLDER_COLOURS, dash="run" if len(runs) > 1 else None)


def _greeks(run: Run) -> pd.DataFrame:
    table = run.tables["option_greeks"]
    if not len(table):
        return pd.DataFrame()
    held = table.groupby("market", observed=True)["value_usd"].transform(lambda it: it.abs().max())
    mine = table[held > 0]
    markets = list(dict.fromkeys(mine["market"].astype(str)))
    frames = []
    for column, what in (
        ("net_delta", "net delta, units"),
        ("gamma", "gamma, units per USD"),
        ("vega", "vega, USD per 1.00 of volatility"),
        ("theta", "theta, USD a day"),
    ):
        for market in markets:
            here = mine[mine["market"] == market]
            frames.append(
                pd.DataFrame(
                    {
                        "t": here["time_s"].to_numpy(dtype=float) / _MINUTE_S,
                        "value": here[column].to_numpy(dtype=float),
                        "what": f"{what}: {market}" if len(markets) > 1 else what,
                        "role": here["role"].astype(str).to_numpy(),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
