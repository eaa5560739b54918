"""A campaign changes single parameters in natural units; the Lens's arrays decode."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodline.foundation.units import wad
from floodline.protocols.reference.arrays import chunks, decode_arrays
from floodline.protocols.reference.overrides import parameter_names, with_overrides
from floodline.protocols.reference.profiles import BASE, rows


def test_ratios_dollars_and_seconds_are_given_as_such():
    changed = with_overrides(
        BASE,
        {"maintenance_scalar": 0.5, "constant_cap": 45, "max_age_strict": 90, "gate_seconds": 0},
    )
    assert changed.markets["ETH"].maintenance_scalar.value == wad("0.5")
    assert changed.markets["BTC"].maintenance_scalar.value == wad("0.5")
    assert changed.keeper.constant_cap.value == wad(45)
    assert changed.oracle.max_age_strict.value == 90
    assert changed.gate_seconds.value == 0
    assert changed.keeper.constant_cap.source == "set by the campaign"
    assert BASE.oracle.max_age_strict.value == 3_660


def test_one_market_alone_may_be_changed():
    changed = with_overrides(BASE, {"ETH.skew_scale": 1000})
    assert changed.markets["ETH"].skew_scale.value == wad(1000)
    assert changed.markets["BTC"] == BASE.markets["BTC"]


def test_a_switch_is_turned_on_by_true():
    assert with_overrides(BASE, {"cap_enabled": True}).keeper.cap_enabled.value == 1


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"maintenance_scaler": 1}, "did you mean 'maintenance_scalar'"),
        ({"DOGE.skew_scale": 1}, "no market 'DOGE'"),
        ({"ETH.gate_seconds": 1}, "no such parameter"),
        ({"taker_fee": "much"}, "not a number"),
    ],
)
def test_a_wrong_override_is_explained(overrides, words):
    with pytest.raises(ValueError, match=words):
        with_overrides(BASE, overrides)


def test_every_parameter_of_a_profile_can_be_named():
    names = parameter_names(BASE)
    assert {"skew_scale", "close_factor", "gas_units", "heartbeat", "vault_loss_share"} <= set(
        names
    )
    for name in names:
        with_overrides(BASE, {name: 1})


def test_what_is_listed_of_a_profile_is_what_can_be_overridden_with_its_own_value():
    listed = rows(BASE)
    assert {key.split(".")[-1] for key, *_ in listed} == set(parameter_names(BASE))
    same = with_overrides(BASE, {key: value for key, value, *_ in listed})
    assert [row[:3] for row in rows(same)] == [row[:3] for row in listed]
    assert all(source for *_, source in listed)


@given(st.lists(st.lists(st.integers(-(2**255), 2**255 - 1), max_size=5), max_size=4))
def test_arrays_decode_as_the_abi_lays_them_out(arrays):
    from eth_abi.abi import encode

    data = encode(["int256[]"] * len(arrays), arrays)
    assert decode_arrays(data, len(arrays)) == arrays


def test_a_truncated_answer_is_refused():
    with pytest.raises(ValueError, match="ends at byte"):
        decode_arrays((32).to_bytes(32, "big") + (5).to_bytes(32, "big"), 1)


def test_chunks_cover_everything_once():
    items = [bytes([n]) for n in range(7)]
    assert [list(chunk) for chunk in chunks(items, 3)] == [items[:3], items[3:6], items[6:]]
