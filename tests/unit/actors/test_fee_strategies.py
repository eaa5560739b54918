"""What an actor bids, and when it bids again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from floodline.actors.fees import FEES, FeeHistory, Fees, FeeView, legal_bump
from floodline.foundation.units import GWEI


def strategy(name, **parameters):
    entry = FEES[name]
    return entry.build(entry.parameters(**parameters))


def view(base_fee_gwei=1.0, *blocks):
    history = FeeHistory()
    for block in blocks:
        history.add(block)
    return FeeView(round(base_fee_gwei * GWEI), history)


@given(st.integers(0, 10**15), st.integers(0, 10**15), st.floats(1.0, 3.0))
def test_a_legal_bump_is_always_accepted_by_geths_rule(max_fee, tip, factor):
    new = legal_bump(Fees(max_fee, tip), factor)
    for old_field, new_field in ((max_fee, new.max_fee), (tip, new.tip)):
        assert new_field > old_field
        assert new_field >= old_field * 110 // 100


def test_a_bump_rises_by_its_factor_where_that_is_more_than_ten_percent():
    assert legal_bump(Fees(100, 10), 1.5) == Fees(150, 15)
    assert legal_bump(Fees(100, 10), 1.05) == Fees(110, 11)


def test_a_fixed_bid_stays_whatever_the_base_fee_is():
    fixed = strategy("fixed", max_fee_gwei=20, tip_gwei=2)
    assert fixed.quote(view(1)) == fixed.quote(view(500)) == Fees(20 * GWEI, 2 * GWEI)
    assert fixed.bump(Fees(1, 1), 100, view(500)) is None


def test_the_wallet_default_is_twice_the_base_fee_and_a_tip():
    assert strategy("multiple").quote(view(10)) == Fees(21 * GWEI, GWEI)


def naive_percentile(block, percent):
    """The tip in the middle of a list that holds each tip once for each gas."""
    units = [tip for tip, gas in sorted(block) for _ in range(gas)]
    at = max(1, -(-len(units) * percent // 100))
    return units[int(at) - 1]


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), min_size=1, max_size=12),
    st.integers(1, 100),
)
def test_a_percentile_is_weighted_by_gas(block, percent):
    assert view(1, block).history.percentile(percent, 1) == naive_percentile(block, percent)


def test_the_percentile_over_blocks_is_their_median_and_empty_blocks_count_as_nothing():
    blocks = ([(3, 1)], [], [(9, 1)])
    assert view(1, *blocks).history.percentile(50, 3) == 3
    assert view(1, *blocks).history.percentile(50, 1) == 9
    assert view(1).history.percentile(50, 5) == 0


def test_a_percentile_bid_never_tips_below_its_floor():
    quote = strategy("percentile", p=50, min_tip_gwei=0.5).quote(view(10))
    assert quote == Fees(20 * GWEI + GWEI // 2, GWEI // 2)


def test_an_escalating_bid_waits_its_blocks_and_then_rises_by_its_factor():
    bidder = strategy("escalating", tip_gwei=1, factor=1.25, every_blocks=3)
    first = bidder.quote(view(1))
    assert bidder.bump(first, 2, view(1)) is None
    assert bidder.bump(first, 3, view(1)) == Fees(3 * GWEI * 5 // 4, GWEI * 5 // 4)


def test_an_escalating_bid_catches_up_with_a_base_fee_that_ran_away():
    bidder = strategy("escalating", tip_gwei=1)
    raised = bidder.bump(Fees(3 * GWEI, GWEI), 1, view(100))
    assert raised.max_fee == 201 * GWEI


def test_an_escalating_bid_stops_at_its_ceiling():
    bidder = strategy("escalating", tip_gwei=1, ceiling_gwei=10)
    fees = bidder.quote(view(1))
    while (raised := bidder.bump(fees, 1, view(1))) is not None:
        assert raised.max_fee > fees.max_fee
        fees = raised
    assert fees.max_fee <= 10 * GWEI < legal_bump(fees, 1.1).max_fee


def test_a_factor_that_no_pool_would_accept_is_refused():
    with pytest.raises(ValidationError, match=r"1\.1"):
        strategy("escalating", factor=1.05)
