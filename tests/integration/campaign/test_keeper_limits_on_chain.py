"""What keepers cannot do costs the protocol, and when it costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from small_campaign import small

from floodline.campaign.record import RunRecord
from floodline.campaign.session import Session
from floodline.foundation.units import SECOND_US
from floodline.measure.identities import check
from floodline.measure.tables import build_tables

pytestmark = pytest.mark.anvil

Finished = Callable[[dict[str, Any]], Session]


def run(
    finished: Finished, *groups: dict[str, Any], flood: dict[str, Any] | None = None
) -> RunRecord:
    """The small campaign with these groups of keepers, and a flood if one is given."""
    rest: list[dict[str, Any]] = [actor for actor in small()["actors"] if "traders" in actor]
    rest.append({"oracle": {"fee": {"multiple": {"multiple": 9, "tip_gwei": 50}}}})
    bots = [{"keepers": {"name": f"group-{n}", "count": 2, **g}} for n, g in enumerate(groups)]
    floods = [{"flood": flood}] if flood else []
    session = finished(small(slots=20, actors=[*rest, *bots, *floods]))
    record = session.record("complete")
    assert record is not None
    assert [i for i in check(build_tables(record)) if not i.ok] == []
    return record


def liquidated(record: RunRecord) -> int:
    """Spells that ended in a liquidation."""
    return sum(episode.end == "liquidated" for episode in record.episodes)


def bad_debt_usd(record: RunRecord) -> float:
    """Bad debt at the end, recorded or latent."""
    return record.blocks[-1].shortfall_usd + record.blocks[-1].latent_bad_debt_usd


def mean_part_s(record: RunRecord, part: str) -> float:
    """Mean of one leg of the liquidations' timeline."""
    table = build_tables(record)["liquidations"]
    done = table[(table["end"] == "liquidated") & ~table["wrongful"].astype(bool)]
    return float(done[f"part_{part}_s"].mean())


def test_keepers_without_capital_leave_accounts_open(finished: Finished) -> None:
    poor = {"capital": {"usd": {"constant": 8_000}, "per_notional": 0.2, "recycle_s": 600}}
    rich = {"capital": {"usd": {"constant": 1e9}, "per_notional": 0.2, "recycle_s": 600}}
    free, short, ample = run(finished, {}), run(finished, poor), run(finished, rich)
    assert liquidated(short) < 0.6 * liquidated(free)
    assert bad_debt_usd(short) > bad_debt_usd(free)
    tallies = {row.actor: row.tally for row in short.actor_rows}
    assert tallies["group-0"]["short_of_capital"] > 10
    assert ample.transactions["block"].tolist() == free.transactions["block"].tolist()


def test_slow_eyes_lengthen_the_detection_leg_and_no_other(finished: Finished) -> None:
    quick = run(finished, {"detection_s": {"constant": 0}})
    slow = run(finished, {"detection_s": {"constant": 30}})
    gained = mean_part_s(slow, "detection") - mean_part_s(quick, "detection")
    assert gained == pytest.approx(30, abs=12)
    assert mean_part_s(slow, "oracle_wait") == pytest.approx(
        mean_part_s(quick, "oracle_wait"), abs=5
    )


def test_bots_that_die_in_the_crash_liquidate_nobody_unless_they_restart_or_others_live(
    finished: Finished,
) -> None:
    dead = {"deaths": {"at_s": [70]}}
    back = {"deaths": {"at_s": [70], "restart_s": {"constant": 80}}}

    def after(record: RunRecord, time_s: int) -> int:
        times = [e.t6_us for e in record.episodes if e.end == "liquidated"]
        return sum(time_us > time_s * SECOND_US for time_us in times)

    alone = run(finished, dead)
    assert after(alone, 100) == 0
    assert bad_debt_usd(alone) > bad_debt_usd(run(finished, {}))
    restarted = run(finished, back)
    assert after(restarted, 150) > 5
    rivals = run(finished, dead, {})
    assert after(rivals, 100) > 5
    assert {e.keeper.split("-0")[0] for e in rivals.episodes if e.keeper} >= {"group-1"}


FLOOD = {
    "arrival": {"poisson": {"gas_per_s": 6_000_000}},
    "tip_gwei": {"constant": 2},
    "senders": 400,
    "to_s": 180,
}


def test_fixed_bids_are_shut_out_by_a_flood_where_adaptive_ones_get_in(finished: Finished) -> None:
    fixed = {"fee": {"fixed": {"max_fee_gwei": 2, "tip_gwei": 1}}}
    adaptive = {"fee": {"escalating": {"tip_gwei": 5, "factor": 1.5, "every_blocks": 1}}}

    def early(record: RunRecord) -> int:
        return sum(0 <= e.t6_us < 180 * SECOND_US for e in record.episodes)

    assert early(run(finished, fixed, flood=FLOOD)) == 0
    assert early(run(finished, adaptive, flood=FLOOD)) > 3
    assert liquidated(run(finished, fixed)) > 5


def test_the_quicker_of_two_groups_wins_the_race(finished: Finished) -> None:
    quick = {"reaction_s": {"constant": 0.1}}
    slow = {"reaction_s": {"constant": 9}}
    record = run(finished, quick, slow)
    won = {row.actor: row.tally.get("won", 0) for row in record.actor_rows}
    assert won["group-0"] > 3 * won["group-1"]
