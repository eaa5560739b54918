"""Who has seen which pending transaction: gossip from each sender to each actor that looks."""

from __future__ import annotations

import numpy as np

from floodline.actors.desk import PendingSeen, Sent
from floodline.campaign.ledger import Ledger
from floodline.campaign.network import Network
from floodline.foundation.seeds import Streams
from floodline.mempool.states import TxState
from floodline.mempool.transaction import Lane


class Gossip:
    """Public transactions in the order in which each actor sent them.

    Parameters
    ----------
    streams : Streams
        The campaign's random streams.
    ledger : Ledger
        Knows which transactions still wait.
    network : Network
        Knows how long it takes from one actor to another.

    """

    def __init__(self, streams: Streams, ledger: Ledger, network: Network) -> None:
        self.streams = streams
        self.ledger = ledger
        self.network = network
        self.sent: list[list[Sent]] = [[] for _ in ledger.actors]

    def add(self, actor: int, sent: Sent) -> None:
        """Let a transaction be gossiped, unless it goes by the private lane."""
        if sent.fees.lane is Lane.PUBLIC:
            self.sent[actor].append(sent)

    def view(self, name: str) -> GossipView:
        """Return the view of the actor of this name."""
        return GossipView(self, name)


class GossipView:
    """What has reached one actor.

    Delays come from a stream for each pair of actors, so that who else takes part changes nothing,
    and an actor that never looks costs nothing.
    """

    def __init__(self, gossip: Gossip, name: str) -> None:
        self._gossip = gossip
        self._name = name
        self._read = [0] * len(gossip.sent)
        self._streams: dict[int, np.random.Generator] = {}
        self._known: dict[int, PendingSeen] = {}

    def seen(self, now_us: int, block_seen: int) -> list[PendingSeen]:
        """Return what has arrived by now and is not known to have ended, in order of creation.

        Parameters
        ----------
        now_us : int
            Virtual time.
        block_seen : int
            The last block that has reached the actor: what a later one holds still seems to wait.

        """
        self._catch_up()
        status = self._gossip.ledger.columns["status"]
        block = self._gossip.ledger.columns["block"]
        for tx_id in list(self._known):
            if status[tx_id] != TxState.PENDING and block[tx_id] <= block_seen:
                del self._known[tx_id]
        return sorted(
            (seen for seen in self._known.values() if seen.seen_us <= now_us),
            key=lambda seen: seen.tx_id,
        )

    def _catch_up(self) -> None:
        """Draw the delay of every transaction sent since the last look."""
        gossip = self._gossip
        for actor, sent in enumerate(gossip.sent):
            new = sent[self._read[actor] :]
            if not new:
                continue
            self._read[actor] = len(sent)
            sender = gossip.ledger.actors[actor].name
            if actor not in self._streams:
                name = f"network.gossip.{self._name}.{sender}"
                self._streams[actor] = gossip.streams.stream(name)
            created_us = np.array([one.created_us for one in new], dtype=np.int64)
            seen_us = gossip.network.gossip_us(
                sender, self._name, self._streams[actor], created_us
            ).tolist()
            for one, at_us in zip(new, seen_us, strict=True):
                self._known[one.tx_id] = PendingSeen(
                    one.tx_id,
                    one.sender,
                    one.nonce,
                    one.call,
                    one.fees,
                    at_us,
                )
