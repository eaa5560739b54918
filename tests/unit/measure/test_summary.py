"""The summary and the comparison of runs."""

from __future__ import annotations

import json

import pytest

from floodline.measure.side_by_side import format_value, side_by_side
from floodline.measure.summary import summarise
from floodline.measure.tables import build_tables

from .run_factory import bare_record, make_record


def rows_of(*runs):
    return {(row.section, row.label): row for row in side_by_side(runs)}


def test_summary_is_plain_data_with_stable_keys():
    summary = summarise(build_tables(make_record()), metric="bad_debt_ratio", below=0.01)
    assert json.loads(json.dumps(summary)) == summary
    assert list(summary) == [
        "objective",
        "identities",
        "identities_ok",
        "run",
        "network",
        "finality",
        "inclusion",
        "inclusion_by_tip",
        "oracle",
        "liquidation",
        "liveness",
        "execution",
        "orders",
        "auctions",
        "solvency",
        "economics",
        "capabilities",
    ]
    assert list(summarise(build_tables(bare_record()))) == list(summary)


def test_integers_of_the_summary_fit_64_bits():
    def integers(value):
        if isinstance(value, dict):
            return [one for inner in value.values() for one in integers(inner)]
        if isinstance(value, list):
            return [one for inner in value for one in integers(inner)]
        return [value] if isinstance(value, int) else []

    summary = summarise(build_tables(make_record()))
    assert all(abs(number) < 2**63 for number in integers(summary))


def test_summary_without_objective_has_none():
    assert summarise(build_tables(bare_record()))["objective"] is None


def test_what_the_caller_knows_comes_first():
    summary = summarise(build_tables(bare_record()), extra={"run_dir": "data/runs/x"})
    assert next(iter(summary)) == "run_dir"


def test_broken_books_show_in_the_summary():
    tables = build_tables(make_record())
    tables["blocks"].loc[0, "tx_count"] += 1
    summary = summarise(tables)
    assert not summary["identities_ok"]
    assert sum(not identity["ok"] for identity in summary["identities"]) == 1


def test_comparison_has_a_value_and_a_text_of_each_run():
    calm = summarise(build_tables(make_record(seed=1)))
    flooded = summarise(build_tables(make_record(seed=2, offered=200)))
    rows = rows_of(("calm", calm), ("flooded", flooded))
    for row in rows.values():
        assert len(row.values) == len(row.texts) == 2
    for role in ("flood", "keeper", "oracle", "trader"):
        for name in ("p50", "p95", "p99"):
            assert ("time to inclusion", f"{role} {name}") in rows
    assert rows["solvency", "bad debt"].texts == ("7.10", "7.10")
    assert rows["liquidation", "latency p50"].values == (34.0, 34.0)


def test_role_of_one_run_only_is_absent_in_the_other():
    calm, flooded = summarise(build_tables(bare_record())), summarise(build_tables(make_record()))
    row = rows_of(("calm", calm), ("flooded", flooded))["time to inclusion", "flood p50"]
    assert row.texts[0] == "-"
    assert row.texts[1] != "-"


def test_percentile_beyond_the_run_is_told_from_nothing_to_measure():
    empty, full = summarise(build_tables(bare_record())), summarise(build_tables(make_record()))
    row = rows_of(("empty", empty), ("full", full))["liquidation", "latency p95"]
    assert row.texts == ("-", "not reached")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(1234.5, "USD", "1,234.50"), (3, "", "3"), (None, "s", "-"), (0.25, "%", "0.25")],
)
def test_value_is_printed_with_the_digits_of_its_unit(value, unit, text):
    assert format_value(value, unit) == text
