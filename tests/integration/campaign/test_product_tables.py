"""Tables of markets, vaults and options, made by a campaign that has them all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_campaign import prepared, small

from floodline.foundation.units import from_wad
from floodline.measure.identities import check
from floodline.measure.tables import Tables, build_tables

pytestmark = pytest.mark.anvil


def venue(**trace: Any) -> dict[str, Any]:
    """A crash over perpetuals and options with a vault behind each; one expiry comes inside."""
    plain = small(
        slots=24,
        protocol={
            "insurance_usd": 5_000,
            "switches": {"options": True, "vault": True},
            "overrides": {
                "listing_near": 380,
                "option_cutoff": 0,
                "expiry_grace": 12,
                "hedge_interval": 60,
            },
        },
        book={
            "accounts": 24,
            "leverage": {"lognormal": {"median": 9, "sigma": 0.4}},
            "options": {"share": 0.7, "writer_share": 0.6, "legs": 2, "notional": {"constant": 3}},
        },
    )
    plain["actors"] = [one for one in plain["actors"] if "flood" not in one] + [
        {"volatility": {"interval_s": 36}},
        {"option_keepers": {}},
        {"option_traders": {"accounts": 8, "rate_per_s": 0.2}},
        {"caretakers": {}},
        {"providers": {"count": 2, "deposit_usd": 50_000}},
    ]
    return {**plain, "trace": trace}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    with prepared(venue(surface_every=4), tmp_path_factory.mktemp("venue")) as session:
        session.run()
        record = session.record("complete")
    assert record is not None
    found = build_tables(record)
    assert [identity.name for identity in check(found) if not identity.ok] == []
    return found


def wad_sum(column: pd.Series[Any]) -> float:
    return from_wad(sum(int(value) for value in column))


def test_each_market_has_a_row_a_block_that_adds_up_to_the_block(tables: Tables) -> None:
    markets, blocks = tables["markets"], tables["blocks"]
    assert len(markets) == len(blocks) == 24
    for name in ("open_interest_usd", "skew"):
        assert markets[name].to_numpy() == pytest.approx(blocks[name].to_numpy(), rel=1e-12)
    assert (markets["long"] > 0).any()
    assert (markets["short"] > 0).any()


def test_funding_follows_the_skew(tables: Tables) -> None:
    markets = tables["markets"]
    skew = markets["skew"].to_numpy()[:-1]
    drift = np.diff(markets["funding_rate"].to_numpy())
    steady = np.abs(np.diff(markets["skew"].to_numpy())) < 1e-9
    assert steady.sum() > 1
    assert (np.sign(drift[steady]) == np.sign(skew[steady])).all()


def test_the_surface_is_sampled_and_holds_the_open_interest(tables: Tables) -> None:
    marks, greeks = tables["option_marks"], tables["option_greeks"]
    assert sorted(set(marks["block"])) == [1, 5, 9, 13, 17, 21]
    assert (marks["volatility"].dropna() > 0.3).all()
    first = marks[marks["block"] == 1]
    assert len(first) == 20, "two expiries, five strikes, calls and puts"
    for block in (1, 5):
        here = marks[marks["block"] == block]
        value = ((here["long"] - here["short"]) * here["price_usd"]).sum()
        vault = greeks.query("block == @block and role == 'option_vault'")["value_usd"].iloc[0]
        assert vault == pytest.approx(-value, rel=1e-9)


def test_a_series_leaves_the_surface_after_its_expiry_unless_somebody_has_it(
    tables: Tables,
) -> None:
    marks = tables["option_marks"]
    over = marks[marks["time_s"] >= marks["expiry_s"]]
    assert ((over["long"] > 0) | (over["short"] > 0)).all()
    assert over["volatility"].isna().all()
    near = marks["expiry_s"].min()
    after = marks[(marks["block"] == 21) & (marks["expiry_s"] == near)]
    assert len(after) == 0, "all of it has been paid out"


def test_the_vault_has_the_other_side_of_every_role(tables: Tables) -> None:
    greeks = tables["option_greeks"]
    assert {"book", "option_vault"} <= set(greeks["role"].astype(str))
    columns = ["value_usd", "delta", "delta_true", "gamma", "vega", "theta"]
    for _, here in greeks.groupby("block"):
        largest = here[columns].abs().max()
        assert (here[columns].sum().abs() <= 1e-9 * largest + 1e-9).all()
    assert (greeks["net_delta"] == greeks["delta_true"] + greeks["perpetual"]).all()
    vault = greeks[greeks["role"] == "option_vault"]
    assert vault["perpetual"].iloc[0] == 0
    hedged = tables["transactions"].query("kind == 'vault_hedge' and status == 'included'")
    assert len(hedged) > 0
    assert vault["perpetual"].iloc[-1] != 0, "the hedge of the vault"


def test_every_fill_of_options_has_a_row_with_its_price_and_its_worth(tables: Tables) -> None:
    fills = tables["option_trades"]
    done = tables["transactions"].query("status == 'included'").set_index("tx_id")["kind"]
    kinds = fills["tx_id"].map(done).astype(str)
    told = fills["kind"].astype(str)
    assert {"trade", "settlement"} <= set(told)
    assert set(kinds[told == "trade"]) == {"trade_option"}
    assert set(kinds[told == "settlement"]) == {"settle_accounts"}
    assert set(kinds[told == "liquidation"]) <= {"liquidate_option"}
    assert (told == "trade").sum() == (done == "trade_option").sum()
    sheet = tables["solvency"].set_index("item")["amount_usd"]
    paid = fills["premium_usd"].sum() + wad_sum(fills["fee_wad"])
    assert -paid == pytest.approx(float(sheet["trader_options"]), abs=1e-6)


def test_a_trade_is_valued_at_the_true_price_and_its_difference_is_the_vaults_loss(
    tables: Tables,
) -> None:
    trades = tables["option_trades"].query("kind == 'trade'")
    assert trades["volatility"].between(0.3, 2).all()
    size = np.array([from_wad(int(value)) for value in trades["size_delta_wad"]])
    price = np.array([from_wad(int(value)) for value in trades["price_wad"]])
    loss = size * (trades["model_usd"].to_numpy() - price)
    assert trades["toxic_usd"].to_numpy() == pytest.approx(loss, rel=1e-9)
    fresh = (trades["chain_usd"] / trades["true_usd"] - 1).abs() < 0.001
    assert fresh.any()
    near = trades[fresh]["model_usd"].to_numpy() / price[fresh.to_numpy()]
    assert near == pytest.approx(np.ones(len(near)), abs=0.25)


def test_a_settlement_is_held_against_the_true_price_at_expiry(tables: Tables) -> None:
    paid = tables["option_trades"].query("kind == 'settlement'")
    prices = tables["prices"].set_index("time_s")["true_usd"]
    true = prices[prices.index <= paid["expiry_s"].iloc[0]].iloc[-1]
    gain = true - paid["strike_usd"]
    payoff = np.where(paid["type"] == "call", gain, -gain).clip(min=0)
    assert paid["model_usd"].to_numpy() == pytest.approx(payoff)
    assert (payoff > 0).any()
    assert paid["volatility"].isna().all()


def test_the_vaults_are_told_after_each_block(tables: Tables) -> None:
    vaults, blocks = tables["vaults"], tables["blocks"]
    behind = vaults[vaults["vault"] == "vault"]
    assert behind["nav_usd"].to_numpy() == pytest.approx(blocks["vault_nav_usd"].to_numpy())
    assert set(vaults["vault"]) == {"vault", "option_vault"}
    worth = behind["shares"] * behind["share_price_usd"]
    assert worth.to_numpy() == pytest.approx(behind["nav_usd"].to_numpy(), rel=1e-9)
    share = behind["locked_usd"] / behind["nav_usd"]
    assert behind["utilisation"].to_numpy() == pytest.approx(share.to_numpy())
    assert behind["deposits_waiting"].max() == 2
    assert behind["deposits_waiting_usd"].max() == 100_000


def test_without_options_and_vaults_their_tables_are_empty_and_the_surface_can_be_left_out(
    tmp_path: Path,
) -> None:
    plain = small(slots=4)
    with prepared(plain, tmp_path) as session:
        session.run()
        record = session.record("complete")
    assert record is not None
    bare = build_tables(record)
    names = ("option_marks", "option_greeks", "option_trades", "vaults")
    assert [len(bare[name]) for name in names] == [0, 0, 0, 0]
    assert len(bare["markets"]) == 4
    with prepared({**venue(surface_every=0), "slots": 2}, tmp_path) as session:
        session.run()
        record = session.record("complete")
    assert record is not None
    assert len(record.products.option_marks) == 0
    assert len(record.products.option_greeks) > 0


def test_what_followed_from_orphaned_blocks_is_forgotten(tmp_path: Path) -> None:
    plain = {**venue(surface_every=1), "slots": 10}
    plain["chain"] = {"reorgs": {"at": [{"at_s": 70, "depth": 3}]}}
    with prepared(plain, tmp_path) as session:
        session.run()
        record = session.record("complete")
    assert record is not None
    found = build_tables(record)
    numbers = found["blocks"]["block"].tolist()
    assert numbers == list(range(1, 8))
    times = dict(zip(numbers, found["blocks"]["timestamp_s"], strict=True))
    assert found["markets"]["block"].tolist() == numbers
    for name in ("vaults", "option_marks", "option_greeks", "option_trades"):
        table = found[name]
        assert set(table["block"]) <= set(numbers)
        assert (table["block"].map(times) == table["time_s"]).all()
