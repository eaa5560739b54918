"""Distributions of positive amounts: tips, gas, leverage, margins."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from floodline.foundation.choice import ChoiceOf, Chosen
from floodline.foundation.registry import Parameters, Registry


class Amount(ABC):
    """A distribution of positive numbers in whatever unit its field names."""

    @abstractmethod
    def sample(self, rng: np.random.Generator, count: int) -> npt.NDArray[np.float64]:
        """Draw `count` amounts."""

    @property
    @abstractmethod
    def mean(self) -> float:
        """The distribution's mean."""


AMOUNTS: Final[Registry[Amount]] = Registry("distribution")
AmountChoice = Annotated[Chosen[Amount], ChoiceOf(AMOUNTS)]


class ConstantParameters(Parameters):
    """Parameters of a constant."""

    value: float = Field(ge=0, description="The amount, always the same.")


@AMOUNTS.register(
    "constant", ConstantParameters, description="Always the same amount.", shorthand="value"
)
class Constant(Amount):
    """Always the same amount."""

    def __init__(self, parameters: ConstantParameters) -> None:
        self._value = parameters.value

    def sample(self, rng: np.random.Generator, count: int) -> npt.NDArray[np.float64]:
        """Return `count` copies; draws nothing from the stream."""
        del rng
        return np.full(count, self._value)

    @property
    def mean(self) -> float:
        """The constant itself."""
        return self._value


class LognormalParameters(Parameters):
    """Parameters of a lognormal distribution."""

    median: float = Field(gt=0, description="Median of the amount, in the field's unit.")
    sigma: float = Field(ge=0, le=5, description="Standard deviation of the logarithm.")


@AMOUNTS.register(
    "lognormal", LognormalParameters, description="median * exp(sigma * Z), Z standard normal."
)
class Lognormal(Amount):
    """``median * exp(sigma Z)``: median 2 and sigma 0.7 have the mean 2 exp(0.245) = 2.555."""

    def __init__(self, parameters: LognormalParameters) -> None:
        self._median = parameters.median
        self._sigma = parameters.sigma

    def sample(self, rng: np.random.Generator, count: int) -> npt.NDArray[np.float64]:
        """Draw `count` lognormal amounts."""
        return np.asarray(self._median * np.exp(self._sigma * rng.standard_normal(count)))

    @property
    def mean(self) -> float:
        """``median * exp(sigma^2 / 2)``."""
        return float(self._median * np.exp(self._sigma**2 / 2))


class UniformParameters(Parameters):
    """Parameters of a uniform distribution."""

    low: float = Field(ge=0, description="Smallest amount, in the field's unit.")
    high: float = Field(gt=0, description="Largest amount, in the field's unit.")

    @model_validator(mode="after")
    def _ordered(self) -> UniformParameters:
        if self.high < self.low:
            raise ValueError(f"high ({self.high}) lies below low ({self.low})")
        return self


@AMOUNTS.register(
    "uniform", UniformParameters, description="Anything between low and high, equally likely."
)
class Uniform(Amount):
    """Uniform between two bounds."""

    def __init__(self, parameters: UniformParameters) -> None:
        self._low = parameters.low
        self._high = parameters.high

    def sample(self, rng: np.random.Generator, count: int) -> npt.NDArray[np.float64]:
        """Draw `count` uniform amounts."""
        return self._low + (self._high - self._low) * rng.random(count)

    @property
    def mean(self) -> float:
        """Halfway between the bounds."""
        return (self._low + self._high) / 2


class LadderParameters(Parameters):
    """Parameters of a ladder."""

    low: float = Field(gt=0, description="Lowest rung, in the field's unit.")
    high: float = Field(gt=0, description="Highest rung, in the field's unit.")
    rungs: int = Field(default=8, ge=2, le=1000, description="Number of rungs.")

    @model_validator(mode="after")
    def _ordered(self) -> LadderParameters:
        if self.high <= self.low:
            raise ValueError(f"high ({self.high}) must lie above low ({self.low})")
        return self


@AMOUNTS.register(
    "ladder",
    LadderParameters,
    description="One of a few amounts between low and high, in equal ratios: a tip ladder.",
)
class Ladder(Amount):
    """Each rung equally likely: from 1 to 8 in four rungs are 1, 2, 4 and 8, 3.75 in the mean."""

    def __init__(self, parameters: LadderParameters) -> None:
        self._rungs = np.geomspace(parameters.low, parameters.high, parameters.rungs)

    def sample(self, rng: np.random.Generator, count: int) -> npt.NDArray[np.float64]:
        """Draw `count` rungs."""
        return np.asarray(self._rungs[rng.integers(0, len(self._rungs), count)])

    @property
    def mean(self) -> float:
        """The mean of the rungs."""
        return float(self._rungs.mean())
