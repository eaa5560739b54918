"""Private order flow in a whole campaign: out of sight, out of a flood's reach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_campaign import prepared, small

from floodline.actors.fees import Lane
from floodline.campaign.record import RunRecord
from floodline.campaign.session import Session
from floodline.measure.identities import check
from floodline.measure.tables import build_tables

pytestmark = pytest.mark.anvil


def plain_campaign(policy: Any, lane: str) -> dict[str, Any]:
    """A small pool, filled by a flood that pays more than keepers do."""
    actors = small()["actors"]
    actors[0]["oracle"]["fee"] = {"multiple": {"multiple": 9, "tip_gwei": 500}}
    actors[1]["keepers"] |= {
        "lane": lane,
        "only_if_profitable": False,
        "fee": {"multiple": {"multiple": 4, "tip_gwei": 1}},
    }
    actors[3]["flood"] |= {"tip_gwei": {"constant": 30}, "max_fee_gwei": 400, "senders": 900}
    pool = {"global_slots": 300, "global_queue": 64}
    return small(slots=18, actors=actors, builder={"policy": policy}, chain={"pool": pool})


def keepers_of(session: Session) -> tuple[RunRecord, dict[str, int]]:
    """The record, its identities checked, and how the keepers' transactions ended."""
    record = session.record("complete")
    assert record is not None
    assert [i for i in check(build_tables(record)) if not i.ok] == []
    roles = np.array([actor.role for actor in record.actors])
    mine = roles[record.transactions["actor"]] == "keeper"
    status = record.transactions["status"][mine]
    return record, {name: int((status == n).sum()) for n, name in enumerate(record.states)}


def test_a_flood_pushes_public_keepers_out_of_the_pool_and_private_ones_get_in(
    tmp_path: Path,
) -> None:
    with prepared(plain_campaign("priority", "public"), tmp_path) as session:
        session.run()
        _, public = keepers_of(session)
    with prepared(plain_campaign("private_lane", "private"), tmp_path) as session:
        session.run()
        record, private = keepers_of(session)
    assert public["rejected"] + public["evicted"] > public["included"] + public["reverted"]
    assert private["rejected"] == private["evicted"] == 0
    assert private["included"] > 5
    first = record.transactions["index"][record.transactions["lane"] == Lane.PRIVATE]
    assert np.median(first[first >= 0]) < 20


def test_a_builder_without_a_private_lane_takes_private_transactions_as_any_other(
    tmp_path: Path,
) -> None:
    with prepared(plain_campaign("priority", "private"), tmp_path) as session:
        session.run()
        _, keepers = keepers_of(session)
    assert keepers["rejected"] + keepers["evicted"] > 0


def test_private_transactions_of_orphaned_blocks_wait_in_the_private_lane_again(
    tmp_path: Path,
) -> None:
    plain = plain_campaign("private_lane", "private")
    plain["chain"]["reorgs"] = {"at": [{"at_s": 150, "depth": 4}]}
    with prepared(plain, tmp_path) as session:
        session.run()
        record, _ = keepers_of(session)
    columns = record.transactions
    orphaned = (columns["orphaned"] > 0) & (columns["lane"] == Lane.PRIVATE)
    assert orphaned.sum() > 0
    assert (columns["block"][orphaned] > 0).all()
