"""Objectives: a metric by name against a bound."""

from __future__ import annotations

import pytest

from floodline.foundation.errors import AnalysisError
from floodline.measure.objective import METRICS, evaluate, judge
from floodline.measure.tables import build_tables

from .run_factory import add_block, bare_record, make_record


def test_every_metric_says_what_it_is_and_reads_both_a_run_and_an_empty_one():
    full, empty = build_tables(make_record()), build_tables(bare_record())
    for name, metric in METRICS.items():
        assert metric.description
        assert metric.unit
        assert evaluate(name, full) is None or isinstance(evaluate(name, full), (int, float))
        assert evaluate(name, empty) in (None, 0)
    assert list(METRICS) == sorted(METRICS)


def test_bound_is_kept_on_its_side_only():
    tables = build_tables(make_record())
    value = evaluate("bad_debt_usd", tables)
    assert judge("bad_debt_usd", tables, below=value + 1).met
    assert not judge("bad_debt_usd", tables, below=value).met
    assert judge("bad_debt_usd", tables, above=value - 1).met
    assert not judge("bad_debt_usd", tables, above=value).met


def test_percentile_that_is_not_reached_fails_an_upper_bound():
    record = bare_record(2)
    add_block(record, [0])
    found = judge("inclusion_p95_s", build_tables(record), below=1e9)
    assert (found.value, found.met, found.note) == (None, False, "not reached")
    assert judge("inclusion_p95_s", build_tables(record), above=1.0).met


def test_nothing_to_measure_meets_the_bound_and_says_so():
    found = judge("liquidation_latency_p95_s", build_tables(bare_record()), below=60)
    assert (found.value, found.met, found.note) == (None, True, "nothing to measure")


def test_metric_of_one_role_is_named_with_a_colon():
    record = bare_record(2)
    record.transactions["actor"][:] = [1, 3]
    add_block(record, [0])
    tables = build_tables(record)
    assert evaluate("inclusion_p95_s:keeper", tables) == 12.0
    assert evaluate("inclusion_p95_s:flood", tables) is None


def test_attempts_of_attackers_are_counted_by_role_or_all_together():
    tables = build_tables(make_record())
    attacks, sent = tables["attacks"], tables["transactions"]
    assert evaluate("attack_tried", tables) == attacks["tried"].sum() > 0
    roles = sent.loc[sent["actor"].isin(attacks["actor"]), "role"].unique()
    assert sum(evaluate(f"attack_tried:{role}", tables) for role in roles) == attacks["tried"].sum()
    assert evaluate("attack_tried:trader", tables) == 0


def test_open_interest_peaks_in_one_block():
    tables = build_tables(make_record())
    blocks = tables["blocks"]
    assert evaluate("open_interest_peak_usd", tables) == blocks["open_interest_usd"].max() > 0


def test_unknown_metric_is_refused_with_the_nearest_name():
    with pytest.raises(AnalysisError, match="bad_debt_ratio"):
        evaluate("bad_debt_ration", build_tables(bare_record()))


def test_role_where_none_belongs_is_refused():
    with pytest.raises(AnalysisError, match="takes no role"):
        evaluate("bad_debt_usd:keeper", build_tables(bare_record()))


def test_two_bounds_or_none_are_refused():
    tables = build_tables(bare_record())
    with pytest.raises(AnalysisError, match="one bound"):
        judge("bad_debt_usd", tables)
    with pytest.raises(AnalysisError, match="one bound"):
        judge("bad_debt_usd", tables, below=1, above=0)


def test_bad_debt_without_open_interest_misses_the_bound():
    record = bare_record()
    add_block(record, [], open_interest_usd=0.0, latent_bad_debt_usd=1.0)
    found = judge("bad_debt_ratio", build_tables(record), below=0.01)
    assert (found.value, found.met) == (None, False)
