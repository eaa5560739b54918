"""The pool as an order book at chosen blocks: who bids what for block space, and who stands where.

What waited is read off the transactions: arrived before the block closed, and neither in an earlier
block nor ended before. Ranks are those that were recorded, where the role was watched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import altair as alt
import numpy as np
import pandas as pd

from floodline.foundation.units import GWEI
from floodline.report.figure import Row, Run, chart_of, rows_of, stacked
from floodline.report.theme import (
    FACET_WIDTH,
    GREY,
    HEADER,
    ROLE_COLOURS,
    colours_of,
)

WATCHED: Final = ("keeper", "oracle")
"""Roles whose transactions are marked."""
_POINTS: Final = 240
_MILLION: Final = 1e6


def book(runs: Sequence[Run]) -> alt.TopLevelMixin | None:
    """Return bids by the gas that stands before them, at up to three blocks of each run."""
    steps = stacked(runs, lambda run: _panels(run, _steps))
    if steps.empty:
        return None
    marks = stacked(runs, lambda run: _panels(run, _marks))
    limits = stacked(runs, lambda run: _panels(run, _limit))
    several = len(runs) > 1
    frames = [
        frame.assign(
            panel=frame["run"] + ", " + frame["panel"] if several else frame["panel"], layer=layer
        )
        for layer, frame in (("bids", steps), ("marks", marks), ("limit", limits))
        if len(frame)
    ]
    frame = pd.concat(frames, ignore_index=True)
    base = chart_of(frame)
    x = alt.X("gas:Q", title="gas that bids more, millions")
    bids, symlog = "tip, gwei (log)", alt.Scale(type="symlog", constant=0.1)
    y = alt.Y("tip:Q", title=bids, scale=symlog)
    domain, colours = colours_of(list(WATCHED), ROLE_COLOURS)
    tips = [
        alt.Tooltip("role:N"),
        alt.Tooltip("rank:Q", format=",", title="rank"),
        alt.Tooltip("of:Q", format=",", title="of"),
        alt.Tooltip("tip:Q", title="tip, gwei", format=",.3f"),
        alt.Tooltip("gas:Q", title="gas before it, millions", format=",.2f"),
    ]
    layers = [
        base.transform_filter("datum.layer == 'bids'")
        .mark_area(interpolate="step-after", opacity=0.25, color=GREY, line={"color": GREY})
        .encode(x=x, y=alt.Y("tip:Q", title=bids, scale=symlog, stack=None)),
        base.transform_filter("datum.layer == 'limit'")
        .mark_rule(strokeDash=[5, 3], color=GREY)
        .encode(x=x, tooltip=[alt.Tooltip("gas:Q", title="what the block holds, millions")]),
        base.transform_filter("datum.layer == 'marks'")
        .mark_point(filled=True, size=60, opacity=0.9)
        .encode(
            x=x,
            y=y,
            color=alt.Color("role:N", title=None, scale=alt.Scale(domain=domain, range=colours)),
            tooltip=tips,
        ),
    ]
    return (
        alt.layer(*layers, data=base.data)
        .properties(width=FACET_WIDTH, height=130)
        .facet(row=alt.Row("panel:N", title=None, header=HEADER, sort=_order(frame)))
        .resolve_scale(x="independent", y="independent")
    )


def _order(frame: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(frame["panel"]))


def chosen(run: Run) -> list[tuple[int, str]]:
    """Return up to three blocks with the reason for each, in their order.

    The fullest pool, the most notional that waits to be liquidated, and the block at which the
    foremost keeper stood furthest back.
    """
    blocks = run.tables["blocks"]
    if not len(blocks) or not blocks["pool_pending"].max():
        return []
    found: dict[int, str] = {}

    def add(place: Any, why: str) -> None:
        block = int(blocks["block"].loc[place])
        found[block] = f"{found[block]}, {why}" if block in found else why

    add(blocks["pool_pending"].idxmax(), "the fullest pool")
    if blocks["liquidatable_notional_usd"].max() > 0:
        add(blocks["liquidatable_notional_usd"].idxmax(), "the most to liquidate")
    ranks = run.tables["pool_ranks"].merge(
        run.tables["transactions"][["tx_id", "role"]], on="tx_id"
    )
    keepers = ranks[(ranks["role"] == "keeper") & ranks["rank"].notna()]
    if len(keepers):
        foremost = keepers.groupby("block")["rank"].min()
        place = blocks.index[blocks["block"] == foremost.idxmax()]
        if len(place):
            add(place[0], f"the foremost keeper at rank {int(foremost.max()):,}")
    return sorted(found.items())


def waiting(run: Run, block: int) -> pd.DataFrame:
    """Return what could be in a block, best bid first, with the gas that stands before each.

    Columns: ``tx_id``, ``role``, ``tip`` (gwei), ``gas`` (millions, of those before it), ``rank``.
    """
    row = _block(run, block)
    rows = run.tables["transactions"]
    closed, base_fee = float(row["closed_s"]), int(row["base_fee_wei"])
    there = (rows["arrived_s"] <= closed) & (rows["lane"] != "private")
    in_block = rows["block"].notna()
    later = in_block & (rows["block"].fillna(0) >= block)
    out = ~in_block & (rows["ended_s"].isna() | (rows["ended_s"] > closed))
    pays = rows["max_fee_wei"] >= base_fee
    mine = rows[there & (later | out) & pays]
    room = mine["max_fee_wei"].to_numpy(dtype=float) - base_fee
    tip = np.minimum(mine["tip_wei"].to_numpy(dtype=float), room)
    order = np.lexsort((mine["arrived_s"].to_numpy(dtype=float), -tip))
    gas = mine["gas_limit"].to_numpy(dtype=float)[order]
    return pd.DataFrame(
        {
            "tx_id": mine["tx_id"].to_numpy()[order],
            "role": mine["role"].astype(str).to_numpy()[order],
            "tip": tip[order] / GWEI,
            "gas": (np.cumsum(gas) - gas) / _MILLION,
            "rank": np.arange(1, len(order) + 1),
        }
    )


def _block(run: Run, block: int) -> Row:
    blocks = run.tables["blocks"]
    return rows_of(blocks[blocks["block"] == block])[0]


def _panels(run: Run, make: Any) -> pd.DataFrame:
    frames = []
    for block, why in chosen(run):
        bids = waiting(run, block)
        if len(bids):
            frames.append(make(run, block, bids).assign(panel=f"block {block}: {why}"))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _steps(run: Run, block: int, bids: pd.DataFrame) -> pd.DataFrame:
    del run, block
    places = np.unique(np.linspace(0, len(bids) - 1, min(_POINTS, len(bids))).astype(int))
    return bids.iloc[places][["gas", "tip"]]


def _marks(run: Run, block: int, bids: pd.DataFrame) -> pd.DataFrame:
    mine = bids[bids["role"].isin(WATCHED)].assign(of=len(bids))
    ranks = run.tables["pool_ranks"]
    here = ranks[ranks["block"] == block].set_index("tx_id")["rank"].dropna()
    recorded = mine["tx_id"].map(here.astype(float))
    return mine.assign(rank=recorded.fillna(mine["rank"]).astype(int))


def _limit(run: Run, block: int, bids: pd.DataFrame) -> pd.DataFrame:
    """Return where the block is full, if the pool holds that much."""
    row = _block(run, block)
    limit = float(row["gas_limit"]) / _MILLION
    return pd.DataFrame({"gas": [limit]} if bids["gas"].max() >= limit else {"gas": []})
