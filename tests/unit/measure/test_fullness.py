"""How full blocks are: the moments by hand, and what a base fee implies."""

import numpy as np
import pytest

from floodline.measure.fullness import (
    fullness_moments,
    fullness_of_blocks,
    implied_fullness,
)
from floodline.measure.tables import build_tables

from .run_factory import bare_record, make_record


def test_the_moments_are_those_of_the_worked_example():
    found = fullness_moments(np.array([0, 2, 0, 2, 1.0]))
    assert (found.mean, found.empty_share, found.full_share) == (1.0, 0.4, 0.4)
    assert found.sd == pytest.approx(0.8**0.5)
    assert found.lag1 == pytest.approx(-0.9045, abs=1e-4)


def test_a_series_that_never_changes_has_no_memory():
    assert fullness_moments(np.ones(9)).lag1 == 0.0


def test_a_mean_outside_the_envelope_by_more_than_two_standard_errors_is_told():
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, 400)
    assert fullness_moments(1.03 + noise).in_envelope
    assert not fullness_moments(1.2 + noise).in_envelope
    assert not fullness_moments(0.8 + noise).in_envelope


def test_a_base_fee_that_rises_by_an_eighth_implies_a_full_block():
    assert implied_fullness(np.array([8.0, 9.0, 7.875, 7.875])).tolist() == [2.0, 0.0, 1.0]


def test_blocks_are_counted_over_their_own_target():
    record = make_record()
    tables = build_tables(record)
    used = np.array([row.gas_used / row.target_gas for row in record.blocks])
    found = fullness_of_blocks(tables)
    assert found is not None
    assert found.mean == pytest.approx(used.mean())
    assert fullness_of_blocks(build_tables(bare_record())) is None
