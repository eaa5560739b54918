"""What a publisher's faults do to the protocol, and when they do nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from small_campaign import small

from floodline.campaign.record import RunRecord
from floodline.campaign.session import Session
from floodline.foundation.units import SECOND_US
from floodline.measure.identities import check
from floodline.measure.tables import build_tables

pytestmark = pytest.mark.anvil

Finished = Callable[[dict[str, Any]], Session]
WALLET = {"multiple": {"tip_gwei": 2}}


def run(finished: Finished, *publishers: dict[str, Any], **changes: Any) -> RunRecord:
    """The small campaign without a flood, with these publishers; its identities hold."""
    rest = [actor for actor in small()["actors"] if "oracle" not in actor and "flood" not in actor]
    oracles = [
        {"oracle": {"name": f"oracle-{number}", "fee": WALLET, **given}}
        for number, given in enumerate(publishers)
    ]
    session = finished(small(slots=18, actors=[*oracles, *rest], **changes))
    record = session.record("complete")
    assert record is not None
    assert [i for i in check(build_tables(record)) if not i.ok] == []
    return record


def gaps(record: RunRecord) -> np.ndarray[Any, Any]:
    """Distance of the chain's price from the true one at each block."""
    return np.array([abs(row.price_chain_usd / row.price_true_usd - 1) for row in record.blocks])


def refused_updates(record: RunRecord) -> int:
    """Updates that reverted."""
    status = record.transactions["status"]
    oracle = np.array([actor.role == "oracle" for actor in record.actors])
    return int((oracle[record.transactions["actor"]] & (status == 2)).sum())


HARMFUL: dict[str, dict[str, Any]] = {
    "delay": {"delay": {"seconds": {"constant": 60}}},
    "drop": {"drop": {"share": 1.0, "from_s": 60}},
    "freeze": {"freeze": {"from_s": 60, "to_s": 180}},
    "late_reveal": {"late_reveal": 100},
    "stuck": {"stuck": {"from_s": 60}},
    "bias": {"bias": {"by": 0.15, "from_s": 60}},
    "clamp": {"clamp": {"min_usd": 2900}},
}


def test_a_sound_publisher_keeps_the_chain_near_the_truth(finished: Finished) -> None:
    assert gaps(run(finished, {})).max() < 0.08


@pytest.mark.parametrize("fault", list(HARMFUL.values()), ids=list(HARMFUL))
def test_a_faulty_publisher_leaves_the_chain_far_from_the_truth(
    finished: Finished, fault: dict[str, Any]
) -> None:
    assert gaps(run(finished, {"faults": [fault]})).max() > 0.1


@pytest.mark.parametrize("name", ["delay", "drop", "freeze", "late_reveal"])
def test_a_second_publisher_heals_what_one_publishes_late_or_never(
    finished: Finished, name: str
) -> None:
    record = run(finished, {"faults": [HARMFUL[name]]}, {"only_if_needed": True, "delay_s": 8})
    assert gaps(record).max() < 0.1


def test_an_update_that_was_overtaken_is_refused_by_the_feed(finished: Finished) -> None:
    held_up = {"reorder": {"share": 0.4, "by_s": 18}}
    assert refused_updates(run(finished, {})) == 0
    record = run(finished, {"faults": [held_up]})
    assert refused_updates(record) > 0
    observed = [row.chain_observed_us for row in record.prices]
    assert observed == sorted(observed)


def test_an_outlier_liquidates_those_who_were_healthy(finished: Finished) -> None:
    print_down = {"outlier": {"share": 1.0, "size": {"constant": 0.15}}}
    calm = small()["market"]["ETH"]["jump_diffusion"] | {"jumps": []}
    market = {"market": {"ETH": {"jump_diffusion": calm}}}
    sound = run(finished, {"heartbeat_s": 30}, **market)
    wild = run(finished, {"heartbeat_s": 30, "faults": [print_down]}, **market)
    assert not any(episode.wrongful for episode in sound.episodes)
    assert sum(episode.wrongful for episode in wild.episodes) > 5


def test_the_nearer_of_two_publishers_sets_the_price_and_the_far_one_is_too_late(
    finished: Finished,
) -> None:
    network = {
        "regions": ["near", "far"],
        "links": [{"between": ["near", "far"], "delay": {"constant": 30}}],
    }
    record = run(finished, {"region": "near"}, {"region": "far"}, network=network)
    table = build_tables(record)["transactions"]
    ends = table.groupby(["actor", "status"], observed=True).size().to_dict()
    assert ends["oracle-0", "included"] > 3 * ends.get(("oracle-0", "reverted"), 1)
    assert ends["oracle-1", "reverted"] > ends.get(("oracle-1", "included"), 0)


def test_a_fixed_bid_is_shut_out_by_a_flood_where_an_escalating_one_gets_in(
    finished: Finished,
) -> None:
    def oldest_price_s(fee: dict[str, Any]) -> float:
        flood = {
            "arrival": {"poisson": {"gas_per_s": 6_000_000}},
            "tip_gwei": {"constant": 5},
            "senders": 400,
        }
        actors = [{"oracle": {"deviation": 0.002, "fee": fee}}, {"flood": flood}]
        record = finished(small(slots=18, actors=actors)).record("complete")
        assert record is not None
        return max(row.price_age_us for row in record.blocks) / SECOND_US

    fixed = {"fixed": {"max_fee_gwei": 100, "tip_gwei": 1}}
    escalating = {"escalating": {"tip_gwei": 1, "factor": 2.0, "every_blocks": 1}}
    assert oldest_price_s(fixed) > 1.5 * oldest_price_s(escalating)


def median_of_three(finished: Finished, fault: dict[str, Any], wrong: int) -> float:
    """Mean distance from the truth after the fall, with this many faulty publishers of three."""
    sound = {"heartbeat_s": 24}
    faulty = {**sound, "faults": [fault]}
    publishers = [faulty] * wrong + [sound] * (3 - wrong)
    record = run(finished, *publishers, protocol={"switches": {"oracle": "median"}})
    return float(gaps(record)[10:].mean())


@pytest.mark.parametrize("name", ["bias", "clamp", "freeze"])
def test_a_median_of_three_bears_one_faulty_publisher_better_than_two(
    finished: Finished, name: str
) -> None:
    one, two = (median_of_three(finished, HARMFUL[name], wrong) for wrong in (1, 2))
    assert one < 0.06
    assert two > 0.09
