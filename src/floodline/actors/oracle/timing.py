"""Faults of timing: updates that come late, out of order, in rounds, or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np
from pydantic import Field

from floodline.actors.oracle.fault import FAULTS, Fault, Update, WindowParameters
from floodline.foundation.units import to_us
from floodline.market.amounts import AmountChoice


class DelayParameters(WindowParameters):
    """Parameters of a slow publisher."""

    seconds: AmountChoice = Field(
        default={"lognormal": {"median": 20, "sigma": 0.5}},
        validate_default=True,
        description="Seconds that each update takes longer, drawn anew.",
    )


@FAULTS.register("delay", DelayParameters, description="Updates are created late.")
class Delay(Fault):
    """Adds to the publisher's own `delay_s`."""

    name: ClassVar[str] = "delayed"

    def __init__(self, parameters: DelayParameters, rng: np.random.Generator) -> None:
        self._window = parameters
        self._seconds = parameters.seconds.build()
        self._rng = rng

    def apply(self, update: Update) -> Update:
        """Return the update, later."""
        extra_us = to_us(float(self._seconds.sample(self._rng, 1)[0]))
        if not self._window.holds(update.observed_us):
            return update
        return replace(update, publish_us=update.publish_us + extra_us)


class DropParameters(WindowParameters):
    """Parameters of a publisher that forgets."""

    share: float = Field(default=0.5, ge=0, le=1, description="Share of updates never published.")


@FAULTS.register(
    "drop",
    DropParameters,
    description="Updates are never sent; the publisher believes that they were.",
    shorthand="share",
)
class Drop(Fault):
    """The next update is due by deviation from the one that nobody got."""

    name: ClassVar[str] = "dropped"

    def __init__(self, parameters: DropParameters, rng: np.random.Generator) -> None:
        self._parameters = parameters
        self._rng = rng

    def apply(self, update: Update) -> Update | None:
        """Return None for a share of the updates."""
        drawn = self._rng.random() < self._parameters.share
        return None if drawn and self._parameters.holds(update.observed_us) else update


class ReorderParameters(WindowParameters):
    """Parameters of updates that overtake each other."""

    share: float = Field(default=0.3, ge=0, le=1, description="Share of updates that are held up.")
    by_s: float = Field(default=30.0, gt=0, description="Seconds for which they are held up.")


@FAULTS.register(
    "reorder",
    ReorderParameters,
    description="Some updates are held up until newer ones have gone before them.",
    shorthand="share",
)
class Reorder(Fault):
    """A feed that wants rising observation times refuses what was overtaken."""

    name: ClassVar[str] = "held_up"

    def __init__(self, parameters: ReorderParameters, rng: np.random.Generator) -> None:
        self._parameters = parameters
        self._by_us = to_us(parameters.by_s)
        self._rng = rng

    def apply(self, update: Update) -> Update:
        """Hold up a share of the updates."""
        drawn = self._rng.random() < self._parameters.share
        if not (drawn and self._parameters.holds(update.observed_us)):
            return update
        return replace(update, publish_us=update.publish_us + self._by_us)


class FreezeParameters(WindowParameters):
    """When the publisher stands still."""


@FAULTS.register(
    "freeze",
    FreezeParameters,
    description="The publisher stands still: nothing is due within the window.",
)
class Freeze(Fault):
    """What a staleness guard can see; at the window's end the first tick is due by deviation."""

    name: ClassVar[str] = "frozen"

    def __init__(self, parameters: FreezeParameters, rng: np.random.Generator) -> None:
        del rng
        self._window = parameters

    def awake(self, now_us: int) -> bool:
        """Return whether the window does not hold."""
        return not self._window.holds(now_us)


class LateRevealParameters(WindowParameters):
    """Parameters of publication in rounds."""

    every_s: float = Field(
        default=60.0, gt=0, description="Updates are revealed at whole multiples of this, seconds."
    )


@FAULTS.register(
    "late_reveal",
    LateRevealParameters,
    description="Observed prices are held back and revealed together at the end of each round.",
    shorthand="every_s",
)
class LateReveal(Fault):
    """Whoever knows the held values has up to a round's time to act on them.

    With rounds of 60 s an update that would go out at 61 s is created at 120 s.
    """

    name: ClassVar[str] = "held_back"

    def __init__(self, parameters: LateRevealParameters, rng: np.random.Generator) -> None:
        del rng
        self._window = parameters
        self._every_us = to_us(parameters.every_s)

    def apply(self, update: Update) -> Update:
        """Return the update at the end of its round."""
        if not self._window.holds(update.observed_us):
            return update
        return replace(update, publish_us=-(-update.publish_us // self._every_us) * self._every_us)
