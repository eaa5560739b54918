"""Black Thursday's auctions: who alone gets through to the chain need not pay anything."""

from __future__ import annotations

import pandas as pd
import pytest
from preset_runs import COUNTERFACTUALS, PresetRuns

pytestmark = [pytest.mark.anvil, pytest.mark.slow]
PRESET = "black-thursday-2020-auctions"
SECOND_FALL_S = 54_000
"""When the price begins to fall again; the crowd's backlog is through by then."""


def lots(runs: PresetRuns, *changes: str) -> pd.DataFrame:
    """The auctions, with what was paid for a dollar of what was sold, debt and all."""
    auctions = runs(PRESET, *changes).tables["auctions"]
    gain = auctions["given_usd"] - auctions["paid_usd"]
    return auctions.assign(price=1 - gain / auctions["taken_usd"])


def test_about_a_third_of_all_auctions_are_won_at_next_to_nothing(preset_run: PresetRuns) -> None:
    """36 % in March 2020; the book's leverage is fitted to it."""
    price = lots(preset_run)["price"]
    assert len(price) == 60
    assert (price <= 0.01).mean() == pytest.approx(0.36, abs=0.04)
    assert not price.between(0.01, 0.5).any(), "for nothing, or for a price; hardly between"


def test_they_are_the_lone_bidders_and_all_that_the_first_fall_brought_up(
    preset_run: PresetRuns,
) -> None:
    auctions = lots(preset_run)
    early = auctions["first_bid_s"] < SECOND_FALL_S
    assert (early == (auctions["price"] <= 0.01)).all()
    bids = preset_run(PRESET).tables["transactions"].query("kind == 'bid_auction'")
    won = bids[(bids["status"] == "included") & (bids["created_s"] < SECOND_FALL_S)]
    assert set(won["actor"].astype(str)) == {"lone"}


def test_what_they_leave_without_backing_is_what_it_was(preset_run: PresetRuns) -> None:
    """5.67 million DAI for 8.32 million dollars of collateral: 0.68; nothing here is fitted to it.

    A bidder who is paid is paid the debt that came with the collateral.
    """
    auctions = lots(preset_run)
    nothing = auctions[auctions["price"] <= 0.01]
    unbacked = -nothing["paid_usd"].sum() / nothing["taken_usd"].sum()
    assert unbacked == pytest.approx(5.67 / 8.32, abs=0.08)
    assert preset_run(PRESET).bad_debt_ratio > 0.2


def test_where_the_others_follow_the_market_nothing_is_given_away(preset_run: PresetRuns) -> None:
    price = lots(preset_run, *COUNTERFACTUALS[PRESET])["price"]
    assert price.min() > 0.15
    there, gone = preset_run(PRESET), preset_run(PRESET, *COUNTERFACTUALS[PRESET])
    assert gone.bad_debt_ratio < 0.6 * there.bad_debt_ratio
