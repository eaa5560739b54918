"""Pending transactions are seen when gossip brings them, and only while they wait."""

import numpy as np
import pytest

from floodline.actors.desk import Sent
from floodline.actors.fees import Fees, Lane
from floodline.campaign.gossip import Gossip
from floodline.campaign.ledger import Ledger
from floodline.campaign.network import Network
from floodline.campaign.record import ActorLabel
from floodline.foundation.seeds import Streams
from floodline.mempool.states import Reason, TxState
from floodline.mempool.topology import TopologyParameters
from floodline.protocols.interface import Call

CALL = Call(b"t" * 20, b"", 21_000, "liquidate", subject=b"a" * 20)


class World:
    """A gossip network between three actors, and a way to send."""

    def __init__(self, delay="lognormal"):
        names = ("searcher", "keeper", "bystander")
        self.ledger = Ledger([ActorLabel(name, name, name) for name in names])
        chosen = {"constant": 1.0} if delay == "constant" else delay
        network = Network(TopologyParameters(delay=chosen), Streams(5))
        for name in names:
            network.route(name, None)
        self.gossip = Gossip(Streams(5), self.ledger, network)
        self.searcher = self.gossip.view("searcher")

    def send(self, actor, now_us, lane=Lane.PUBLIC):
        fees = Fees(10, 1, lane)
        tx_id = self.ledger.add(actor, CALL, actor, 0, fees, now_us)
        self.gossip.add(actor, Sent(tx_id, actor, 0, CALL, fees, now_us, 0))
        return tx_id

    def seen(self, now_us, block_seen=0):
        return [one.tx_id for one in self.searcher.seen(now_us, block_seen)]


@pytest.fixture
def world():
    return World("constant")


def test_a_transaction_is_seen_after_its_own_delay_and_not_before(world):
    sent = world.send(1, 500_000)
    assert world.seen(1_499_999) == []
    assert world.seen(1_500_000) == [sent]
    assert world.searcher.seen(2_000_000, 0)[0].seen_us == 1_500_000


def test_a_private_transaction_is_never_seen(world):
    world.send(1, 0, Lane.PRIVATE)
    public = world.send(1, 0)
    assert world.seen(10**9) == [public]


def test_what_a_block_took_seems_to_wait_until_that_block_is_seen(world):
    sent = world.send(1, 0)
    world.ledger.end(sent, 12_000_000, TxState.INCLUDED)
    world.ledger.columns["block"][sent] = 4
    assert world.seen(13_000_000, block_seen=3) == [sent]
    assert world.seen(13_000_000, block_seen=4) == []


def test_what_the_pool_let_go_is_out_of_sight_at_once(world):
    sent = world.send(1, 0)
    world.ledger.end(sent, 2_000_000, TxState.EVICTED, Reason.UNDERPRICED)
    assert world.seen(3_000_000) == []


def test_who_else_sends_changes_nobodys_delay():
    def arrivals(with_bystander):
        world = World()
        for step in range(20):
            if with_bystander:
                world.send(2, step)
            world.send(1, step)
        found = world.searcher.seen(10**12, 0)
        return [one.seen_us for one in found if one.sender == 1]

    assert arrivals(with_bystander=True) == arrivals(with_bystander=False)
    assert len(np.unique(arrivals(with_bystander=True))) > 10
