"""Zipf's law: a few senders, or keys, make up most of the traffic."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


class Zipf:
    """Ranks 0 .. size - 1, each with a probability that falls as ``(rank + 1)^-skew``.

    With a skew of 0 all are equally likely; with 1 and three ranks the probabilities are 6/11, 3/11
    and 2/11.

    Parameters
    ----------
    size : int
        Number of ranks.
    skew : float
        The exponent, not negative.

    """

    def __init__(self, size: int, skew: float) -> None:
        weights = np.arange(1, size + 1, dtype=np.float64) ** -skew
        self.probabilities: npt.NDArray[np.float64] = weights / weights.sum()
        self._cumulated = np.cumsum(self.probabilities)

    def sample(self, rng: np.random.Generator, count: int) -> npt.NDArray[np.int64]:
        """Draw `count` ranks, from one uniform number each."""
        ranks = np.searchsorted(self._cumulated, rng.random(count), side="right")
        return np.minimum(ranks, len(self._cumulated) - 1).astype(np.int64)
