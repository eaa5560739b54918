"""Stamps made monotone, parts that add up."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from floodline.campaign.record import NONE
from floodline.measure.timeline import timeline

from .run_factory import make_episode

stamp = st.one_of(st.just(NONE), st.integers(0, 10**9))


def stamped(t0, t1, t2, t3, t4, sent, t5, t6, end_us=100):
    return make_episode(
        t0_us=t0,
        t1_us=t1,
        t2_us=t2,
        t3_us=t3,
        t4_us=t4,
        winner_sent_us=sent,
        t5_us=t5,
        t6_us=t6,
        end_us=end_us if t6 == NONE else t6,
    )


def test_stamps_in_order_stay_as_they_are():
    line = timeline(stamped(0, 6, 18, 20, 22, 22, 23, 34))
    assert line.stamps_us == (0, 6, 18, 20, 22, 22, 23, 34)
    assert line.parts_us == (6, 12, 4, 0, 1, 11)
    assert line.latency_us == 34


def test_missing_middle_stamp_makes_its_part_zero():
    line = timeline(stamped(10, 30, NONE, 20, 40, 60, 90, 80))
    assert line.stamps_us == (10, 30, 30, 30, 40, 60, 80, 80)
    assert line.parts_us == (20, 0, 10, 20, 20, 0)
    assert line.latency_us == 70


def test_pull_oracle_without_any_update_puts_all_the_time_into_later_parts():
    line = timeline(stamped(10, NONE, NONE, 15, 20, 20, 21, 30))
    assert line.parts_us == (0, 0, 10, 0, 1, 9)


def test_stamp_before_t0_is_moved_to_t0():
    assert timeline(stamped(10, 3, 20, 20, 20, 20, 20, 30)).parts_us == (0, 10, 0, 0, 0, 10)


def test_spell_without_liquidation_has_stamps_as_far_as_it_came():
    line = timeline(stamped(10, 20, 30, NONE, NONE, NONE, NONE, NONE))
    assert line.stamps_us == (10, 20, 30, NONE, NONE, NONE, NONE, NONE)
    assert line.parts_us == (10, 10, NONE, NONE, NONE, NONE)
    assert line.latency_us == NONE


def test_wrongful_liquidation_has_stamps_but_no_latency():
    line = timeline(stamped(NONE, NONE, 20, 25, 26, 26, 27, 36))
    assert line.stamps_us == (NONE, NONE, 20, 25, 26, 26, 27, 36)
    assert line.latency_us == NONE
    assert line.parts_us[0] == NONE
    assert line.parts_us[-1] == 9


@given(st.integers(0, 10**9), *[stamp] * 6, st.integers(0, 10**9))
def test_parts_are_never_negative_and_add_up_exactly(t0, t1, t2, t3, t4, sent, t5, wait):
    line = timeline(stamped(t0, t1, t2, t3, t4, sent, t5, t0 + wait))
    assert all(part >= 0 for part in line.parts_us)
    assert sum(line.parts_us) == line.latency_us == wait


@given(st.integers(0, 10**9), *[stamp] * 6, st.integers(0, 10**9))
def test_stamps_of_an_unfinished_spell_never_go_back(t0, t1, t2, t3, t4, sent, t5, end):
    line = timeline(stamped(t0, t1, t2, t3, t4, sent, t5, NONE, end_us=t0 + end))
    there = [one for one in line.stamps_us if one != NONE]
    assert all(earlier <= later for earlier, later in pairwise(there))
    assert all(one <= t0 + end for one in there)


def test_a_ladder_of_replacements_is_bidding_and_not_propagation():
    line = timeline(stamped(0, 6, 18, 20, 22, 82, 83, 95))
    assert line.parts_us == (6, 12, 4, 60, 1, 12)
