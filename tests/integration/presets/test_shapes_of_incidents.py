"""What each incident is known for, beyond its objective."""

from __future__ import annotations

import numpy as np
import pytest
from preset_runs import COUNTERFACTUALS, PresetRun, PresetRuns

pytestmark = [pytest.mark.anvil, pytest.mark.slow]


def liquidated_s(run: PresetRun) -> np.ndarray:
    """When accounts were liquidated, in order."""
    times = run.tables["liquidations"]["t6_s"].dropna().to_numpy(dtype=float)
    return np.sort(times)


def test_the_feed_takes_everything_back_when_its_pinned_price_looks_fresh(
    preset_run: PresetRuns,
) -> None:
    """Venus: the guard sees a feed that stands still, not one that repeats itself."""
    pinned = "actors.oracle.faults=[{stuck: {to_s: 12_600}}]"
    guarded = "protocol.switches.staleness_guard=true"
    taken = preset_run("luna-frozen-feed-2022").summary["execution"]["toxic_flow_usd"]
    assert taken == pytest.approx(112_000, rel=0.1)  # 11.2 million, by 100
    assert preset_run("luna-frozen-feed-2022", guarded).summary["execution"]["trades"] == 0
    repeated = preset_run("luna-frozen-feed-2022", guarded, pinned).summary
    assert repeated["execution"]["toxic_flow_usd"] == pytest.approx(taken, rel=0.05)


def test_what_is_taken_at_no_impact_is_what_open_interest_allows(preset_run: PresetRuns) -> None:
    """GMX: a cap of two million lets four of ten orders in, and four tenths be taken."""
    free = preset_run("gmx-avax-2022").summary["objective"]["value"]
    capped = preset_run("gmx-avax-2022", *COUNTERFACTUALS["gmx-avax-2022"])
    assert free == pytest.approx(565_000, rel=0.1)
    assert capped.summary["objective"]["value"] / free == pytest.approx(0.4, abs=0.05)
    orders = capped.tables["transactions"]
    reverted = orders[(orders["role"] == "insider") & (orders["status"] == "reverted")]
    assert len(reverted) == 60
    assert set(reverted["reason"]) == {"OpenInterestCapExceeded"}


def test_the_fund_loses_the_share_that_it_lost(preset_run: PresetRuns) -> None:
    """dYdX: 9 of 22.5 million dollars, on 67 million of open interest; none with scaled margin."""
    run = preset_run("yfi-oi-2023").summary
    assert run["solvency"]["insurance_loss_ratio"] == pytest.approx(0.40, abs=0.05)
    assert run["solvency"]["peak_open_interest_usd"] == pytest.approx(670_000, rel=0.05)
    assert run["solvency"]["bad_debt_ratio"] == pytest.approx(9 / 67, abs=0.02)
    scaled = preset_run("yfi-oi-2023", *COUNTERFACTUALS["yfi-oi-2023"]).summary
    assert scaled["solvency"]["bad_debt_usd"] < 0.1 * run["solvency"]["bad_debt_usd"]
    assert scaled["solvency"]["peak_open_interest_usd"] < 500_000


def test_liquidations_stand_still_with_the_sequencer_and_come_after_the_grace_period(
    preset_run: PresetRuns,
) -> None:
    """Arbitrum: nothing within 78 minutes; the hub refuses prices for some time after, too."""
    outage, back = 3_600, 8_280
    for grace in (300, 1_800):
        run = preset_run("arbitrum-outage-2023", f"protocol.overrides.grace_seconds={grace}")
        times = liquidated_s(run)
        assert not ((times > outage) & (times < back + grace)).any()
        burst = (times >= back + grace) & (times < back + grace + 600)
        assert burst.sum() > 0.7 * (times > outage).sum()
    sound = preset_run("arbitrum-outage-2023", *COUNTERFACTUALS["arbitrum-outage-2023"])
    assert ((liquidated_s(sound) > outage) & (liquidated_s(sound) < back)).sum() > 10


def test_thirteen_stuffed_blocks_cost_ten_thousand_dollars_and_keep_every_player_out(
    preset_run: PresetRuns,
) -> None:
    """Fomo3D: 13 blocks, 175 seconds, for a three-hundredth of the prize."""
    run = preset_run("fomo3d-stuffing-2018")
    row = run.attack("stuffing")
    assert row["blocks_filled"] == 13
    ether_usd = float(run.tables["blocks"]["price_true_usd"].mean())
    assert row["spent_eth"] * ether_usd == pytest.approx(10_000, rel=0.1)
    assert 10_469 / row["spent_eth"] > 250
    bought = run.tables["transactions"].query("role == 'trader'")["block"].dropna()
    stuffed = run.tables["blocks"].query("gas_flood > 0.9 * gas_limit")["block"]
    assert not set(bought) & set(stuffed.iloc[:13])
    waits = run.tables["transactions"].query("role == 'trader'")["wait_s"]
    assert waits.max() > 13 * 13


@pytest.mark.parametrize("preset", ["shock-adverse", "shock-severe"])
def test_a_shock_is_as_large_as_it_was_calibrated(preset: str, preset_run: PresetRuns) -> None:
    size, vol = {"shock-adverse": (-0.0556, 2.446), "shock-severe": (-0.135, 3.669)}[preset]
    prices = preset_run(preset).tables["prices"]
    moves = np.diff(np.log(prices["true_usd"].to_numpy()))
    crash = (prices["time_s"].to_numpy()[1:] > 600) & (prices["time_s"].to_numpy()[1:] <= 612)
    assert moves[crash].sum() == pytest.approx(
        np.log1p(size), abs=4 * vol * (12 / 31_536_000) ** 0.5
    )
    assert moves[~crash].std() == pytest.approx(vol * (1 / 31_536_000) ** 0.5, rel=0.1)


def test_the_severe_shock_leaves_much_more_bad_debt_than_the_adverse_one(
    preset_run: PresetRuns,
) -> None:
    adverse, severe = (
        preset_run(name).bad_debt_ratio for name in ("shock-adverse", "shock-severe")
    )
    assert severe > 10 * adverse > 0
