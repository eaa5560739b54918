"""Fee and gas arithmetic, by the EIPs' own numbers; a real Anvil agrees in tests/integration."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodline.chain.feemarket import (
    calldata_floor_gas,
    effective_tip,
    intrinsic_gas,
    minimum_gas_limit,
    next_base_fee,
)

LIMIT = 30_000_000
TARGET = LIMIT // 2


def test_a_block_at_its_target_leaves_the_base_fee():
    assert next_base_fee(123_456_789, TARGET, LIMIT) == 123_456_789


def test_a_full_block_raises_the_base_fee_by_an_eighth():
    assert next_base_fee(8_000_000_000, LIMIT, LIMIT) == 9_000_000_000


def test_an_empty_block_lowers_the_base_fee_by_an_eighth():
    assert next_base_fee(8_000_000_000, 0, LIMIT) == 7_000_000_000


def test_a_rise_is_at_least_one_wei():
    assert next_base_fee(7, TARGET + 1, LIMIT) == 8
    assert next_base_fee(0, LIMIT, LIMIT) == 1


def test_a_fall_may_round_to_nothing():
    assert next_base_fee(7, 0, LIMIT) == 7


@given(base_fee=st.integers(0, 10**15), used=st.integers(0, LIMIT))
def test_the_base_fee_never_moves_by_more_than_an_eighth(base_fee, used):
    after = next_base_fee(base_fee, used, LIMIT)
    assert base_fee - base_fee // 8 <= after <= base_fee + max(base_fee // 8, 1)
    assert (after > base_fee) == (used > TARGET)


def test_the_tip_is_cut_by_the_fee_cap_and_may_be_negative():
    assert effective_tip(max_fee=100, max_priority_fee=3, base_fee=50) == 3
    assert effective_tip(max_fee=52, max_priority_fee=3, base_fee=50) == 2
    assert effective_tip(max_fee=40, max_priority_fee=3, base_fee=50) == -10


@pytest.mark.parametrize(
    ("data", "gas"),
    [(b"", 21_000), (b"\0", 21_004), (b"\1", 21_016), (b"\0\1" * 10, 21_200)],
)
def test_calldata_costs_four_for_a_zero_byte_and_sixteen_for_another(data, gas):
    assert intrinsic_gas(data) == gas


def test_creation_pays_for_itself_and_for_each_word_of_code():
    assert intrinsic_gas(b"\1" * 33, creates=True) == 21_000 + 32_000 + 33 * 16 + 2 * 2


def test_an_access_list_is_paid_for():
    assert intrinsic_gas(access_addresses=2, access_slots=3) == 21_000 + 4_800 + 5_700


def test_calldata_heavy_transactions_meet_the_floor():
    assert calldata_floor_gas(b"\1" * 1000) == 21_000 + 40 * 1000
    assert minimum_gas_limit(b"\1" * 1000) == 61_000
    assert minimum_gas_limit(b"\1" * 1000, creates=True) == intrinsic_gas(
        b"\1" * 1000, creates=True
    )
