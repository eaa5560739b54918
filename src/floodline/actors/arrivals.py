"""Arrival processes: when load is offered. Open loop: the schedule never waits for the chain."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from floodline.foundation.choice import ChoiceOf, Chosen
from floodline.foundation.registry import Parameters, Registry
from floodline.foundation.units import SECOND_US


class ArrivalProcess(ABC):
    """Draws creation times, window by window, without a gap and without an overlap."""

    @abstractmethod
    def times_us(
        self, rng: np.random.Generator, start_us: int, end_us: int, mean_gas: float
    ) -> npt.NDArray[np.int64]:
        """Return the ascending times in ``(start_us, end_us]``.

        `mean_gas` is the mean gas limit of one transaction, for rates that are given in gas.
        """


ARRIVALS: Final[Registry[ArrivalProcess]] = Registry("arrival process")
ArrivalChoice = Annotated[Chosen[ArrivalProcess], ChoiceOf(ARRIVALS)]


class PoissonParameters(Parameters):
    """Parameters of Poisson arrivals."""

    gas_per_s: float | None = Field(
        default=None, gt=0, description="Mean gas offered a second (gas limits), or"
    )
    tx_per_s: float | None = Field(
        default=None, gt=0, description="mean number of transactions offered a second."
    )

    @model_validator(mode="after")
    def _one_rate(self) -> PoissonParameters:
        if (self.gas_per_s is None) == (self.tx_per_s is None):
            raise ValueError("give exactly one of gas_per_s and tx_per_s")
        return self


@ARRIVALS.register(
    "poisson", PoissonParameters, description="Independent arrivals at a constant mean rate."
)
class Poisson(ArrivalProcess):
    """A Poisson number in each window, at independent uniform times.

    At 4,000,000 gas a second and 200,000 gas a transaction a 12 s slot brings 240 in the mean.
    """

    def __init__(self, parameters: PoissonParameters) -> None:
        self._parameters = parameters

    def times_us(
        self, rng: np.random.Generator, start_us: int, end_us: int, mean_gas: float
    ) -> npt.NDArray[np.int64]:
        """Draw one window."""
        given = self._parameters
        rate = given.tx_per_s if given.tx_per_s is not None else (given.gas_per_s or 0) / mean_gas
        count = int(rng.poisson(rate * (end_us - start_us) / SECOND_US))
        return np.sort(rng.integers(start_us, end_us, size=count, dtype=np.int64) + 1)
