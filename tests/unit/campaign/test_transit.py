"""Bulk transactions arrive in order of time, however they were cut into batches."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from floodline.campaign.transit import Transit


@given(
    st.lists(st.lists(st.integers(0, 100), max_size=8), max_size=6),
    st.lists(st.integers(0, 110), max_size=5),
)
def test_arrivals_come_in_order_and_none_is_lost(batches, stops):
    transit = Transit()
    first = 0
    wanted = []
    for number, batch in enumerate(batches):
        nonces = np.arange(len(batch), dtype=np.int64) if number % 2 else None
        transit.add(np.array(batch, dtype=np.int64), first, 100 + number, number, nonces)
        wanted += [
            (time, first + n, 100 + number, number, n if number % 2 else -1)
            for n, time in enumerate(batch)
        ]
        first += len(batch)
    found = []
    for stop in [*sorted(stops), 200]:
        arrivals = transit.take_until(stop)
        assert all(time <= stop for time in arrivals.times_us)
        columns = (arrivals.ids, arrivals.sizes, arrivals.values, arrivals.nonces)
        found += zip(arrivals.times_us, *columns, strict=True)
    assert found == sorted(wanted)
    assert len(transit) == 0
