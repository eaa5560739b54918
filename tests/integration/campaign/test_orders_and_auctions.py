"""Campaigns with orders in two steps and with auctions, on a real node, to the last identity."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from small_campaign import prepared, small

from floodline.measure.summary import summarise
from floodline.measure.tables import build_tables

pytestmark = pytest.mark.anvil


def run(folder: Path, plain: dict[str, Any]) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    with prepared(plain, folder) as session:
        session.run()
        record = session.record("complete")
    assert record is not None
    tables = build_tables(record)
    summary = summarise(tables)
    broken = [row for row in summary["identities"] if not row["ok"]]
    assert not broken
    return tables, summary


def with_actors(
    switches: dict[str, str], *actors: dict[str, Any], **changes: Any
) -> dict[str, Any]:
    plain = small(**changes)
    plain["protocol"] = {"insurance_usd": 5_000, "switches": switches}
    plain["actors"] = [*plain["actors"], *actors]
    return plain


def calm(plain: dict[str, Any]) -> dict[str, Any]:
    """Without the flood, whose tips no settlement pays for."""
    plain["actors"] = [actor for actor in plain["actors"] if "flood" not in actor]
    return plain


@pytest.fixture(scope="module")
def delayed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("delayed")
    return run(folder, calm(with_actors({"orders": "delayed"}, {"order_keepers": {"count": 2}})))


@pytest.mark.parametrize(("escrow_usd", "strikes"), [(0.4, True), (60.0, False)])
def test_keepers_strike_where_the_escrow_was_fixed_before_the_flood(
    escrow_usd: float, strikes: bool, tmp_path: Path
) -> None:
    """F2 and F4: gas is paid for before anybody knows its price, and orders expire."""
    plain = with_actors({"orders": "delayed"}, {"order_keepers": {"count": 2}})
    plain["protocol"]["overrides"] = {"order_escrow": escrow_usd}
    _, summary = run(tmp_path, plain)
    assert (summary["orders"]["settled"] == 0) == strikes
    assert (summary["orders"]["expired_ratio"] == 1) == strikes


def test_delayed_orders_are_committed_and_settled_by_keepers(delayed: Any) -> None:
    tables, summary = delayed
    orders = tables["orders"]
    settled = orders[orders["state"] == "settled"]
    assert summary["orders"]["committed"] == len(orders) > 12
    assert len(settled) > 5
    assert (settled["wait_s"] >= 12).all()
    assert (settled["wait_s"] <= 132).all()
    assert (settled["ended_by"].str.startswith("order_keepers")).all()
    assert (settled["keeper_fee_usd"] > 0).all()
    assert len(tables["trades"]) == len(settled)


def test_every_commitment_is_an_order_and_every_order_ends_once(delayed: Any) -> None:
    tables, summary = delayed
    transactions = tables["transactions"]
    included = transactions[(transactions["status"] == "included")]
    commits = included[included["role"] == "trader"]["kind"].isin(["open", "close"]).sum()
    counts = summary["orders"]
    assert commits == counts["committed"]
    ends = ("settled", "cancelled", "expired", "pending")
    assert counts["committed"] == sum(counts[end] for end in ends)


def test_without_keepers_orders_expire_or_wait_and_nothing_trades(tmp_path: Path) -> None:
    tables, summary = run(tmp_path, with_actors({"orders": "delayed"}))
    assert summary["orders"]["committed"] > 10
    assert summary["orders"]["settled"] == 0
    assert len(tables["trades"]) == 0


@pytest.mark.parametrize("curve", ["auction", "clipper"])
def test_accounts_are_auctioned_and_bidders_take_them(curve: str, tmp_path: Path) -> None:
    bidders = {"auction_bidders": {"count": 2, "required_margin": {"constant": 0.0}}}
    overrides = {"clipper_step_seconds": 12, "clipper_cut": 0.9}
    plain = with_actors({"liquidation": curve}, bidders)
    plain["protocol"]["overrides"] = overrides if curve == "clipper" else {}
    tables, summary = run(tmp_path, plain)
    auctions = tables["auctions"]
    assert summary["auctions"]["started"] == len(auctions) > 3
    assert summary["auctions"]["bids"] > 0
    sold = auctions[auctions["bids"] > 0]
    assert (sold["first_bid_s"] >= sold["started_s"]).all()
    liquidations = tables["liquidations"]
    done = liquidations[liquidations["end"] == "liquidated"]
    assert set(done["account"]) <= set(sold["account"])
    assert (done["keeper"].str.startswith("auction_bidders")).all()
    assert (sold["paid_usd"] < sold["given_usd"]).all()


@pytest.mark.parametrize("switches", [{"orders": "delayed"}, {"liquidation": "auction"}], ids=str)
def test_orders_and_auctions_of_orphaned_blocks_are_forgotten(
    switches: dict[str, str], tmp_path: Path
) -> None:
    """Identities hold to the wei, and events find their orders and auctions after each return."""
    helpers = ({"order_keepers": {"count": 2}}, {"auction_bidders": {"count": 1}})
    plain = with_actors(switches, *helpers)
    plain["chain"] = {"reorgs": {"at": [{"at_s": 100, "depth": 2}, {"at_s": 200, "depth": 1}]}}
    tables, _ = run(tmp_path, plain)
    assert len(tables["reorgs"]) == 2
    assert len(tables["orders"]) + len(tables["auctions"]) > 3


@pytest.mark.parametrize("switches", [{"orders": "delayed"}, {"liquidation": "auction"}], ids=str)
def test_orders_and_auctions_bring_pulled_prices_along(
    switches: dict[str, str], tmp_path: Path
) -> None:
    helpers = ({"order_keepers": {"count": 2}}, {"auction_bidders": {"count": 1}})
    plain = calm(with_actors({**switches, "oracle": "pull"}, *helpers))
    _, summary = run(tmp_path, plain)
    parts = [(summary["orders"], "settled"), (summary["auctions"], "started")]
    assert sum(part[what] for part, what in parts if part is not None) > 0
