"""A node's pool whose counts come later than its answer, as geth's do when the machine is busy."""

import hashlib

import pytest

from floodline.actors.fees import Fees
from floodline.campaign.ledger import Ledger
from floodline.campaign.node_pool import NodePool
from floodline.campaign.record import ActorLabel
from floodline.chain.accounts import AccountBook
from floodline.mempool import PooledTransaction, PoolLimits
from floodline.protocols.interface import Call

GWEI = 10**9


class LateNode:
    """Takes everything; what it took is pending only after some looks, or never over a limit."""

    chain_id = 31337

    def __init__(self, looks, limit=1_000):
        self.looks_needed = looks
        self.limit = limit
        self.pending = 0
        self.queued = 0
        self.looks = 0

    def offer(self, raw):
        self.queued += 1
        self.looks = 0
        return hashlib.sha256(raw).digest(), self.pool_depth()

    def pool_depth(self):
        self.looks += 1
        if self.looks > self.looks_needed and self.queued:
            self.pending, self.queued = min(self.pending + self.queued, self.limit), 0
        return self.pending, self.queued


class World:
    def __init__(self, node):
        self.node = node
        self.ledger = Ledger([ActorLabel("trader", "trader", "traders")])
        accounts = AccountBook(1)
        accounts.accounts("sender", 3)
        self.pool = NodePool(
            node,
            accounts,
            self.ledger,
            PoolLimits(),
            base_fee=GWEI,
            block_gas_limit=30_000_000,
            balance_of=lambda _: 10**24,
            nonce_of=lambda _: 0,
        )

    def offer(self, sender, nonce):
        fees = Fees(20 * GWEI, GWEI)
        call = Call(bytes(20), b"", 21_000, "transfer")
        tx_id = self.ledger.add(0, call, sender, nonce, fees, 0)
        tx = PooledTransaction(tx_id, sender, nonce, 20 * GWEI, GWEI, 21_000)
        assert self.pool.add(tx, 0) is None
        return self.pool.pending_count, self.pool.queued_count


@pytest.mark.parametrize("looks", [0, 1, 7])
def test_the_counts_are_those_after_the_transaction_found_its_place(looks):
    world = World(LateNode(looks))
    assert [world.offer(0, 0), world.offer(0, 1), world.offer(1, 0)] == [(1, 0), (2, 0), (3, 0)]


def test_what_waits_behind_a_gap_is_not_waited_for():
    world = World(LateNode(5))
    assert world.offer(0, 1) == (0, 1)
    assert world.node.looks == 1


def test_a_pool_that_cuts_what_it_promoted_is_not_waited_for_without_end():
    world = World(LateNode(0, limit=1))
    assert world.offer(0, 0) == (1, 0)
    assert world.offer(1, 0) == (1, 0)
    assert world.node.looks < 30
