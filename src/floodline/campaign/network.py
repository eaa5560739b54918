"""Routes: each actor's way to the builder, and the builder's way back."""

from __future__ import annotations

from typing import Final

import numpy as np

from floodline.foundation.seeds import Streams
from floodline.foundation.units import SECOND_US, to_us
from floodline.mempool.topology import (
    LOST,
    LossParameters,
    Microseconds,
    Topology,
    TopologyParameters,
)

_MOST_RESENDS: Final = 10_000


class Route:
    """The way of one actor's messages.

    Delays, losses and copies come from streams of the actor's own, so that none of them changes
    another's draws, nor its own when another fault is switched on.

    Parameters
    ----------
    name : str
        The actor's name.
    region : str
        Where it is.
    parameters : TopologyParameters
        Losses and copies.
    topology : Topology
        Delays and cuts.
    streams : Streams
        The campaign's.

    Attributes
    ----------
    counts : dict of str to int
        What happened on the way: messages ``sent``, ``lost``, ``resent``, ``copied``, and ``held``
        by a partition.

    """

    def __init__(
        self,
        name: str,
        region: str,
        parameters: TopologyParameters,
        topology: Topology,
        streams: Streams,
    ) -> None:
        self.name = name
        self.region = region
        self.counts = dict.fromkeys(("sent", "lost", "resent", "copied", "held"), 0)
        self._topology = topology
        self._loss = parameters.loss
        self._duplication = parameters.duplication
        self._per_kib_us = parameters.seconds_per_kib * SECOND_US
        self._delay = topology.delay(region, topology.builder_region)
        self._block_delay = topology.block_delay(region, topology.builder_region)
        self._messages = streams.stream(f"network.messages.{name}")
        self._blocks = streams.stream(f"network.blocks.{name}")
        self._losses = streams.stream(f"network.losses.{name}")
        self._copies = streams.stream(f"network.copies.{name}")

    def arrivals_us(self, created_us: Microseconds, size_bytes: int) -> Microseconds:
        """Return when transactions created at these times reach the builder, `LOST` if never."""
        count = len(created_us)
        counts = self.counts
        counts["sent"] += count
        delay_us = self._delay.sample(self._messages, count)
        if self._duplication:
            twice = self._copies.random(count) < self._duplication
            other_us = self._delay.sample(self._copies, count)
            delay_us = np.where(twice, np.minimum(delay_us, other_us), delay_us)
            counts["copied"] += int(twice.sum())
        if self._per_kib_us:
            delay_us = delay_us + round(self._per_kib_us * size_bytes / 1024)
        ready_us = np.array(created_us, dtype=np.int64)
        lost = np.zeros(count, dtype=np.bool_)
        if self._loss is not None and self._loss.share:
            ready_us, lost = self._after_losses(ready_us, self._loss)
        leaves_us = self._topology.leaves_at(self.region, self._topology.builder_region, ready_us)
        counts["held"] += int((leaves_us > ready_us).sum())
        lost |= leaves_us == LOST
        counts["lost"] += int(lost.sum())
        return np.where(lost, LOST, leaves_us + delay_us)

    def _after_losses(
        self, ready_us: Microseconds, loss: LossParameters
    ) -> tuple[Microseconds, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
        """Return when the copy that gets through is sent, and which have none."""
        count = len(ready_us)
        if loss.resend_s is None:
            return ready_us, self._losses.random(count) < loss.share
        tries = np.minimum(self._losses.geometric(1 - loss.share, count) - 1, _MOST_RESENDS)
        self.counts["resent"] += int(tries.sum())
        return ready_us + tries * to_us(loss.resend_s), np.zeros(count, dtype=np.bool_)

    def block_arrives_us(self, sealed_us: int) -> int:
        """Return when a block sealed at a time reaches the actor."""
        topology = self._topology
        delay_us = int(self._block_delay.sample(self._blocks, 1)[0])
        leaves = topology.leaves_at(
            topology.builder_region, self.region, np.array([sealed_us]), may_be_lost=False
        )
        return int(leaves[0]) + delay_us


class Network:
    """All routes of a campaign.

    Parameters
    ----------
    parameters : TopologyParameters
        The network as the campaign describes it.
    streams : Streams
        The campaign's.

    """

    def __init__(self, parameters: TopologyParameters, streams: Streams) -> None:
        self.topology = Topology(parameters)
        self._parameters = parameters
        self._streams = streams
        self._regions: dict[str, str] = {}

    def route(self, name: str, region: str | None) -> Route:
        """Place an actor and return its route; one without a region is where the builder is."""
        place = region or self.topology.builder_region
        self._regions[name] = place
        return Route(name, place, self._parameters, self.topology, self._streams)

    def gossip_us(
        self, sender: str, viewer: str, rng: np.random.Generator, created_us: Microseconds
    ) -> Microseconds:
        """Return when one actor's transactions reach another; cuts delay gossip, and lose none."""
        one, other = self._regions[sender], self._regions[viewer]
        delay_us = self.topology.delay(one, other).sample(rng, len(created_us))
        return self.topology.leaves_at(one, other, created_us, may_be_lost=False) + delay_us
