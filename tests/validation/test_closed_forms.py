"""The closed forms give the figures that their sources give."""

from __future__ import annotations

import pytest

from floodline.validation import closed_forms as forms


@pytest.mark.parametrize(
    ("rho", "seconds"), [(0.3, 6.002), (0.6, 6.184), (0.8, 7.318), (0.9, 10.135), (0.95, 16.045)]
)
def test_fixed_slots(rho: float, seconds: float) -> None:
    assert forms.fixed_slot_wait_s(rho * 10 / 12, 10, 12) == pytest.approx(seconds, abs=5e-4)


@pytest.mark.parametrize(("rho", "seconds"), [(0.3, 12.86), (0.6, 18.94), (0.9, 67.9)])
def test_exponential_slots(rho: float, seconds: float) -> None:
    assert forms.exponential_slot_wait_s(rho * 10 / 12, 10, 12) == pytest.approx(seconds, rel=5e-4)


def test_the_tip_classes_share_the_work_of_the_one_queue() -> None:
    rates = [0.3, 0.25, 0.2]
    waits = forms.tip_class_waits_s(rates, 10, 12)
    work = sum(rate * wait for rate, wait in zip(rates, waits, strict=True))
    assert waits == sorted(waits)
    assert work / sum(rates) == pytest.approx(forms.fixed_slot_wait_s(sum(rates), 10, 12))


def test_a_queue_without_a_steady_state_is_refused() -> None:
    with pytest.raises(ValueError, match="rho"):
        forms.fixed_slot_wait_s(10 / 12, 10, 12)


@pytest.mark.parametrize(("fullness", "blocks"), [(2, 6), (1.5, 12), (1.2, 29), (1.1, 56)])
def test_lock_out(fullness: float, blocks: int) -> None:
    assert forms.lock_out_blocks(2, fullness) == blocks


@pytest.mark.parametrize(("blocks", "ether"), [(10, 0.54), (25, 4.3), (50, 86)])
def test_stuffing(blocks: int, ether: float) -> None:
    cost = forms.stuffing_cost_wei(30_000_000, 10**9, blocks)
    assert cost / 1e18 == pytest.approx(ether, rel=0.01)


def test_holding_costs_the_same_each_block() -> None:
    costs = [forms.ramp_and_hold_cost_wei(30_000_000, 10**9, 2, m) for m in (0, 1, 2)]
    assert costs[0] == forms.stuffing_cost_wei(30_000_000, 10**9, 6)
    assert costs[2] - costs[1] == pytest.approx(costs[1] - costs[0])


def test_breaking_load() -> None:
    assert [forms.breaking_load(q) for q in (0, 0.5)] == [1, 2]
    assert forms.breaking_load(0.9) == pytest.approx(10)


def test_the_fixed_block_constant_is_for_the_one_sided_fee() -> None:
    assert pytest.approx(1.7164, abs=1e-4) == forms.FIXED_BLOCK_ARBITRAGE
    assert forms.arbitrage_share(1, 1, fixed_blocks=True) == pytest.approx(0.368, abs=5e-4)
    assert forms.arbitrage_share(0.5, 1, fixed_blocks=True) == pytest.approx(0.538, abs=5e-4)
    assert forms.arbitrage_share(1, 1, fixed_blocks=False) == pytest.approx(0.414, abs=5e-4)


def test_a_longer_delay_allows_less_leverage() -> None:
    allowed = [forms.largest_safe_leverage(0.01, 0.9, delay, 0.005) for delay in (12, 24, 600)]
    assert allowed == sorted(allowed, reverse=True)
    assert allowed[1] == pytest.approx(146.5, abs=0.05)


def test_more_margin_leaves_less_bad_debt() -> None:
    chances = [forms.late_liquidation(margin, 0.001)[0] for margin in (0.0, 0.001, 0.002)]
    assert chances == pytest.approx([0.5, 0.15866, 0.02275], abs=5e-6)
