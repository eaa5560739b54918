"""A report from tables: what the first screen says, what the page holds, that it works offline."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from measure_runs import made_run

from floodline.measure.flat import flatten
from floodline.measure.objective import judge
from floodline.measure.summary import summarise
from floodline.report.catalogue import FIGURES
from floodline.report.figure import Run
from floodline.report.page import Source, render, specification
from floodline.report.story import cards, verdicts


@pytest.fixture(scope="module")
def run() -> Run:
    return made_run("made")


def page_of(*runs: Run, manifest: Mapping[str, Any] | None = None) -> str:
    return render("A run", runs, [Source(each.label, manifest or {}, ".") for each in runs])


def test_every_figure_that_has_something_to_show_is_a_valid_specification(run: Run) -> None:
    drawn = {figure.key for figure in FIGURES if specification(figure, [run])}
    assert drawn >= {"price", "base-fee", "pool", "lanes", "payers", "spend", "bad-debt"}
    for figure in FIGURES:
        spec = specification(figure, [run])
        if spec is not None:
            assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
            assert figure.title in spec["description"]


def test_a_run_without_rows_has_a_page_without_figures() -> None:
    empty = made_run("empty", blocks=0, offered=0)
    bare = replace(empty, tables={name: frame.iloc[:0] for name, frame in empty.tables.items()})
    bare = replace(bare, summary=summarise(bare.tables))
    assert "What happened" in page_of(bare)


def test_the_page_works_offline_and_is_small(run: Run) -> None:
    page = page_of(run)
    assert len(page.encode()) < 3_000_000
    before_the_scripts = page.split("<script", 1)[0]
    assert not re.search(r"<(link|img)[^>]+(src|href)=", before_the_scripts)
    assert not re.search(r"<script[^>]+src=", page)
    assert "@import" not in page
    assert "url(" not in page.split("</style>", 1)[0]


def test_the_page_says_how_to_repeat_the_run(run: Run) -> None:
    manifest = {
        "seed": 11,
        "outcome_hash": "ab" * 32,
        "command_line": ["floodline", "run", "x.yaml"],
        "campaign": {"name": "x"},
        "tools": {"anvil": "1.7.1"},
        "packages": {"numpy": "1.26.4"},
        "python": "3.11",
        "platform": "linux",
    }
    page = page_of(run, manifest=manifest)
    assert "floodline run x.yaml" in page
    assert "seed 11" in page
    assert "abababab" in page


def test_a_name_that_looks_like_markup_stays_a_name(run: Run) -> None:
    spoiled = replace(run, label="</script><b>x")
    page = page_of(spoiled)
    assert "<b>x" not in page
    specs = re.search(r'id="specs">(.*?)</script>', page, re.DOTALL)
    assert specs is not None
    assert json.loads(specs.group(1))


def test_the_verdicts_name_a_missed_objective_and_a_broken_identity(run: Run) -> None:
    missed = judge("bad_debt_usd", run.tables, below=0.0).dump()
    summary = {**run.summary, "objective": missed}
    summary["identities"] = [{**item, "ok": False} for item in summary["identities"][:1]]
    found = verdicts(replace(run, summary=summary))
    assert [verdict.good for verdict in found] == [False, False, True, None]
    assert "bad_debt_usd below 0: not met" in found[0].text
    assert "residual" in found[1].text


def test_an_interrupted_run_says_so_first(run: Run) -> None:
    found = verdicts(replace(run, summary={**run.summary, "status": "interrupted"}))
    assert found[0].good is False
    assert "interrupted" in found[0].text


def test_what_a_nodes_own_pool_distorts_is_told_on_the_first_screen(run: Run) -> None:
    node = {"name": "anvil", "distortions": ["it forgets", "it waits"]}
    before = {verdict.text for verdict in verdicts(run)}
    found = verdicts(replace(run, summary={**run.summary, "node": node}))
    told = [verdict.text for verdict in found if verdict.text not in before]
    assert [text.rpartition(": ")[2] for text in told] == ["it forgets", "it waits"]
    assert all(verdict.good is None for verdict in found if verdict.text in told)


def test_cards_have_one_value_for_each_run(run: Run) -> None:
    found = cards([run, replace(run, label="again")])
    assert all(len(card.values) == 2 for card in found)
    assert {card.label for card in found} >= {"bad debt", "base fee, peak"}


def test_every_number_of_the_first_screen_is_in_the_summary_of_the_tables(run: Run) -> None:
    """What is shown is a figure of the summary at the digits shown, or 100 times a share."""
    summary = summarise(run.tables, metric="bad_debt_usd", below=1e9)
    figures = [float(value) for _, value in flatten(summary) if isinstance(value, int | float)]
    figures.append(float(len(summary["identities"])))
    known = {
        text.replace(",", "")
        for value in figures
        for each in (abs(value), abs(100 * value))
        for text in (f"{each:.0f}", f"{each:.2f}", f"{each:.4g}", f"{each:g}")
    }
    texts = [text for card in cards([run]) for text in card.values]
    texts += [verdict.text for verdict in verdicts(run)]
    shown = [number for text in texts for number in re.findall(r"\d[\d,]*\.?\d*(?:e\+?\d+)?", text)]
    assert len(shown) >= 6
    for number in shown:
        plain = number.replace(",", "")
        assert plain in known or f"{float(plain):g}" in known, f"{number} is in no table"


def test_the_card_of_bad_debt_is_that_of_the_tables(run: Run) -> None:
    (debt,) = (card for card in cards([run]) if card.label == "bad debt")
    assert debt.values == (f"${summarise(run.tables)['solvency']['bad_debt_usd']:,.0f}",)
