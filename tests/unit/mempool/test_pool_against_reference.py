"""The pool against a slow and plain one, over random histories."""

import random
from collections import Counter

from hypothesis import event, given, settings
from hypothesis import strategies as st
from mempool_reference import NaivePool
from mempool_world import RICH, SMALL, World

from floodline.mempool import TxState

SENDERS = range(7)
MINUTE_US = 60_000_000


def usually(rng, usual, *unusual):
    """Return the usual value nineteen times in twenty."""
    return usual if rng.random() < 0.95 else rng.choice(unusual)


def an_offer(rng):
    tip = rng.randint(1, 25)
    return {
        "sender": rng.choice(SENDERS),
        "offset": rng.choice([0, 0, 0, 0, 0, 0, 1, 1, 2, 3, -1, -2]),
        "max_fee": tip + usually(rng, rng.randint(0, 40), -1),
        "tip": usually(rng, tip, 0),
        "slots": usually(rng, 1, 2, 4, 5),
        "gas_limit": usually(rng, 21_000, 50_000, 20_999),
    }


def a_block(rng):
    return {
        "take": rng.choices(SENDERS, k=rng.randint(0, 5)),
        "strangers": usually(rng, [], [rng.choice(SENDERS)]),
        "base_fee": rng.randint(1, 45),
        "gas_limit": usually(rng, 30_000_000, 40_000),
        "poor": usually(rng, [], [(rng.choice(SENDERS), rng.randint(0, 4_000_000))]),
        "reorganised": usually(rng, False, True),
    }


def a_history(seed, length):
    """Yield steps; a seed makes long histories that are cheap to draw and shrink by length."""
    rng = random.Random(seed)
    weights = {"add": 70, "batch": 10, "block": 10, "wait": 5, "again": 8}
    for what in rng.choices(list(weights), list(weights.values()), k=length):
        argument = {
            "add": lambda: an_offer(rng),
            "batch": lambda: [an_offer(rng) for _ in range(rng.randint(2, 10))],
            "block": lambda: a_block(rng),
            "wait": lambda: rng.randint(0, MINUTE_US * 5 // 4),
            "again": lambda: rng.randint(0, 200),
        }[what]()
        yield what, argument


class Twins:
    """The pool under test and the reference, fed alike."""

    def __init__(self):
        self.world = World(SMALL)
        self.naive = NaivePool(SMALL, 10, 30_000_000, self.world.balances, self.world.nonces, RICH)
        self.now_us = 0
        self.ends = {}

    def make(self, offer):
        offer = dict(offer)
        nonce = max(self.world.pool.pending_nonce(offer["sender"]) + offer.pop("offset"), 0)
        return self.world.tx(nonce=nonce, **offer)

    def offer(self, transactions, *, batch):
        pool = self.world.pool
        for tx in transactions:
            assert pool.would_reject(tx.max_fee, tx.tip) == (
                self.naive.slots() >= SMALL.capacity and self.naive.underpriced(tx.max_fee, tx.tip)
            )
            if batch:
                break
        if batch:
            answers = pool.add_batch(transactions, self.now_us)
        else:
            answers = [pool.add(tx, self.now_us) for tx in transactions]
        assert answers == self.naive.offer(transactions, self.now_us)
        for tx, answer in zip(transactions, answers, strict=True):
            event(f"answer {answer.label if answer else 'taken'}")
            if answer is None:
                self.ends.pop(tx.tx_id, None)
            elif not pool.contains(tx.tx_id):
                self.ends.setdefault(tx.tx_id, TxState.REJECTED)

    def seal(self, block):
        world, pool = self.world, self.world.pool
        included = []
        for sender in block["take"]:
            run = pool.pending_of(sender)
            taken = sum(tx.sender == sender for tx in included)
            if taken < len(run):
                included.append(run[taken])
        for tx in included:
            world.nonces[tx.sender] = tx.nonce + 1
            self.ends[tx.tx_id] = TxState.INCLUDED
        for sender in block["strangers"]:
            world.nonces[sender] = world.nonces.get(sender, 0) + 1
        if block["reorganised"] and world.nonces.get(0, 0) and 0 not in block["take"]:
            world.nonces[0] -= 1
        world.balances.clear()
        world.balances.update(block["poor"])
        pool.on_block(
            included,
            base_fee=block["base_fee"],
            now_us=self.now_us,
            block_gas_limit=block["gas_limit"],
        )
        self.naive.on_block(included, block["base_fee"], self.now_us, block["gas_limit"])

    def wait(self, span_us):
        self.now_us += span_us
        self.world.pool.expire(self.now_us)
        self.naive.expire(self.now_us)

    def step(self, what, argument):
        if what == "add":
            self.offer([self.make(argument)], batch=False)
        elif what == "batch":
            self.offer([self.make(offer) for offer in argument], batch=True)
        elif what == "again":
            known = self.world.offered
            if known:
                self.offer([known[argument % len(known)]], batch=False)
        elif what == "block":
            self.seal(argument)
        else:
            self.wait(argument)

    def compare(self):
        pool, naive = self.world.pool, self.naive
        left = pool.take_departures()
        assert Counter(tuple(d) for d in left) == Counter(naive.departed)
        naive.departed.clear()
        for departure in left:
            event(f"left {departure.state.label}: {departure.reason.label}")
            self.ends[departure.tx_id] = departure.state
        for sender in SENDERS:
            pending = naive.pending.get(sender, {})
            assert list(pool.pending_of(sender)) == [pending[n] for n in sorted(pending)]
            queued = naive.queue.get(sender, {})
            assert list(pool.queued_of(sender)) == [queued[n] for n in sorted(queued)]
            assert pool.pending_nonce(sender) == naive.pending_nonce(sender)
        everything = list(pool)
        assert len(everything) == len(pool) == len(naive.all)
        assert {tx.tx_id for tx in everything} == set(naive.all)
        assert pool.slots_used == naive.slots()
        assert pool.pending_count == naive.count(naive.pending)
        assert pool.queued_count == naive.count(naive.queue)
        executable = [tx for tx in everything if tx in pool.pending_of(tx.sender)]
        assert pool.pending_gas == sum(tx.gas_limit for tx in executable)

    def conserve(self):
        """Every transaction offered is in the pool, or has ended in exactly one state."""
        for tx_id in self.world.offered:
            assert self.world.pool.contains(tx_id) != (tx_id in self.ends)


@given(seed=st.integers(0, 2**32 - 1), length=st.integers(1, 200))
@settings(max_examples=300, deadline=None)
def test_the_pool_agrees_with_the_plain_one_and_loses_no_transaction(seed, length):
    twins = Twins()
    for what, argument in a_history(seed, length):
        twins.step(what, argument)
        twins.compare()
    twins.conserve()
