"""Named random streams, all spawned from the one campaign seed.

A stream depends on the seed and on its own name only: adding an actor, or asking for streams in
another order, changes nobody else's draws, and two campaigns that differ in one factor share all
other randomness.
"""

from __future__ import annotations

import hashlib

import numpy as np


class Streams:
    """The random streams of one campaign.

    Parameters
    ----------
    seed : int
        The campaign seed, not negative.

    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def stream(self, name: str) -> np.random.Generator:
        """Return a fresh generator (PCG64) for a name such as ``actors.flood.arrivals``.

        Asking twice for one name returns two generators that draw the same numbers: ask once and
        keep it.
        """
        digest = hashlib.sha256(name.encode()).digest()
        words = [int.from_bytes(digest[i : i + 4], "big") for i in range(0, 32, 4)]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, *words])))
