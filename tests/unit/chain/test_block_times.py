"""When blocks come."""

import numpy as np
import pytest
from pydantic import ValidationError

from floodline.chain.block_times import BLOCK_TIMES
from floodline.foundation.units import SECOND_US

SLOT_US = 12 * SECOND_US


def times(name, slots=5_000, seed=3, **parameters):
    entry = BLOCK_TIMES[name]
    found = entry.build(entry.parameters(**parameters)).times_us(
        np.random.default_rng(seed), SLOT_US, slots
    )
    assert found.dtype == np.int64
    assert (np.diff(found) > 0).all()
    assert len(found) == 0 or (found[0] > 0 and found[-1] <= slots * SLOT_US)
    return found


def test_fixed_slots_end_where_slots_end():
    assert times("fixed", slots=3).tolist() == [SLOT_US, 2 * SLOT_US, 3 * SLOT_US]


def test_exponential_gaps_have_the_mean_and_the_spread_of_their_law():
    gaps = np.diff(times("exponential")) / SLOT_US
    # 5,000 gaps: the mean's standard error is 0.014, that of the standard deviation 0.02
    assert gaps.mean() == pytest.approx(1, abs=0.06)
    assert gaps.std() == pytest.approx(1, abs=0.1)
    assert (gaps > 1).mean() == pytest.approx(np.exp(-1), abs=0.035)


def test_the_number_of_exponential_blocks_is_poisson():
    counts = [len(times("exponential", slots=100, seed=seed)) for seed in range(300)]
    assert np.mean(counts) == pytest.approx(100, abs=3)
    assert np.var(counts) == pytest.approx(100, abs=42)


def test_jitter_does_not_add_up():
    found = times("jittered", jitter_s=2)
    away = (found - np.arange(1, 5_001) * SLOT_US) / SECOND_US
    assert np.abs(away).max() <= 2
    assert away.std() == pytest.approx(2 / np.sqrt(3), rel=0.03)
    assert (np.diff(found) / SECOND_US).std() == pytest.approx(2 * np.sqrt(2 / 3), rel=0.03)


def test_jitter_beyond_half_a_slot_keeps_blocks_in_order():
    assert len(times("jittered", jitter_s=1_000)) == 5_000


def test_a_share_of_slots_is_missed():
    found = times("missed_slots", share=0.1)
    assert len(found) == pytest.approx(4_500, abs=5 * np.sqrt(5_000 * 0.09))
    assert (found % SLOT_US == 0).all()


def test_an_outage_brings_no_block_and_misses_the_same_slots_otherwise():
    whole = times("missed_slots", slots=100, share=0.2)
    broken = times("missed_slots", slots=100, share=0.2, outages=[{"from_s": 240, "to_s": 600}])
    silent = (whole >= 240 * SECOND_US) & (whole < 600 * SECOND_US)
    assert silent.any()
    assert broken.tolist() == whole[~silent].tolist()


def test_an_outage_must_end_after_it_begins():
    with pytest.raises(ValidationError, match="must lie after"):
        BLOCK_TIMES["missed_slots"].parameters(outages=[{"from_s": 5, "to_s": 5}])
