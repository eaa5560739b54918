"""What auctioned accounts fetched: sold for nothing is a cent in the dollar of notional."""

from __future__ import annotations

import pandas as pd
import pytest

from floodline.measure.dictionary import AUCTIONS
from floodline.measure.settlement import auctions_summary


def auction(taken_usd, given_usd, paid_usd, **more):
    plain = {
        "account": "book-0001",
        "keeper": "keepers-0000",
        "started_block": 1,
        "started_s": 12.0,
        "notional_usd": taken_usd,
        "equity_usd": given_usd,
        "start_reward_usd": 0.0,
        "first_bid_s": 24.0,
        "ended_s": 24.0,
        "state": "emptied",
        "bids": 1,
        "resets": 0,
        "taken_usd": taken_usd,
        "given_usd": given_usd,
        "paid_usd": paid_usd,
        "fee_usd": 0.0,
    }
    return {**plain, **more}


def summary(*auctions):
    columns = [column.name for column in AUCTIONS.columns]
    return auctions_summary({"auctions": pd.DataFrame(list(auctions), columns=columns)})


@pytest.mark.parametrize(("paid_usd", "share"), [(-69_200.0, 1.0), (-68_000.0, 0.0)])
def test_a_bidder_who_is_paid_the_debt_had_the_collateral_for_nothing(paid_usd, share):
    """100,000 dollars of notional with an equity of 30,000: paid 69,200 it cost 800."""
    assert summary(auction(100_000.0, 30_000.0, paid_usd))["sold_for_nothing_share"] == share


def test_what_was_not_sold_is_not_counted():
    unsold = auction(0.0, 0.0, 0.0, bids=0, first_bid_s=None, state="live", notional_usd=50_000.0)
    found = summary(auction(100_000.0, 30_000.0, -70_000.0), unsold)
    assert found["sold_for_nothing_share"] == 1.0
    assert summary(unsold)["sold_for_nothing_share"] is None
