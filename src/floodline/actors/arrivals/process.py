"""What an arrival process is, and the registry of all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt

from floodline.actors.arrivals.rate import Scale
from floodline.foundation.choice import ChoiceOf, Chosen
from floodline.foundation.registry import Registry

Times = npt.NDArray[np.int64]


class ArrivalProcess(ABC):
    """Draws creation times, window by window, without a gap and without an overlap.

    Time 0 is when the actor begins; an instance belongs to one actor, and windows come in order.
    """

    @abstractmethod
    def times_us(self, rng: np.random.Generator, start_us: int, end_us: int, scale: Scale) -> Times:
        """Return the ascending times in ``(start_us, end_us]``."""


ARRIVALS: Final[Registry[ArrivalProcess]] = Registry("arrival process")
ArrivalChoice = Annotated[Chosen[ArrivalProcess], ChoiceOf(ARRIVALS)]


def uniform_times(rng: np.random.Generator, start_us: int, end_us: int, count: int) -> Times:
    """Return `count` independent uniform times in ``(start_us, end_us]``, in order."""
    return np.sort(rng.integers(start_us, end_us, size=count, dtype=np.int64) + 1)
