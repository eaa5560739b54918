"""Arrivals whose mean rate follows a shape: a ramp, steps, a wave."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from floodline.actors.arrivals.process import ARRIVALS, ArrivalProcess, Times, uniform_times
from floodline.actors.arrivals.rate import Rate, Scale
from floodline.foundation.registry import Parameters
from floodline.foundation.units import SECOND_US

Floats = npt.NDArray[np.float64]


class ShapedPoisson(ArrivalProcess):
    """A Poisson process with the rate ``rate * factor(t)``, drawn by thinning.

    The number in a window is Poisson with the mean ``rate * integral of factor``.
    """

    rate: Rate
    peak: float
    """The largest value of `factor`."""

    @abstractmethod
    def factor(self, times_s: Floats) -> Floats:
        """Return the rate over `rate` at these times, in seconds after the actor's beginning."""

    def times_us(self, rng: np.random.Generator, start_us: int, end_us: int, scale: Scale) -> Times:
        """Draw at the largest rate and keep each arrival with the share that its time has."""
        largest = self.rate.per_s(scale) * self.peak
        count = int(rng.poisson(largest * (end_us - start_us) / SECOND_US))
        times = uniform_times(rng, start_us, end_us, count)
        kept = rng.random(count) * self.peak < self.factor(times / SECOND_US)
        return np.asarray(times[kept])


class RampParameters(Rate):
    """Parameters of a ramp; the rate is the one at its end."""

    from_share: float = Field(
        default=0.0, ge=0, description="Rate at the beginning over the rate at the end."
    )
    over_s: float = Field(default=300.0, gt=0, description="Length of the ramp, in seconds.")


@ARRIVALS.register(
    "ramp", RampParameters, description="A rate that rises (or falls) in a line, and then stays."
)
class Ramp(ShapedPoisson):
    """From ``from_share * rate`` to ``rate``: up to 20 a second over 60 s are 600 in the mean."""

    def __init__(self, parameters: RampParameters) -> None:
        self.rate = parameters
        self._parameters = parameters
        self.peak = max(1.0, parameters.from_share)

    def factor(self, times_s: Floats) -> Floats:
        """Return the line, flat after its end."""
        given = self._parameters
        done = np.minimum(times_s / given.over_s, 1.0)
        return given.from_share + (1 - given.from_share) * done


class Step(Parameters):
    """One step."""

    at_s: float = Field(ge=0, description="When, in seconds after the actor's beginning.")
    factor: float = Field(ge=0, description="Multiple of the rate from then on.")


class StepParameters(Rate):
    """Parameters of a rate in steps; the rate is the one before the first step."""

    steps: tuple[Step, ...] = Field(
        default=(Step(at_s=300, factor=2),),
        min_length=1,
        description="Times and multiples, in order: [{at_s: 300, factor: 2}].",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        times = [step.at_s for step in self.steps]
        if times != sorted(set(times)):
            raise ValueError(f"at_s of the steps must rise; they are {times}")
        return self


@ARRIVALS.register("step", StepParameters, description="A rate that changes at given times.")
class Steps(ShapedPoisson):
    """Piecewise constant: 10 a second, doubled after 30 s, brings 900 in the first minute."""

    def __init__(self, parameters: StepParameters) -> None:
        self.rate = parameters
        self._starts = np.array([step.at_s for step in parameters.steps])
        self._factors = np.array([1.0, *(step.factor for step in parameters.steps)])
        self.peak = float(self._factors.max())

    def factor(self, times_s: Floats) -> Floats:
        """Return the multiple that holds at each time."""
        return np.asarray(self._factors[np.searchsorted(self._starts, times_s, side="left")])


class SineParameters(Rate):
    """Parameters of a wave; the rate is its mean."""

    amplitude: float = Field(
        default=0.5, ge=0, le=1, description="Height of the wave over the mean rate."
    )
    period_s: float = Field(default=600.0, gt=0, description="Length of one wave, in seconds.")
    phase: float = Field(
        default=0.0, ge=0, lt=1, description="Share of a wave that has passed at the beginning."
    )


@ARRIVALS.register("sine", SineParameters, description="A rate that rises and falls as a wave.")
class Sine(ShapedPoisson):
    """``rate (1 + amplitude sin(2 pi (t / period + phase)))``; whole waves have the mean rate."""

    def __init__(self, parameters: SineParameters) -> None:
        self.rate = parameters
        self._parameters = parameters
        self.peak = 1 + parameters.amplitude

    def factor(self, times_s: Floats) -> Floats:
        """Return the wave."""
        given = self._parameters
        angle = 2 * math.pi * (times_s / given.period_s + given.phase)
        return np.asarray(1 + given.amplitude * np.sin(angle))
