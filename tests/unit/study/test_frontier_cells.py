"""The frontier's closed form, its choice of trials, and where it looks closer."""

from __future__ import annotations

import math

import numpy as np
import pytest

from floodline.study.answer_tables import COLUMNS
from floodline.study.design import parse_vary
from floodline.study.frontier import (
    Cell,
    Frontier,
    FrontierPlan,
    diffusion_floor,
    frontier_table,
    knees,
    next_leverages,
)

PLAN = FrontierPlan(
    parse_vary("book.leverage.constant=2:40"),
    parse_vary("actors.flood.arrival.load=1:4:4"),
    parse_vary("actors.oracle.delay_s=60,600"),
    (0.05, 0.2),
    36,
    1,
    0.0,
)


def safe_up_to(leverage: float, congestion: float, delay: float = 60.0) -> Cell:
    """Return a cell whose every trial above a leverage failed, with all its trials done."""
    cell = Cell(congestion, delay)
    while True:
        batch = next_leverages(cell, PLAN)
        if not batch:
            return cell
        cell.asked += len(batch)
        cell.leverages += batch
        cell.failed += [level > leverage for level in batch]


def test_the_floor_is_that_of_the_worked_example() -> None:
    assert diffusion_floor(0.05, 0.9, 3600, 0.0) == pytest.approx(63.2, abs=0.05)
    assert diffusion_floor(0.05, 0.9, 0, 0.02) == pytest.approx(50)
    assert diffusion_floor(0.05, 0.9, 0, 0) == math.inf


def test_the_floor_is_where_a_diffusion_loses_its_margin_with_the_tolerated_probability() -> None:
    vol, delay_s, tolerance = 2.0, 1800.0, 0.1
    margin = 1 / diffusion_floor(tolerance, vol, delay_s, 0.0)
    moves = np.random.default_rng(1).normal(0, vol * math.sqrt(delay_s / 31_536_000), 200_000)
    assert np.mean(moves < -margin) == pytest.approx(tolerance, abs=0.003)


def test_a_cell_uses_its_trials_and_no_more_and_closes_in_on_its_leverage() -> None:
    cell = safe_up_to(11.0, 1.0)
    assert len(cell.leverages) == 36
    found = cell.at(0.2)
    assert found is not None
    assert found.holds(11.0)
    assert found.high / found.low < 1.3
    assert cell.leverages[0] == 2.0
    assert 40.0 in cell.leverages


def test_it_looks_closer_where_the_frontier_falls_and_nowhere_else() -> None:
    row = [safe_up_to(level, c) for c, level in ((1, 20), (2, 20), (3, 8), (4, 7.5))]
    assert knees(row, 0.2, PLAN.congestion) == [2.5]
    flat = [safe_up_to(20, c) for c in (1, 2, 3, 4)]
    assert knees(flat, 0.2, PLAN.congestion) == []


def test_the_margin_tax_is_the_margin_beyond_the_calm_columns() -> None:
    table = frontier_table([safe_up_to(20, 1), safe_up_to(10, 4)], PLAN, 0.9)
    worst = table[(table["congestion"] == 4) & (table["tolerance"] == 0.2)].iloc[0]
    assert worst["margin_tax_pct"] == pytest.approx(5.0, abs=0.6)
    assert (table[table["congestion"] == 1]["margin_tax_pct"] == 0).all()
    assert set(table.columns) == set(COLUMNS["frontier"])  # each of them is described


def test_a_leverage_above_what_diffusion_allows_is_noticed() -> None:
    table = frontier_table([safe_up_to(20, 1)], PLAN, 200.0)
    assert (table["floor"] < 20).any()
    assert len(Frontier(table, [], 36).above_floor)
    assert not len(Frontier(frontier_table([safe_up_to(20, 1)], PLAN, 0.5), [], 36).above_floor)
