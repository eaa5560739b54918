"""How long a transaction travels from its sender to the builder."""

from __future__ import annotations

from typing import Annotated, Protocol

import numpy as np
import numpy.typing as npt
from pydantic import Field

from floodline.foundation.registry import Parameters, Registry
from floodline.foundation.units import SECOND_US

Microseconds = npt.NDArray[np.int64]


class DelayDistribution(Protocol):
    """A distribution of delays that are never negative."""

    def sample(self, rng: np.random.Generator, n: int) -> Microseconds:
        """Draw `n` delays.

        Parameters
        ----------
        rng : numpy.random.Generator
            The stream to draw from; each distribution takes a number of draws that depends on `n`
            only.
        n : int
            How many.

        Returns
        -------
        numpy array of int64, shape (n,)
            Virtual microseconds.

        """
        ...


DELAYS: Registry[DelayDistribution] = Registry("delay distribution")


def _to_us(seconds: npt.NDArray[np.float64]) -> Microseconds:
    microseconds: Microseconds = np.rint(seconds * SECOND_US).astype(np.int64)
    return microseconds


class ConstantParameters(Parameters):
    """Parameters of the constant delay."""

    value_s: float = Field(0.0, ge=0, le=1e6, description="The delay in seconds.")


@DELAYS.register(
    "constant",
    ConstantParameters,
    description="Every message takes equally long.",
    shorthand="value_s",
)
class ConstantDelay:
    """One delay for all; takes no draws."""

    def __init__(self, parameters: ConstantParameters) -> None:
        self.parameters = parameters

    def sample(self, rng: np.random.Generator, n: int) -> Microseconds:  # noqa: ARG002
        """Return `n` equal delays; see `DelayDistribution.sample`."""
        return _to_us(np.full(n, self.parameters.value_s))


class LognormalParameters(Parameters):
    """Parameters of the lognormal delay."""

    median_s: float = Field(0.3, gt=0, le=1e6, description="Half of all messages take less.")
    sigma: float = Field(
        0.6, ge=0, le=5, description="Standard deviation of the delay's natural logarithm."
    )
    floor_s: float = Field(0.0, ge=0, le=1e6, description="Seconds that every message takes more.")


@DELAYS.register(
    "lognormal",
    LognormalParameters,
    description="Gossip: most messages are quick, a few take long.",
)
class LognormalDelay:
    """``floor + median * exp(sigma * z)`` with a standard normal z.

    With a median of 0.3 s and sigma 0.6 the 95th percentile is 0.3 * exp(0.6 * 1.645) = 0.805 s.
    """

    def __init__(self, parameters: LognormalParameters) -> None:
        self.parameters = parameters

    def sample(self, rng: np.random.Generator, n: int) -> Microseconds:
        """Draw `n` delays; see `DelayDistribution.sample`."""
        p = self.parameters
        return _to_us(p.floor_s + p.median_s * np.exp(p.sigma * rng.standard_normal(n)))


class EmpiricalParameters(Parameters):
    """Parameters of the empirical delay."""

    delays_s: tuple[Annotated[float, Field(ge=0, le=1e6)], ...] = Field(
        min_length=1, description="Measured delays in seconds; each is as likely as the others."
    )


@DELAYS.register(
    "empirical",
    EmpiricalParameters,
    description="Drawn from measured delays, with replacement.",
    shorthand="delays_s",
)
class EmpiricalDelay:
    """A bootstrap of measured delays."""

    def __init__(self, parameters: EmpiricalParameters) -> None:
        self.parameters = parameters
        self._delays_us = _to_us(np.array(parameters.delays_s, dtype=np.float64))

    def sample(self, rng: np.random.Generator, n: int) -> Microseconds:
        """Draw `n` delays; see `DelayDistribution.sample`."""
        drawn: Microseconds = self._delays_us[rng.integers(0, self._delays_us.size, n)]
        return drawn
