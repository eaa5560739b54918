"""The live clock's parts: time, lag, and a pool whose answers come later than the next offer."""

import asyncio
import time

import pytest

from floodline.actors.fees import Fees
from floodline.campaign.ledger import Ledger
from floodline.campaign.live.clock import LateQueue, ScheduleLag, WallClock
from floodline.campaign.live.outbox import Outbox, Parcel
from floodline.campaign.live.pool import LivePool
from floodline.campaign.live.posting import in_threads
from floodline.campaign.record import ActorLabel
from floodline.chain.accounts import AccountBook
from floodline.chain.rpc import NeverSent, OutcomeUnknown, RpcFailure
from floodline.mempool import PooledTransaction, PoolLimits, Reason, TxState
from floodline.protocols.interface import Call

GWEI = 10**9


def test_a_step_of_the_machines_date_does_not_move_the_clock(monkeypatch):
    clock = WallClock()
    clock.start()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert 0 <= clock.now_us() < 1_000_000


def test_time_counts_from_the_moment_it_was_started():
    ticking = iter([100.0, 105.0, 107.5])
    clock = WallClock(lambda: next(ticking))
    clock.start()
    assert clock.now_us() == 2_500_000


def test_what_is_scheduled_for_the_past_happens_now():
    queue, seen = LateQueue(), []
    queue.run_until(50)
    queue.at(10, seen.append)
    assert queue.next_us() == 50
    queue.run_until(60)
    assert seen == [50]


def test_the_lag_gate_looks_at_the_ninety_ninth_percentile():
    lag = ScheduleLag(limit_us=500)
    for _ in range(200):
        lag.add(100)
    lag.add(10_000)
    assert lag.p99_us() == 100
    assert not lag.exceeded
    for _ in range(20):
        lag.add(10_000)
    assert lag.p99_us() == 10_000
    assert lag.exceeded


class Chain:
    """What the pool asks of its node here."""

    chain_id = 31337


class World:
    """A live pool with three senders, and what it sent."""

    def __init__(self, now_us=0):
        self.ledger = Ledger([ActorLabel("trader", "trader", "traders")])
        self.accounts = AccountBook(1)
        self.accounts.accounts("sender", 3)
        self.nonces = [0, 0, 0]
        self.sent = []
        self.lag = ScheduleLag(50_000)
        self.now_us = now_us
        self.pool = LivePool(
            Chain(),
            self.accounts,
            self.ledger,
            PoolLimits(),
            now_us=lambda: self.now_us,
            send=self.sent.append,
            lag=self.lag,
            drop_after_us=1_000_000,
            base_fee=GWEI,
            block_gas_limit=30_000_000,
            balance_of=lambda _: 10**24,
            nonce_of=self.nonces.__getitem__,
        )

    def make(self, sender=0, nonce=0, tip=GWEI):
        call = Call(bytes(20), b"", 21_000, "transfer")
        fees = Fees(20 * GWEI, tip)
        tx_id = self.ledger.add(0, call, sender, nonce, fees, 0)
        return PooledTransaction(tx_id, sender, nonce, 20 * GWEI, tip, 21_000)

    def left(self):
        return [(d.tx_id, d.state, d.reason) for d in self.pool.take_departures()]


def test_what_is_under_way_counts_as_held_so_that_the_next_nonce_follows():
    world = World()
    assert world.pool.add(world.make(), 0) is None
    assert world.pool.pending_nonce(0) == 1
    world.pool.answered(world.sent[0], None)
    assert world.pool.pending_nonce(0) == 1
    assert world.pool.contains(0)


def test_a_refusal_gives_the_nonce_back_and_is_rejected_with_the_nodes_reason():
    world = World()
    world.pool.add(world.make(), 0)
    world.pool.answered(world.sent[0], RpcFailure(-32000, "transaction underpriced"))
    assert world.left() == [(0, TxState.REJECTED, Reason.UNDERPRICED)]
    assert world.pool.pending_nonce(0) == 0


def test_a_replacement_replaces_only_once_the_node_has_taken_it():
    world = World()
    world.pool.add(world.make(), 0)
    world.pool.answered(world.sent[0], None)
    world.pool.add(world.make(tip=2 * GWEI), 0)
    assert world.left() == []
    world.pool.answered(world.sent[1], RpcFailure(-32000, "replacement transaction underpriced"))
    assert world.left() == [(1, TxState.REJECTED, Reason.REPLACEMENT_UNDERPRICED)]
    assert world.pool.contains(0)
    world.pool.add(world.make(tip=3 * GWEI), 0)
    world.pool.answered(world.sent[2], None)
    assert world.left() == [(0, TxState.REPLACED, Reason.OUTBID)]


def test_what_comes_too_late_is_not_sent_and_counted():
    world = World(now_us=2_000_000)
    assert world.pool.add(world.make(), 500_000) is Reason.GENERATOR_LATE
    assert world.sent == []
    assert world.pool.late == 1


def test_a_signature_made_ahead_is_used_if_the_nonce_is_still_right():
    world = World()
    first, second = world.make(), world.make(sender=1, nonce=4)
    world.pool.sign_ahead([first, second])
    world.pool.add(first, 0)
    second.nonce = 0
    world.pool.add(second, 0)
    assert world.pool.presigned == 1


def test_what_was_never_sent_is_lost_at_once_and_what_may_be_there_is_looked_for_at_the_end():
    world = World()
    for sender in range(3):
        world.pool.add(world.make(sender=sender), 0)
    world.pool.lost(world.sent[0], maybe_there=False)
    assert world.left() == [(0, TxState.REJECTED, Reason.NODE_UNREACHABLE)]
    world.pool.lost(world.sent[1], maybe_there=True)
    world.pool.lost(world.sent[2], maybe_there=True)
    there = world.pool._under_way[2][1]
    world.pool.reconcile({there})
    assert world.left() == [(1, TxState.REJECTED, Reason.NODE_UNREACHABLE)]
    assert world.pool.contains(2)


def test_a_block_may_hold_what_was_not_answered_yet():
    world = World()
    transaction = world.make()
    world.pool.add(transaction, 0)
    world.nonces[0] = 1
    world.pool.on_block([transaction], base_fee=GWEI, now_us=0)
    world.pool.answered(world.sent[0], None)
    assert world.left() == []
    assert len(world.pool) == 0
    assert world.pool.pending_nonce(0) == 1


def test_whom_the_node_no_longer_holds_was_evicted_but_not_who_came_after_the_question():
    world = World()
    world.pool.add(world.make(), 0)
    world.pool.answered(world.sent[0], None)
    world.pool.asked()
    world.pool.add(world.make(sender=1), 0)
    world.pool.answered(world.sent[1], None)
    world.pool.told(set(), (0, 0))
    world.pool.on_block((), base_fee=GWEI, now_us=0)
    assert world.left() == [(0, TxState.EVICTED, Reason.LOST_BY_NODE)]
    assert world.pool.contains(1)


class Wire:
    """A node's client that answers as it is told."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.sizes = []

    def batch(self, calls):
        self.sizes.append(len(calls))
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return [outcome] * len(calls)


def send_all(wire, count, batch):
    answered, lost = [], []

    async def go():
        outbox = Outbox(
            *in_threads(wire, 1),
            1,
            batch,
            lambda parcel, failure: answered.append((parcel.tx_id, failure)),
            lambda parcel, maybe: lost.append((parcel.tx_id, maybe)),
        )
        for number in range(count):
            outbox.put(Parcel(number, 0, b"\x01", 0))
        outbox.start()
        await outbox.drain()
        outbox.check()
        await outbox.close()

    asyncio.run(go())
    return answered, lost


def test_parcels_go_in_batches_and_each_gets_its_answer():
    wire = Wire("0x01", RpcFailure(-1, "no"))
    answered, lost = send_all(wire, 5, batch=3)
    assert wire.sizes == [3, 2]
    assert [failure is None for _, failure in answered] == [True, True, True, False, False]
    assert not lost


@pytest.mark.parametrize(
    ("fault", "maybe_there"),
    [
        (NeverSent("http://127.0.0.1:1", "refused"), False),
        (OutcomeUnknown("http://127.0.0.1:1", "sends", "reset"), True),
    ],
)
def test_a_lost_connection_loses_its_batch_and_not_the_lane(fault, maybe_there):
    answered, lost = send_all(Wire(fault, "0x01"), 4, batch=2)
    assert lost == [(0, maybe_there), (1, maybe_there)]
    assert [tx_id for tx_id, _ in answered] == [2, 3]


def test_draining_raises_what_ended_a_lane_instead_of_waiting_for_ever():
    def refuse(parcel, failure):
        raise RuntimeError(f"nobody takes {parcel.tx_id}")

    async def go():
        outbox = Outbox(*in_threads(Wire("0x01", "0x01"), 1), 1, 1, refuse, refuse)
        for number in range(2):
            outbox.put(Parcel(number, 0, b"\x01", 0))
        outbox.start()
        try:
            await asyncio.wait_for(outbox.drain(), 5)
        finally:
            await outbox.close()

    with pytest.raises(RuntimeError, match="nobody takes 0"):
        asyncio.run(go())
