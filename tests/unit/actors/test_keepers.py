"""Keepers race for accounts, within their capacity and their reason."""

from fake_desk import FakeDesk, candidate, included, lost, made

from floodline.actors.desk import Outcome
from floodline.foundation.units import GWEI

QUICK = {"reaction_s": {"constant": 0.5}, "fee": {"multiple": {"tip_gwei": 1}}}


def keepers(desk, **parameters):
    return made("keepers", desk, **{**QUICK, **parameters})


def targets(desk):
    return [(sent.sender, sent.call.subject[0] - 100) for sent in desk.sent]


def test_each_keeper_goes_for_each_account_after_its_reaction_time():
    desk = FakeDesk(accounts=2)
    actor = keepers(desk, count=2, order="reward")
    desk.seconds(12)
    desk.seal(actor, [candidate(0), candidate(1)])
    assert desk.sent == []
    desk.seconds(13)
    assert sorted(targets(desk)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert {sent.created_us for sent in desk.sent} == {12_500_000}
    assert len(desk.decisions) == 4


def test_an_account_is_gone_for_once_until_its_attempt_has_ended():
    desk = FakeDesk()
    actor = keepers(desk, count=1)
    desk.seal(actor, [candidate(0)])
    desk.seconds(1)
    desk.seal(actor, [candidate(0)])
    desk.seconds(2)
    assert len(desk.sent) == 1
    actor.on_outcome(desk.sent[0], Outcome("reverted", "NotLiquidatable", 2, 50_000))
    desk.seal(actor, [candidate(0)])
    desk.seconds(3)
    assert len(desk.sent) == 2
    actor.on_outcome(desk.sent[1], included())
    assert (actor.tally["lost_race"], actor.tally["won"], actor.tally["attempted"]) == (1, 1, 2)


def test_no_more_than_the_capacity_waits_at_once():
    desk = FakeDesk()
    actor = keepers(desk, count=1, max_in_flight=3, order="reward")
    desk.seal(actor, [candidate(n) for n in range(10)])
    desk.seconds(1)
    assert targets(desk) == [(0, 0), (0, 1), (0, 2)]
    actor.on_outcome(desk.sent[0], lost())
    desk.seal(actor, [candidate(n) for n in range(10)])
    desk.seconds(2)
    assert len(desk.sent) == 4


def test_a_liquidation_that_does_not_pay_is_left_alone_unless_the_keeper_does_not_ask():
    cost = 400_000 * 2 * GWEI / 1e18 * 3000  # gas at base fee and tip, in dollars: 2.40
    for reward, asks, sent in ((cost - 0.01, True, 0), (cost, True, 1), (0.0, False, 1)):
        desk = FakeDesk()
        desk.protocol.reward_usd = reward
        actor = keepers(desk, count=1, only_if_profitable=asks)
        desk.seal(actor, [candidate(0)])
        desk.seconds(1)
        assert len(desk.sent) == sent
        assert actor.tally.get("unprofitable", 0) == 1 - sent


def test_a_random_order_is_its_own_stream_and_covers_everything():
    desk = FakeDesk()
    actor = keepers(desk, count=1, order="random", max_in_flight=64)
    desk.seal(actor, [candidate(n) for n in range(20)])
    desk.seconds(1)
    order = [number for _, number in targets(desk)]
    assert sorted(order) == list(range(20)) != order
