"""Regions, losses, copies, partitions in whole campaigns: what they cost, and that it adds up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_campaign import prepared, small

from floodline.campaign.record import RunRecord
from floodline.campaign.session import Session
from floodline.foundation.units import SECOND_US
from floodline.measure.identities import check
from floodline.measure.tables import build_tables

pytestmark = pytest.mark.anvil

Finished = Callable[[dict[str, Any]], Session]


def good_record(session: Session) -> RunRecord:
    """The run's record, after all its identities were found to hold."""
    record = session.record("complete")
    assert record is not None
    assert [i for i in check(build_tables(record)) if not i.ok] == []
    return record


def placed(region: str, *roles: str) -> list[dict[str, Any]]:
    """The small campaign's actors, some kinds of them in a region."""
    actors: list[dict[str, Any]] = small()["actors"]
    for actor in actors:
        for kind, parameters in actor.items():
            if kind in roles:
                parameters["region"] = region
    return actors


def calm(actors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the flood."""
    return [actor for actor in actors if "flood" not in actor]


def ends(record: RunRecord, role: str) -> dict[str, int]:
    """How the transactions of a role ended."""
    roles = np.array([actor.role for actor in record.actors])
    mine = roles[record.transactions["actor"]] == role
    status = record.transactions["status"][mine]
    return {name: int((status == n).sum()) for n, name in enumerate(record.states)}


def liquidations(record: RunRecord) -> int:
    """How many spells ended in a liquidation."""
    return sum(episode.end == "liquidated" for episode in record.episodes)


def latency_s(record: RunRecord) -> float:
    """Mean time from under water to liquidated; what is still open counts up to the end."""
    ends_us = [e.end_us - e.t0_us for e in record.episodes if not e.wrongful]
    return float(np.mean(ends_us)) / SECOND_US


def test_keepers_cut_off_for_a_while_liquidate_late(finished: Finished) -> None:
    cut = {
        "regions": ["here", "there"],
        "partitions": [{"regions": ["there"], "from_s": 60, "to_s": 200}],
    }
    near = good_record(
        finished(small(slots=20, actors=calm(placed("here", "keepers")), network=cut))
    )
    far = good_record(
        finished(small(slots=20, actors=calm(placed("there", "keepers")), network=cut))
    )
    assert latency_s(far) > latency_s(near) + 20
    done = [e.t6_us for e in far.episodes if e.end == "liquidated"]
    assert done
    assert not any(72 * SECOND_US < t6_us < 200 * SECOND_US for t6_us in done)
    assert any(e.t6_us < 200 * SECOND_US for e in near.episodes if e.end == "liquidated")


def test_an_oracle_cut_off_leaves_the_chain_at_the_old_price(finished: Finished) -> None:
    cut = {
        "regions": ["here", "there"],
        "partitions": [{"regions": ["there"], "from_s": 60, "to_s": 170, "then": "lose"}],
    }

    def price_age_s(region: str) -> float:
        plain = small(slots=15, actors=calm(placed(region, "oracle")), network=cut)
        return max(row.price_age_us for row in good_record(finished(plain)).blocks) / SECOND_US

    assert price_age_s("there") > 100
    assert price_age_s("here") < 80


def test_lost_transactions_are_counted_and_their_accounts_stand_still(finished: Finished) -> None:
    plain = small(slots=14, network={"loss": {"share": 0.3, "resend_s": None}})
    record = good_record(finished(plain))
    for role in ("trader", "flood"):
        found = ends(record, role)
        assert found["dropped"] > 0.2 * sum(found.values())
    lost = {row.actor: row.messages["lost"] for row in record.actor_rows}
    assert lost["flood"] == ends(record, "flood")["dropped"]


def test_sending_again_brings_everything_in_later(finished: Finished) -> None:
    def waits_s(network: dict[str, Any]) -> float:
        actors = [actor for actor in small()["actors"] if "traders" in actor]
        record = good_record(finished(small(slots=16, actors=actors, network=network)))
        columns = record.transactions
        early = columns["created_us"] < 100 * SECOND_US
        assert (columns["arrived_us"][early] >= 0).all()
        wait_us = columns["arrived_us"][early] - columns["created_us"][early]
        return float(wait_us.mean()) / SECOND_US

    assert waits_s({"loss": {"share": 0.5, "resend_s": 12}}) > waits_s({}) + 6


def test_copies_that_come_second_change_nothing(finished: Finished) -> None:
    record = good_record(finished(small(slots=12, network={"duplication": 1.0})))
    assert all(row.messages["copied"] == row.messages["sent"] for row in record.actor_rows)
    assert "already_known" not in {
        record.reasons[code] for code in set(record.transactions["reason"].tolist())
    }


def test_a_broken_network_gives_the_same_bytes_twice(tmp_path: Path) -> None:
    broken = {
        "regions": ["here", "there"],
        "links": [{"between": ["here", "there"], "delay": {"lognormal": {"median_s": 2}}}],
        "partitions": [{"regions": ["there"], "from_s": 60, "to_s": 90}],
        "loss": {"share": 0.1},
        "duplication": 0.2,
    }
    tables = []
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        plain = small(slots=12, network=broken, actors=placed("there", "keepers", "flood"))
        with prepared(plain, tmp_path / folder) as session:
            session.run()
            record = session.record("complete")
        assert record is not None
        tables.append({name: t.to_csv() for name, t in build_tables(record).items()})
    assert tables[0] == tables[1]
