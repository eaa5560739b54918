"""The way from an actor to the builder and back: regions, cuts, losses, copies."""

import numpy as np
import pytest
from pydantic import ValidationError

from floodline.campaign.network import Network
from floodline.foundation.seeds import Streams
from floodline.foundation.units import SECOND_US, to_us
from floodline.mempool.topology import LOST, TopologyParameters

CREATED_US = np.arange(1, 4_001, dtype=np.int64) * 10_000
"""Forty seconds, a hundred messages a second."""


def network(**parameters):
    parameters.setdefault("delay", {"constant": 1})
    parameters.setdefault("block_delay", {"constant": 2})
    return Network(TopologyParameters(**parameters), Streams(5))


def route(region=None, name="keeper", **parameters):
    return network(**parameters).route(name, region)


def test_a_message_takes_its_regions_delay_and_a_block_its_own():
    far = {
        "regions": ["us", "asia"],
        "links": [{"between": ["asia", "us"], "delay": {"constant": 3}}],
    }
    there, here = route("asia", **far), route("us", **far)
    assert set(there.arrivals_us(CREATED_US, 100) - CREATED_US) == {3 * SECOND_US}
    assert set(here.arrivals_us(CREATED_US, 100) - CREATED_US) == {SECOND_US}
    assert there.block_arrives_us(0) == 3 * SECOND_US
    assert here.block_arrives_us(0) == 2 * SECOND_US


def test_a_block_may_take_longer_than_a_transaction():
    far = {
        "regions": ["us", "asia"],
        "builder_region": "asia",
        "links": [
            {"between": ["asia", "us"], "delay": {"constant": 3}, "block_delay": {"constant": 5}}
        ],
    }
    assert route("us", **far).block_arrives_us(SECOND_US) == 6 * SECOND_US


def test_an_actor_without_a_region_is_where_the_builder_is():
    assert route(None, regions=["us", "asia"], builder_region="asia").region == "asia"


def test_long_messages_take_longer():
    slow = route(seconds_per_kib=0.5)
    assert slow.arrivals_us(np.array([0]), 3 * 1024)[0] == to_us(1 + 1.5)


CUT = {"regions": ["us", "asia"], "partitions": [{"regions": ["asia"], "from_s": 10, "to_s": 20}]}


def test_what_is_sent_across_a_cut_is_delivered_after_it():
    cut = route("asia", **CUT)
    arrived = cut.arrivals_us(CREATED_US, 100)
    inside = (CREATED_US >= 10 * SECOND_US) & (CREATED_US < 20 * SECOND_US)
    assert set(arrived[inside]) == {21 * SECOND_US}
    assert (arrived[~inside] == CREATED_US[~inside] + SECOND_US).all()
    assert cut.counts == {"sent": 4_000, "lost": 0, "resent": 0, "copied": 0, "held": 1_000}


def test_blocks_reach_a_cut_region_after_the_cut():
    cut = route("asia", **CUT)
    assert cut.block_arrives_us(9 * SECOND_US) == 11 * SECOND_US
    assert cut.block_arrives_us(12 * SECOND_US) == 22 * SECOND_US


def test_a_cut_may_lose_transactions_but_never_blocks():
    cut = {**CUT, "partitions": [{**CUT["partitions"][0], "then": "lose"}]}
    losing = route("asia", **cut)
    arrived = losing.arrivals_us(CREATED_US, 100)
    assert (arrived == LOST).sum() == losing.counts["lost"] == 1_000
    assert losing.block_arrives_us(12 * SECOND_US) == 22 * SECOND_US


def test_a_cut_does_not_concern_those_on_the_builders_side():
    assert route("us", **CUT).counts["held"] == 0
    here = route("us", **CUT)
    assert (here.arrivals_us(CREATED_US, 100) == CREATED_US + SECOND_US).all()


def test_gossip_waits_for_the_end_of_a_cut():
    net = network(**CUT)
    net.route("keeper", "us"), net.route("searcher", "asia"), net.route("trader", "us")
    rng = np.random.default_rng(1)
    sent = np.array([12 * SECOND_US])
    assert net.gossip_us("keeper", "searcher", rng, sent)[0] == 21 * SECOND_US
    assert net.gossip_us("keeper", "trader", rng, sent)[0] == 13 * SECOND_US


def test_two_cuts_in_a_row_hold_a_message_until_the_second_ends():
    cuts = [
        {"regions": ["asia"], "from_s": 10, "to_s": 20},
        {"regions": ["us"], "from_s": 15, "to_s": 30},
    ]
    twice = route("asia", regions=["us", "asia"], partitions=cuts)
    assert twice.arrivals_us(np.array([11 * SECOND_US]), 100)[0] == 31 * SECOND_US


def test_a_lost_message_is_sent_again_until_it_arrives():
    lossy = route(loss={"share": 0.2, "resend_s": 3})
    late = (lossy.arrivals_us(CREATED_US, 100) - CREATED_US) // SECOND_US - 1
    assert set(late % 3) == {0}
    # geometric: one in five once more, one in 25 twice more, mean 0.25 resends
    assert (late > 0).mean() == pytest.approx(0.2, abs=0.032)
    assert (late > 3).mean() == pytest.approx(0.04, abs=0.016)
    assert lossy.counts["resent"] == int(late.sum() / 3)
    assert lossy.counts["lost"] == 0


def test_without_resending_a_share_never_arrives():
    lossy = route(loss={"share": 0.2, "resend_s": None})
    lost = lossy.arrivals_us(CREATED_US, 100) == LOST
    assert lost.mean() == pytest.approx(0.2, abs=0.032)
    assert lossy.counts["lost"] == lost.sum()


def test_of_two_copies_the_first_to_arrive_counts():
    spread = {"delay": {"lognormal": {"median_s": 1, "sigma": 1}}}
    once = route(**spread).arrivals_us(CREATED_US, 100)
    twice_route = route(duplication=1.0, **spread)
    twice = twice_route.arrivals_us(CREATED_US, 100)
    assert twice_route.counts["copied"] == 4_000
    assert (twice <= once).all()
    # half of the time the second copy is the quicker one
    assert (twice < once).mean() == pytest.approx(0.5, abs=0.04)


def test_switching_on_one_fault_leaves_all_other_draws_alone():
    spread = {"delay": {"lognormal": {"median_s": 1, "sigma": 1}}}
    calm = route(**spread).arrivals_us(CREATED_US, 100)
    lossy = route(loss={"share": 0.3, "resend_s": None}, **spread).arrivals_us(CREATED_US, 100)
    assert (lossy[lossy != LOST] == calm[lossy != LOST]).all()
    assert route(**spread).block_arrives_us(0) == route(duplication=0.5, **spread).block_arrives_us(
        0
    )


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"regions": ["us"], "builder_region": "uk"}, "builder_region names region 'uk'"),
        (
            {"regions": ["europe"], "partitions": [{"regions": ["europ"], "from_s": 0, "to_s": 1}]},
            "did you mean 'europe'",
        ),
        (
            {"regions": ["us"], "links": [{"between": ["us", "eu"], "delay": {"constant": 1}}]},
            "links names region 'eu'",
        ),
    ],
)
def test_a_region_that_is_not_there_is_refused(parameters, words):
    with pytest.raises(ValidationError, match=words):
        TopologyParameters(**parameters)
