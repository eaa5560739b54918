"""Virtual time runs in order of time, then of scheduling, and never backwards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodline.foundation.event_queue import EventQueue


@given(st.lists(st.integers(0, 50), max_size=60))
def test_events_run_by_time_and_equal_times_in_order_of_scheduling(times):
    queue = EventQueue()
    ran = []
    for number, time_us in enumerate(times):
        queue.at(time_us, lambda now, number=number: ran.append((now, number)))
    queue.run_until(100)
    assert ran == sorted((time_us, number) for number, time_us in enumerate(times))
    assert len(queue) == 0


def test_an_event_may_schedule_another_for_the_same_moment():
    queue = EventQueue()
    ran = []
    queue.at(5, lambda now: queue.at(now, ran.append))
    queue.run_until(5)
    assert ran == [5]


def test_events_after_the_bound_wait_and_the_clock_stands_at_the_bound():
    queue = EventQueue()
    ran = []
    queue.at(11, ran.append)
    queue.run_until(10)
    assert (ran, queue.now_us) == ([], 10)
    queue.run_until(11)
    assert ran == [11]


def test_scheduling_in_the_past_is_refused():
    queue = EventQueue()
    queue.run_until(10)
    with pytest.raises(ValueError, match="lies before now"):
        queue.at(9, lambda _now: None)
