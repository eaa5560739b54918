"""Every kind of feed and breaker carries a whole campaign, and shows what it is known for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_campaign import prepared, small

from floodline.measure.identities import check
from floodline.measure.tables import Tables, build_tables

pytestmark = pytest.mark.anvil


def run(folder: Path, switches: dict[str, Any], **protocol: Any) -> Tables:
    """Run the small crash without its flood; all identities must hold."""
    plain = small(protocol={"insurance_usd": 5_000, "switches": switches, **protocol})
    plain["actors"] = [actor for actor in plain["actors"] if "flood" not in actor]
    return finished(plain, folder)


def finished(plain: dict[str, Any], folder: Path) -> Tables:
    with prepared(plain, folder) as session:
        session.run()
        record = session.record("complete")
    assert record is not None
    tables = build_tables(record)
    assert [identity.name for identity in check(tables) if not identity.ok] == []
    return tables


def included(tables: Tables, kind: str) -> Any:
    transactions = tables["transactions"]
    return transactions[(transactions["kind"] == kind) & (transactions["status"] == "included")]


def test_pulled_prices_ride_in_the_calls_that_need_them(tmp_path: Path) -> None:
    pulled = run(tmp_path, {"oracle": "pull"})
    pushed = run(tmp_path, {"oracle": "push"})
    with_prices = included(pulled, "liquidate")["gas_limit"]
    assert (with_prices > 900_000).any(), "no liquidation carried a price"
    assert included(pulled, "liquidate")["gas_used"].max() > (
        included(pushed, "liquidate")["gas_used"].max() + 100_000
    ), "thirteen signatures are not free"
    age = {
        name: (tables["prices"]["time_s"] - tables["prices"]["chain_observed_s"]).mean()
        for name, tables in (("pull", pulled), ("push", pushed))
    }
    assert age["pull"] < age["push"]
    assert len(pulled["liquidations"]) > 0


def test_pull_needs_no_publisher_on_chain(tmp_path: Path) -> None:
    """The publisher signs and never sends; whoever trades or liquidates brings the price."""
    plain = small(protocol={"insurance_usd": 5_000, "switches": {"oracle": "pull"}})
    quiet = {"oracle": {"deviation": 0.9, "heartbeat_s": 86_400}}
    plain["actors"] = [
        quiet,
        *(one for one in plain["actors"] if "keepers" in one or "traders" in one),
    ]
    tables = finished(plain, tmp_path)
    assert included(tables, "push_price").empty
    assert (tables["liquidations"]["end"] == "liquidated").any()
    assert tables["prices"]["chain_usd"].iloc[-1] < 2_600


def test_keepers_settle_orders_with_the_price_that_they_bring(tmp_path: Path) -> None:
    switches = {"oracle": "pull", "orders": "delayed"}
    plain = small(protocol={"insurance_usd": 5_000, "switches": switches})
    quiet = {"oracle": {"deviation": 0.9, "heartbeat_s": 86_400}}
    traders = [one for one in plain["actors"] if "traders" in one]
    plain["actors"] = [quiet, *traders, {"order_keepers": {"count": 2}}]
    tables = finished(plain, tmp_path)
    assert "InsufficientFee" not in set(tables["transactions"]["reason"].astype(str))
    settled = tables["transactions"][tables["transactions"]["role"] == "order_keeper"]
    carried = settled[(settled["status"] == "included") & (settled["gas_used"] > 300_000)]
    assert len(carried) > 3, settled[["kind", "status", "reason", "gas_used"]]
    assert len(tables["trades"]) > 3


def test_a_delayed_price_counts_after_its_hop_and_liquidations_wait_for_it(tmp_path: Path) -> None:
    tables = run(tmp_path, {"oracle": "delayed"}, overrides={"hop_seconds": 96})
    prices = tables["prices"]
    assert (prices["chain_usd"][prices["time_s"] < 96] == 3_000).all()
    assert prices["chain_usd"].iloc[-1] < 2_600
    assert len(included(tables, "poke")) >= 2
    liquidated = tables["liquidations"]
    first = liquidated[liquidated["end"] == "liquidated"]["end_s"].min()
    changed = prices[prices["chain_usd"] < 2_950]["time_s"].min()
    assert first >= changed - 12


def test_a_median_waits_for_a_majority_of_its_publishers(tmp_path: Path) -> None:
    plain = small(protocol={"insurance_usd": 5_000, "switches": {"oracle": "median"}})
    others = [one for one in plain["actors"] if "flood" not in one and "oracle" not in one]
    speeds = (0.0, 0.0, 26.0)
    plain["actors"] = [
        {"oracle": {"name": f"publisher_{place}", "delay_s": delay}}
        for place, delay in enumerate(speeds)
    ] + others
    tables = finished(plain, tmp_path)
    prices = tables["prices"]
    late = (prices["chain_updated_s"] - prices["chain_observed_s"]).max()
    assert late < 26, "two of three are a majority: the slow one is not waited for"
    assert prices["chain_usd"].iloc[-1] < 2_600
    reports = len(included(tables, "push_price"))
    rounds = prices["chain_updated_s"].nunique() - 1
    assert reports >= 2 * rounds


def test_a_breaker_refuses_liquidation_until_the_jump_has_stood(tmp_path: Path) -> None:
    free = run(tmp_path, {})
    guarded = run(tmp_path, {"breaker": True}, overrides={"max_jump": 0.02, "jump_seconds": 40})
    reasons = guarded["transactions"]["reason"].astype(str)
    assert (reasons == "PriceJumped").any()
    first = {
        name: tables["liquidations"]["t6_s"].min()
        for name, tables in (("free", free), ("guarded", guarded))
    }
    assert first["guarded"] > first["free"]


def test_a_clamped_feed_leaves_accounts_that_should_have_been_liquidated(tmp_path: Path) -> None:
    bound = {"lower_bound": 0.95}
    clamped = run(tmp_path, {"feed_bounds": "clamp"}, overrides=bound)
    assert clamped["prices"]["chain_usd"].min() == 2_850
    refused = run(tmp_path, {"feed_bounds": "refuse"}, overrides=bound)
    reasons = refused["transactions"]["reason"].astype(str)
    assert (reasons == "AnswerOutOfBounds").any()
    assert refused["prices"]["chain_usd"].min() > 2_850


def test_without_the_staleness_guard_any_old_price_will_do(tmp_path: Path) -> None:
    """The publisher is silent for longer than a price may be old: only the guard stops trade."""
    young = {"max_age_default": 230, "max_age_strict": 230}

    def silent(guard: bool) -> Tables:
        plain = small(
            protocol={
                "insurance_usd": 5_000,
                "switches": {"staleness_guard": guard},
                "overrides": young,
            }
        )
        quiet = {"oracle": {"deviation": 0.9, "heartbeat_s": 86_400}}
        plain["actors"] = [quiet, *(one for one in plain["actors"] if "traders" in one)]
        return finished(plain, tmp_path)

    assert (silent(guard=False)["trades"]["time_s"] > 240).any()
    guarded = silent(guard=True)
    assert not (guarded["trades"]["time_s"] > 240).any()
    assert (guarded["transactions"]["reason"].astype(str) == "StalePrice").any()


def test_an_outage_of_the_sequencer_and_its_grace_hold_liquidations_back(tmp_path: Path) -> None:
    plain = small(
        protocol={
            "insurance_usd": 5_000,
            "switches": {"sequencer_guard": True},
            "overrides": {"grace_seconds": 60},
        }
    )
    plain["actors"] = [one for one in plain["actors"] if "flood" not in one]
    plain["actors"].append({"sequencer": {"outages": [{"at_s": 30, "for_s": 60}]}})
    tables = finished(plain, tmp_path)
    reasons = set(tables["transactions"]["reason"].astype(str))
    assert {"SequencerDown", "SequencerGrace"} <= reasons
    liquidations = tables["liquidations"]
    done = liquidations[liquidations["end"] == "liquidated"]
    assert done["t6_s"].min() >= 90 + 60
    trades = tables["trades"]["time_s"]
    assert ((trades > 100) & (trades < 150)).any(), "the grace period stops no trade"
