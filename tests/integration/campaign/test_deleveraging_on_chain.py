"""A crash that fund and backer cannot pay: winners give to the bankrupt, or everybody pays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from small_campaign import small

from floodline.campaign.record import RunRecord
from floodline.campaign.session import Session
from floodline.measure.identities import check
from floodline.measure.tables import build_tables

pytestmark = pytest.mark.anvil

CRASH = {
    "market": {
        "ETH": {
            "jump_diffusion": {
                "start_usd": 3000,
                "vol": 0.9,
                "jumps": [{"at_s": 60, "size": -0.3, "over_s": 6}],
            }
        }
    },
    "actors": [{"oracle": {}}, {"keepers": {"count": 2}}, {"deleveragers": {}}],
    "book": {"accounts": 60, "long_share": 0.6},
}
Finished = Callable[[dict[str, Any]], Session]


def crash(adl: str) -> dict[str, Any]:
    protocol = {"insurance_usd": 2_000, "switches": {"adl": adl}}
    return small(protocol=protocol, **CRASH)


def record_of(session: Session) -> RunRecord:
    """The finished run's record, its books balanced."""
    record = session.record("complete")
    assert record is not None
    assert [found.name for found in check(build_tables(record)) if not found.ok] == []
    return record


@pytest.mark.parametrize("rule", ["queue", "pro_rata"])
def test_winners_pay_what_fund_and_backer_cannot(finished: Finished, rule: str) -> None:
    record = record_of(finished(crash(rule)))
    assert sum(row.adl_wad for row in record.deficits) > 0
    for row in record.deficits:
        parts = (row.fund_wad, row.vault_wad, row.adl_wad, row.haircut_wad)
        assert row.shortfall_wad == sum(parts)
    (tally,) = [actor.tally for actor in record.actor_rows if actor.actor == "deleveragers"]
    assert tally["done"] > 0


def with_friends(*watchers: dict[str, Any]) -> dict[str, Any]:
    """The crash, where the only deleveragers leave the winner out whose turn it is."""
    plain = crash("queue")
    plain["actors"] = [*plain["actors"][:2], {"deleveragers": {"spares": 1}}, *watchers]
    return plain


def given_up(session: Session) -> int:
    """What winners gave to the bankrupt, WAD USD."""
    return sum(row.adl_wad for row in record_of(session).deficits)


def test_whom_nobody_nominated_is_spared_and_whom_somebody_nominated_is_not(
    finished: Finished,
) -> None:
    """Bots spare a friend; watchers point out the best winners, and such calls are refused."""
    alone = finished(with_friends())
    assert given_up(alone) > 0, "nobody knows who was left out"
    only_watched = {"name": "watchers", "deleverages": False, "nominates": 2}
    for watchers, helps in ((only_watched, False), ({**only_watched, "deleverages": True}, True)):
        watched = finished(with_friends({"deleveragers": watchers}))
        rows = build_tables(record_of(watched))["transactions"]
        assert ((rows["kind"] == "nominate") & (rows["status"] == "included")).any()
        refused = rows[(rows["kind"] == "deleverage") & (rows["reason"] == "BetterLeftOut")]
        assert len(refused) > 0
        assert (given_up(watched) > 0) is helps, "who is honest may still deleverage"


def test_an_auctioned_account_waits_for_its_winners_too(finished: Finished) -> None:
    plain = crash("queue")
    plain["protocol"]["switches"]["liquidation"] = "auction"
    bidders = {"auction_bidders": {"count": 1, "required_margin": {"constant": 0.0}}}
    plain["actors"] = [*plain["actors"], bidders]
    record = record_of(finished(plain))
    assert sum(row.adl_wad for row in record.deficits) > 0
    for row in record.deficits:
        parts = (row.fund_wad, row.vault_wad, row.adl_wad, row.haircut_wad)
        assert row.shortfall_wad == sum(parts)


def test_without_deleveraging_the_same_loss_is_a_haircut(finished: Finished) -> None:
    session = finished(crash("none"))
    record = record_of(session)
    assert sum(row.adl_wad for row in record.deficits) == 0
    assert sum(row.haircut_wad for row in record.deficits) > 0
    assert session.world.protocol.capabilities.adl is False
