"""Hyperliquid's preset beside the record of its cascade, second by second."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from preset_runs import PresetRun, PresetRuns

pytestmark = [pytest.mark.anvil, pytest.mark.slow]
PRESET = "hyperliquid-2025-10-10"
PAGE = Path(__file__).parents[3] / "docs" / "presets.md"
OTHER_BOOKS = ("seed=11", "seed=12")
"""The price's path was fitted on another book: these are out of sample."""
RECORD = Path(__file__).parents[3] / "data" / "reference" / "hyperliquid-2025-10-10.csv"
Seconds = npt.NDArray[np.float64]


def recorded() -> tuple[Seconds, Seconds]:
    """Seconds of all liquidations and of all auto-deleveragings, from the first liquidation."""
    table = pd.read_csv(RECORD, comment="#")
    times = table["second"].to_numpy(dtype=float)
    return np.repeat(times, table["liquidations"]), np.repeat(times, table["auto_deleveragings"])


def simulated(run: PresetRun) -> tuple[Seconds, Seconds]:
    """The same of the run: positions closed, and those that were closed against winners."""
    sold = run.tables["liquidations"].query("end == 'liquidated'")["t6_s"].to_numpy(dtype=float)
    deficits = run.tables["deficits"]
    taken = np.array([int(amount) > 0 for amount in deficits["adl_wad"]], dtype=bool)
    deleveraged = deficits["time_s"].to_numpy(dtype=float)[taken]
    every = np.sort(np.concatenate([sold, deleveraged]))
    return every - every[0], deleveraged - every[0]


def largest_gap(one: Seconds, other: Seconds) -> float:
    """The largest distance between two cumulative shares (Kolmogorov and Smirnov)."""
    grid = np.arange(720)
    shares = [np.searchsorted(np.sort(t), grid, side="right") / len(t) for t in (one, other)]
    return float(np.abs(shares[0] - shares[1]).max())


def test_the_record_is_what_it_is_said_to_be() -> None:
    liquidations, deleveragings = recorded()
    assert (len(liquidations), len(deleveragings)) == (63_637, 34_983)
    assert deleveragings.min() == 61


def test_deleveraging_begins_a_minute_after_the_first_liquidation(preset_run: PresetRuns) -> None:
    _, deleveraged = simulated(preset_run(PRESET))
    assert deleveraged.min() == pytest.approx(61.7, abs=4)


def test_the_cascade_runs_as_the_record_has_it(preset_run: PresetRuns) -> None:
    """Liquidations are fitted by the price's path; deleveraging follows from the fund's end."""
    every, deleveraged = simulated(preset_run(PRESET))
    liquidations, deleveragings = recorded()
    assert largest_gap(every, liquidations) < 0.2
    assert largest_gap(deleveraged, deleveragings) < 0.4
    share = len(deleveraged) / len(every)
    assert share == pytest.approx(len(deleveragings) / len(liquidations), abs=0.15)


def by_four_seconds(times: Seconds) -> npt.NDArray[np.int64]:
    """Events in each four seconds of the record's 260 from the first of them."""
    inside = times[times <= 320]
    return np.bincount(((inside - inside.min()) // 4).astype(int), minlength=65)


def busiest_fifth(times: Seconds) -> float:
    """The share of all events that falls into the busiest fifth of the time."""
    counts = by_four_seconds(times)
    return float(np.sort(counts)[::-1][:13].sum() / counts.sum())


def test_deleveraging_comes_in_bursts(preset_run: PresetRuns) -> None:
    """Two fifths of it and more fall into a fifth of the time; the record is burstier still."""
    for times in (simulated(preset_run(PRESET))[1], recorded()[1]):
        assert busiest_fifth(times) > 0.4
        assert (by_four_seconds(times) == 0).sum() >= 18


def figures(run: PresetRun) -> list[float]:
    """What the page compares, of a run."""
    every, deleveraged = simulated(run)
    liquidations, deleveragings = recorded()
    paid = run.summary["solvency"]["paid_by"]
    return [
        largest_gap(every, liquidations),
        float(deleveraged.min()),
        largest_gap(deleveraged, deleveragings),
        len(deleveraged) / len(every),
        busiest_fifth(deleveraged),
        paid["adl"] / run.summary["solvency"]["bad_debt_usd"],
    ]


def test_the_page_tells_what_is_fitted_and_what_is_predicted_and_by_how_much_it_fails(
    preset_run: PresetRuns,
) -> None:
    liquidations, deleveragings = recorded()
    known = ["0", "61.7", "0", len(deleveragings) / len(liquidations), busiest_fifth(deleveragings)]
    record = [each if isinstance(each, str) else f"{each:.2f}" for each in known] + ["28"]
    runs = [figures(preset_run(PRESET, *change)) for change in [(), *((c,) for c in OTHER_BOOKS)]]
    table = PAGE.read_text(encoding="utf-8").split("<!-- cascade -->")[1].split("<!-- /")[0]
    lines = [line for line in table.strip().splitlines() if line.startswith("|")][2:]
    for line, told, values in zip(lines, record, zip(*runs, strict=True), strict=True):
        made = [told, *(f"{value:.2f}" for value in values)]
        assert [cell.strip() for cell in line.strip("|").split("|")][1:5] == made


def test_the_cascade_of_another_book_runs_as_the_record_has_it_too(preset_run: PresetRuns) -> None:
    for change in OTHER_BOOKS:
        liquidated, first_s, deleveraged, share, _, _ = figures(preset_run(PRESET, change))
        assert liquidated < 0.2
        assert first_s == pytest.approx(61.7, abs=4)
        assert deleveraged < 0.4
        assert share == pytest.approx(0.55, abs=0.1)


@pytest.mark.parametrize("fund_usd", [2_500, 10_000])
def test_the_time_of_the_first_deleveraging_hangs_on_the_price_and_not_on_the_fund(
    preset_run: PresetRuns, fund_usd: int
) -> None:
    _, deleveraged = simulated(preset_run(PRESET, f"protocol.insurance_usd={fund_usd}"))
    assert deleveraged.min() == pytest.approx(61.7, abs=8)


def test_the_fund_pays_first_and_is_empty_when_winners_pay(preset_run: PresetRuns) -> None:
    run = preset_run(PRESET)
    solvency = run.summary["solvency"]
    assert solvency["insurance_loss_ratio"] > 0.9
    assert solvency["paid_by"]["adl"] > 5 * solvency["paid_by"]["fund"] > 0
    blocks = run.tables["blocks"]
    first = run.tables["deficits"]["block"].min()
    assert blocks.set_index("block")["insurance_usd"].loc[: first - 1].min() > 4_000


def test_pro_rata_takes_a_little_of_many_winners_and_the_queue_much_of_few(
    preset_run: PresetRuns,
) -> None:
    def winners(run: PresetRun) -> tuple[int, int]:
        """How many shorts were cut, and how many of them to nothing."""
        held = run.tables["positions"].set_index("account")["size_chain_wad"].map(int)
        accounts = run.tables["accounts"].query("role == 'book'")
        hit = accounts[(accounts["realised_pnl_wad"].map(int) > 0)]["account"]
        return len(hit), sum(1 for account in hit if account not in held.index)

    queued, emptied = winners(preset_run(PRESET))
    shared, emptied_by_share = winners(preset_run(PRESET, "protocol.switches.adl=pro_rata"))
    assert shared > queued
    assert emptied_by_share / shared < 0.5 * emptied / queued
