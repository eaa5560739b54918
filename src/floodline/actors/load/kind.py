"""What a kind of load is, and the registry of all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt

from floodline.actors.desk import Payload
from floodline.foundation.choice import ChoiceOf, Chosen
from floodline.foundation.registry import Parameters, Registry

Locate = Callable[[str], bytes]
"""Finds a load contract's address by its name."""
Wanted = npt.NDArray[np.float64]
GasLimits = npt.NDArray[np.int64]


class LoadKind(ABC):
    """One kind of load: how much gas it asks for, and what it calls."""

    size_bytes: int
    """Encoded size of one transaction, for the pool's slots and the block's size."""
    value: int = 0
    """Wei that one transaction carries."""

    @abstractmethod
    def gas_limits(self, wanted: Wanted) -> GasLimits:
        """Return gas limits near the wanted gas that this kind can use up."""

    @abstractmethod
    def payload(
        self, locate: Locate, gas_limits: GasLimits, serial: int, rng: np.random.Generator
    ) -> Payload:
        """Return what a batch calls.

        Parameters
        ----------
        locate : callable
            Finds load contracts.
        gas_limits : int64 array
            One entry a transaction.
        serial : int
            Number of the batch's first transaction among the actor's, from 0.
        rng : numpy.random.Generator
            The actor's stream for choices that a kind makes.

        """


LOADS: Final[Registry[LoadKind]] = Registry("kind of load")
LoadChoice = Annotated[Chosen[LoadKind], ChoiceOf(LOADS)]


class NoParameters(Parameters):
    """Nothing to choose."""
