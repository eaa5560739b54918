"""Named random streams, all spawned from the one campaign seed.

A stream depends on the seed and on its own name only: adding an actor, or asking for streams in
another order, changes nobody else's draws, and two campaigns that differ in one factor share all
other randomness.
"""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np

GIVEN: Final = ("market.", "book.")
"""Beginnings of the names of streams that a replicate shares: price paths and the book."""


class Streams:
    """The random streams of one campaign.

    Parameters
    ----------
    seed : int
        The campaign seed, not negative.
    replicate : int
        Above 0, every stream but those of the world that is given (`GIVEN`) draws anew: the same
        market and the same book meet other arrivals and other network delays.

    """

    def __init__(self, seed: int, replicate: int = 0) -> None:
        self.seed = seed
        self.replicate = replicate

    def stream(self, name: str) -> np.random.Generator:
        """Return a fresh generator (PCG64) for a name such as ``actors.flood.arrivals``.

        Asking twice for one name returns two generators that draw the same numbers: ask once and
        keep it.
        """
        anew = self.replicate and not name.startswith(GIVEN)
        full = f"{name}#{self.replicate}" if anew else name
        digest = hashlib.sha256(full.encode()).digest()
        words = [int.from_bytes(digest[i : i + 4], "big") for i in range(0, 32, 4)]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, *words])))
