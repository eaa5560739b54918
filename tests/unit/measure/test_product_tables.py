"""What the tables of markets, vaults and options derive from their rows."""

from __future__ import annotations

import pytest

from floodline.campaign.product_rows import ProductRows
from floodline.measure.tables import build_tables

from .product_factory import add_products
from .run_factory import make_record


@pytest.fixture(scope="module")
def tables():
    return build_tables(add_products(make_record(blocks=3)))


def test_skew_and_open_interest_follow_from_longs_and_shorts(tables):
    row = tables["markets"].iloc[0]
    assert row["skew"] == row["long"] - row["short"] > 0
    assert row["skew_usd"] == row["skew"] * row["true_usd"]
    assert row["open_interest_usd"] == (row["long"] + row["short"]) * row["true_usd"]
    assert row["price_age_s"] == 1


def test_a_vault_is_used_as_far_as_its_capital_is_locked(tables):
    row = tables["vaults"].iloc[0]
    assert row["utilisation"] == row["locked_usd"] / row["nav_usd"]
    assert row["redemptions_waiting_usd"] == 700 * row["share_price_usd"]


def test_a_vault_without_worth_has_no_utilisation():
    record = add_products(make_record(blocks=1))
    rows = record.products.vaults
    rows[:] = [type(rows[0])(1, 0, "vault", -5.0, 30.0, 10.0, 0.0, 0, 0.0, 0, 0.0)]
    assert build_tables(record)["vaults"]["utilisation"].isna().all()


def test_net_delta_counts_the_hedge(tables):
    row = tables["option_greeks"].query("role == 'option_vault'").iloc[0]
    assert row["net_delta"] == row["delta_true"] + 3.25


def test_a_premium_is_paid_by_who_buys_and_the_vault_loses_what_a_buyer_saves(tables):
    bought, closed, settled = (tables["option_trades"].iloc[place] for place in range(3))
    assert (bought["premium_usd"], closed["premium_usd"]) == (236, -118)
    assert bought["toxic_usd"] == 2 * (bought["model_usd"] - 118) > 0
    assert closed["toxic_usd"] == 118 - closed["model_usd"] < 0
    assert settled["kind"] == "settlement"
    assert bought["expiry_s"] == 4 * 86_400


def test_rows_after_a_count_are_cut_away():
    rows = add_products(make_record(blocks=2)).products
    before = rows.counts()
    more = add_products(make_record(blocks=4)).products
    rows.markets += more.markets
    rows.option_trades += more.option_trades
    rows.cut(before)
    assert rows.counts() == before
    rows.cut(ProductRows().counts())
    assert sum(rows.counts()) == 0
