"""What keeps a keeper from liquidating: its money, its eyes, its nonces, its death."""

from dataclasses import replace

import numpy as np
import pytest
from fake_desk import FakeDesk, candidate, included, lost, made

from floodline.actors.desk import Outcome
from floodline.foundation.units import GWEI, SECOND_US
from floodline.mempool import PooledTransaction, PoolLimits, PriorityBuilder, TransactionPool

QUICK = {"reaction_s": {"constant": 0}, "fee": {"multiple": {"tip_gwei": 1}}, "order": "reward"}


def keepers(desk, **parameters):
    actor = made("keepers", desk, **{**QUICK, "count": 1, **parameters})
    actor.start()
    return actor


def seal(desk, actor, at_s, *candidates):
    desk.seconds(at_s)
    desk.seal(actor, candidates)
    desk.seconds(at_s + 0.001)


def attempted(desk):
    return [sent.call.subject[0] - 100 for sent in desk.sent]


# ---- capital ----------------------------------------------------------------------------------

CAPITAL = {"capital": {"usd": {"constant": 10_000}, "per_notional": 0.1, "recycle_s": 60}}


def test_attempts_tie_up_capital_and_the_next_has_to_wait():
    desk = FakeDesk()
    actor = keepers(desk, **CAPITAL)
    seal(desk, actor, 12, candidate(0, 60_000), candidate(1, 50_000), candidate(2, 40_000))
    assert attempted(desk) == [0, 2]
    assert actor.tally["short_of_capital"] == 1


def test_capital_of_a_lost_attempt_is_free_at_once():
    desk = FakeDesk()
    actor = keepers(desk, **CAPITAL)
    seal(desk, actor, 12, candidate(0, 100_000))
    actor.on_outcome(desk.sent[0], Outcome("reverted", "NotLiquidatable", 1, 50_000))
    seal(desk, actor, 24, candidate(1, 100_000))
    assert attempted(desk) == [0, 1]


def test_capital_of_a_liquidation_is_free_again_after_its_time():
    desk = FakeDesk()
    actor = keepers(desk, **CAPITAL)
    seal(desk, actor, 12, candidate(0, 100_000))
    desk.seconds(24)
    actor.on_outcome(desk.sent[0], included())
    seal(desk, actor, 48, candidate(1, 100_000))
    assert attempted(desk) == [0]
    seal(desk, actor, 84.5, candidate(1, 100_000))
    assert attempted(desk) == [0, 1]


def test_without_a_limit_everything_is_attempted():
    desk = FakeDesk()
    seal(desk, keepers(desk), 12, *(candidate(n, 1e9) for n in range(5)))
    assert attempted(desk) == [0, 1, 2, 3, 4]


# ---- detection --------------------------------------------------------------------------------


def test_an_account_is_gone_for_when_it_is_noticed_and_not_before():
    desk = FakeDesk()
    actor = keepers(desk, detection_s={"constant": 5})
    seal(desk, actor, 12, candidate(0))
    desk.seconds(16.9)
    assert desk.sent == []
    desk.seconds(17)
    assert [sent.created_us for sent in desk.sent] == [17 * SECOND_US]


def test_what_takes_longer_than_a_block_is_noticed_on_the_newest_block():
    desk = FakeDesk()
    actor = keepers(desk, detection_s={"constant": 20})
    seal(desk, actor, 12, candidate(0), candidate(1))
    seal(desk, actor, 24, candidate(1))
    desk.seconds(40)
    assert attempted(desk) == [1]


def test_an_account_that_recovered_has_to_be_found_again():
    desk = FakeDesk()
    actor = keepers(desk, detection_s={"constant": 5})
    seal(desk, actor, 12, candidate(0))
    seal(desk, actor, 14)
    seal(desk, actor, 16, candidate(0))
    desk.seconds(20.9)
    assert desk.sent == []
    desk.seconds(21)
    assert attempted(desk) == [0]


def test_detection_times_follow_their_distribution():
    desk = FakeDesk(accounts=2)
    actor = keepers(
        desk,
        count=2,
        max_in_flight=64,
        detection_s={"lognormal": {"median": 10, "sigma": 0.5}},
    )
    seal(desk, actor, 12, *(candidate(n) for n in range(60)))
    desk.seconds(500)
    waits_s = np.array([sent.created_us / SECOND_US - 12 for sent in desk.sent])
    assert len(waits_s) == 120
    assert np.median(waits_s) == pytest.approx(10, rel=0.15)
    assert np.log(waits_s).std() == pytest.approx(0.5, rel=0.2)


# ---- nonces -----------------------------------------------------------------------------------


def test_one_account_sends_in_nonce_order_and_several_take_turns():
    one, several = FakeDesk(), FakeDesk(accounts=3)
    seal(one, keepers(one), 12, *(candidate(n) for n in range(4)))
    assert [(sent.sender, sent.nonce) for sent in one.sent] == [(0, 0), (0, 1), (0, 2), (0, 3)]
    seal(several, keepers(several, accounts_each=3), 12, *(candidate(n) for n in range(4)))
    assert [(sent.sender, sent.nonce) for sent in several.sent] == [(0, 0), (1, 0), (2, 0), (0, 1)]


def test_outcomes_reach_the_keeper_whose_account_it_was():
    desk = FakeDesk(accounts=4)
    actor = keepers(desk, count=2, accounts_each=2)
    seal(desk, actor, 12, candidate(0))
    assert [sent.sender for sent in desk.sent] == [0, 2]
    actor.on_outcome(desk.sent[1], lost())
    seal(desk, actor, 24, candidate(0))
    assert [sent.sender for sent in desk.sent] == [0, 2, 2]


@pytest.mark.parametrize(("accounts_each", "get_in"), [(1, []), (8, [1, 2])])
def test_a_stuck_nonce_holds_up_what_follows_on_its_account_only(accounts_each, get_in):
    """The first bid's cap lies below the base fee; the later ones, which could pay, wait behind."""
    desk = FakeDesk(accounts=accounts_each)
    actor = keepers(
        desk, accounts_each=accounts_each, fee={"multiple": {"multiple": 1.0, "tip_gwei": 1}}
    )
    desk.next_base_fee = 10 * GWEI
    seal(desk, actor, 12, candidate(0))
    desk.next_base_fee = 20 * GWEI
    seal(desk, actor, 24, candidate(0), candidate(1), candidate(2))
    pool = TransactionPool(
        PoolLimits(),
        base_fee=20 * GWEI,
        block_gas_limit=30_000_000,
        balance_of=lambda _: 10**30,
        nonce_of=lambda _: 0,
    )
    for sent in desk.sent:
        fees = sent.fees
        bid = (fees.max_fee, fees.tip, sent.call.gas_limit)
        pool.add(PooledTransaction(sent.tx_id, sent.sender, sent.nonce, *bid, order=sent.tx_id), 0)
    plan = PriorityBuilder().build(
        pool, base_fee=20 * GWEI, gas_limit=30_000_000, predict=lambda tx: (tx.gas_limit,) * 2
    )
    assert [attempted(desk)[tx.tx_id] for tx in plan.transactions] == get_in


@pytest.mark.parametrize(("rebid", "bids"), [(True, 4), (False, 1)])
def test_a_keeper_that_may_not_replace_leaves_its_first_bid_standing(rebid, bids):
    desk = FakeDesk()
    actor = keepers(
        desk, rebid=rebid, fee={"escalating": {"tip_gwei": 1, "factor": 1.5, "every_blocks": 1}}
    )
    for slot in range(1, 5):
        seal(desk, actor, 12 * slot, candidate(0))
    assert len(desk.sent) == bids
    assert desk.sent[0].fees.tip == GWEI


# ---- deaths -----------------------------------------------------------------------------------


def test_bots_that_die_together_do_nothing_until_they_are_back():
    desk = FakeDesk(accounts=2)
    actor = keepers(desk, count=2, deaths={"at_s": [20], "restart_s": {"constant": 30}})
    seal(desk, actor, 12, candidate(0))
    seal(desk, actor, 24, candidate(0), candidate(1))
    seal(desk, actor, 48, candidate(1))
    assert attempted(desk) == [0, 0]
    assert actor.tally["blocks_missed_dead"] == 4
    seal(desk, actor, 60, candidate(1))
    assert attempted(desk) == [0, 0, 1, 1]
    assert (actor.tally["died"], actor.tally["restarted"]) == (2, 2)


def test_a_dead_bot_neither_bids_again_nor_notices():
    desk = FakeDesk()
    actor = keepers(
        desk,
        deaths={"at_s": [14]},
        detection_s={"constant": 5},
        fee={"escalating": {"tip_gwei": 1, "factor": 1.5, "every_blocks": 1}},
    )
    seal(desk, actor, 12, candidate(0))
    seal(desk, actor, 24, candidate(0))
    seal(desk, actor, 36, candidate(0))
    assert desk.sent == []
    assert "restarted" not in actor.tally


def test_deaths_by_chance_come_at_their_rate_and_live_again():
    desk = FakeDesk(accounts=50, end_s=20_000)
    actor = keepers(desk, count=50, deaths={"per_hour": 2, "restart_s": {"constant": 200}})
    desk.seconds(20_000)
    # each lives 1,800 s and is down 200 s in the mean: ten cycles in 20,000 s
    assert actor.tally["died"] == pytest.approx(500, abs=5 * np.sqrt(500))
    assert 0 <= actor.tally["died"] - actor.tally["restarted"] <= 25


def test_a_bot_without_deaths_never_dies():
    desk = FakeDesk()
    actor = keepers(desk)
    desk.seconds(1_000)
    assert "died" not in actor.tally


# ---- gas ----------------------------------------------------------------------------------------


def test_a_keeper_reckons_with_the_gas_of_the_kind_that_it_sends(monkeypatch):
    """An account of ten options pays no more than another, and takes seven times the gas."""
    desk = FakeDesk()
    usual = desk.protocol.liquidate
    gas = {100: 0, 101: 7 * desk.protocol.liquidation_gas()}
    monkeypatch.setattr(
        desk.protocol,
        "liquidate",
        lambda account, market: replace(usual(account, market), expected_gas=gas[account[0]]),
    )
    desk.protocol.reward_usd = 5.0  # 400,000 gas at two gwei are $2.40
    actor = keepers(desk)
    seal(desk, actor, 12, candidate(0, 60_000), candidate(1, 60_000))
    assert attempted(desk) == [0]
    assert actor.tally["unprofitable"] == 1
