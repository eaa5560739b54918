"""Figures of markets, vaults and options, and where the numbers of every figure come from."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from measure_runs import made_option_run

from floodline.foundation.units import GWEI, from_wad
from floodline.measure.flat import flatten
from floodline.measure.summary import summarise
from floodline.report.catalogue import FIGURES
from floodline.report.figure import Figure, Run, chart_of, thinned
from floodline.report.figures.options import chosen, span
from floodline.report.page import Source, render, specification

PRODUCTS = {"vaults", "open-interest", "option-surface", "option-trades", "option-greeks"}


@pytest.fixture(scope="module")
def run() -> Run:
    return made_option_run("options")


def figure(key: str) -> Figure[Sequence[Run]]:
    return next(one for one in FIGURES if one.key == key)


def data_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a specification's data, which may be CSV; without what is empty."""
    found: list[dict[str, Any]] = []
    for rows in spec["datasets"].values():
        if isinstance(rows, str):
            told = pd.read_csv(io.StringIO(rows)).to_dict("records")
            found += [{str(k): v for k, v in row.items() if not pd.isna(v)} for row in told]
        else:
            found += rows
    return found


def test_a_run_with_options_and_vaults_has_their_figures(run: Run) -> None:
    drawn = {one.key for one in FIGURES if specification(one, [run])}
    assert drawn >= PRODUCTS


def test_a_page_links_each_figure_to_its_tables(run: Run) -> None:
    page = render("A run", [run], [Source(run.label, {}, "../it")])
    for one in FIGURES:
        if specification(one, [run]):
            for name in one.tables:
                assert f'<a href="../it/tables/{name}.csv">{name}.csv</a>' in page


def test_what_a_run_does_not_have_is_not_drawn(run: Run) -> None:
    names = ("vaults", "option_marks", "option_trades", "option_greeks")
    without = replace(run, tables={**run.tables, **{it: run.tables[it].iloc[:0] for it in names}})
    drawn = {one.key for one in FIGURES if specification(one, [without])}
    assert drawn & PRODUCTS == {"open-interest"}


def test_a_figure_takes_nothing_but_the_tables_that_it_names(run: Run) -> None:
    """Without all other tables it is the same; what it takes of the summary is of those too."""
    for one in FIGURES:
        whole = specification(one, [run])
        kept = {"transactions", "blocks", *one.tables}
        tables = {
            name: table if name in kept else table.iloc[:0] for name, table in run.tables.items()
        }
        only = {name: tables[name] if name in one.tables else None for name in tables}
        summary = summarise(tables)
        bare = Run(run.label, _Named(only, one.key), summary)  # type: ignore[arg-type]
        assert specification(one, [bare]) == whole, one.key


class _Named(dict[str, Any]):
    """Tables of which only those that a figure names may be asked for."""

    def __init__(self, tables: dict[str, Any], key: str) -> None:
        super().__init__(tables)
        self._key = key

    def __getitem__(self, name: str) -> Any:
        found = super().__getitem__(name)
        assert found is not None, f"figure {self._key} takes {name}, which it does not name"
        return found


# ---- every number is in a table -----------------------------------------------------------------


def cells(table: pd.DataFrame) -> Iterator[float]:
    """All numbers of a table; exact ones in units."""
    for name in table.columns:
        column = table[name]
        if name.endswith("_wad"):
            yield from (from_wad(int(value)) for value in column)
        elif pd.api.types.is_bool_dtype(column):
            continue
        elif pd.api.types.is_numeric_dtype(column):
            yield from column.to_numpy(dtype=float, na_value=np.nan)


def sums_of_options(run: Run) -> Iterator[float]:
    """Options held by strike and expiry, and what trades and liquidations cost the vault so far."""
    marks, trades = run.tables["option_marks"], run.tables["option_trades"]
    yield from (
        marks.assign(held=marks["long"] + marks["short"])
        .groupby(["block", "expiry_s", "strike_usd"])["held"]
        .sum()
    )
    filled = trades[trades["kind"] != "settlement"]
    yield from filled["toxic_usd"].cumsum()
    yield from range(10)


def fullness(run: Run) -> Iterator[float]:
    blocks = run.tables["blocks"]
    yield from blocks["gas_used"] / blocks["gas_limit"]


def of_the_summary(run: Run) -> Iterator[float]:
    """What the page's own table shows; places in a list, as the order of payers, besides."""
    yield from (float(v) for _, v in flatten(summarise(run.tables)) if isinstance(v, int | float))
    yield from range(10)


DERIVED: dict[str, Callable[[Run], Iterator[float]]] = {
    "base-fee": fullness,
    "pool": fullness,
    "payers": of_the_summary,
    "latency-parts": of_the_summary,
    "inclusion-by-tip": of_the_summary,
    "spend": of_the_summary,
    "option-surface": sums_of_options,
    "option-trades": sums_of_options,
}
FACTORS = (1.0, 1 / 60, 100.0, 1 / GWEI, 1e-6, 1e-18)
CHECKED = (
    "lanes",
    "payers",
    "latency-parts",
    "inclusion-by-tip",
    "spend",
    "price",
    "base-fee",
    "pool",
    "bad-debt",
    "balances",
    "vaults",
    "open-interest",
    "option-surface",
    "option-trades",
    "option-greeks",
)


@pytest.mark.parametrize("key", CHECKED)
def test_every_number_of_a_figure_is_in_a_table(run: Run, key: str) -> None:
    one = figure(key)
    known = [value for name in one.tables for value in cells(run.tables[name])]
    known += DERIVED.get(key, lambda _: iter(()))(run)
    there = {f"{value * factor:.6g}" for value in known for factor in FACTORS}
    spec = specification(one, [run])
    assert spec is not None
    shown = [v for row in data_of(spec) for v in row.values() if isinstance(v, int | float)]
    assert len(shown) > 5
    strange = [value for value in shown if f"{value:.6g}" not in there]
    assert strange == []


# ---- how they are drawn -------------------------------------------------------------------------


def test_long_lines_keep_their_ends_and_every_peak() -> None:
    level = np.sin(np.arange(1_000) / 40)
    level[[333, 777]] = 5, -4
    line = pd.DataFrame({"t": range(1_000), "value": level, "what": "it"})
    kept = thinned(line, ["what"], 50, "value")
    assert (kept["t"].iloc[0], kept["t"].iloc[-1]) == (0, 999)
    assert {333, 777} <= set(kept["t"])
    assert 25 < len(kept) <= 50
    assert kept["t"].is_monotonic_increasing
    few = pd.DataFrame({"value": [1, 5, 2, 0, 3], "what": "it"})
    assert thinned(few, ["what"], 4, "value")["value"].tolist() == [1, 5, 0, 3]
    assert len(thinned(line.iloc[:50], ["what"], 50, "value")) == 50


def test_many_rows_are_kept_as_csv_that_says_what_its_columns_are() -> None:
    frame = pd.DataFrame({"t": [0.5] * 80, "name": 'a, "b"', "is_it": True})
    frame.loc[5, "is_it"] = False
    frame.loc[3, "name"] = None
    frame.loc[4, "t"] = float("nan")
    chart = chart_of(frame).mark_point().encode(x="t:Q").to_dict()
    assert chart["data"]["format"]["parse"] == {"t": "number", "name": "string", "is_it": "boolean"}
    (text,) = chart["datasets"].values()
    lines = text.splitlines()
    assert lines[:2] == ["t,name,is_it", '0.5,"a, ""b""",true']
    assert (lines[4], lines[5]) == ("0.5,,true", ',"a, ""b""",true')
    assert lines[6].endswith(",false")


def test_the_surface_is_shown_first_last_and_where_it_had_moved_most(run: Run) -> None:
    marks = run.tables["option_marks"]
    found = dict(chosen(marks))
    blocks = sorted(set(marks["block"]))
    assert (found[blocks[0]], found[blocks[-1]]) == ("the first", "the last")
    level = marks.groupby("block")["volatility"].mean()
    (furthest,) = (block for block, why in found.items() if why == "the furthest from it")
    assert abs(level[furthest] - level.iloc[0]) == (level - level.iloc[0]).abs().max()
    assert chosen(marks.iloc[:0]) == []


def test_expiries_are_told_in_a_unit_that_fits() -> None:
    assert [span(value) for value in (30, 545, 7_200, 2_591_777)] == [
        "30 s",
        "9.08 min",
        "2 h",
        "30 d",
    ]


def test_every_role_and_every_market_has_its_line_of_greeks() -> None:
    two = made_option_run("two", markets=2)
    spec = specification(figure("option-greeks"), [two])
    assert spec is not None
    rows = data_of(spec)
    assert {row["role"] for row in rows} == {"book", "option_trader", "option_vault"}
    assert len({row["what"] for row in rows}) == 8


def test_two_runs_of_a_thousand_slots_and_two_option_markets_stay_below_three_megabytes() -> None:
    long = made_option_run("a-long-name-of-a-run-1-abcdef12", 1_000, markets=2, offered=4_000)
    runs = [long, replace(long, label="another-long-name-of-a-run-1-12345678")]
    page = render("Two runs", runs, [Source(each.label, {}, ".") for each in runs])
    assert len(page.encode()) < 3_000_000
