"""When blocks come: a registry of block processes, in virtual time."""

from __future__ import annotations

from typing import Annotated, Final, Protocol

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from floodline.foundation.choice import ChoiceOf, Chosen
from floodline.foundation.registry import Parameters, Registry
from floodline.foundation.units import to_us

Microseconds = npt.NDArray[np.int64]


class BlockTimes(Protocol):
    """Draws the times of all blocks of a campaign."""

    def times_us(self, rng: np.random.Generator, slot_us: int, slots: int) -> Microseconds:
        """Return the ascending times of the blocks in ``(0, slots * slot_us]``.

        Parameters
        ----------
        rng : numpy.random.Generator
            The stream to draw from.
        slot_us : int
            Length of a slot: the mean time between blocks, where none is missed.
        slots : int
            Slots of the campaign.

        Returns
        -------
        numpy array of int64
            Virtual microseconds since genesis; its length need not be `slots`.

        """
        ...


BLOCK_TIMES: Final[Registry[BlockTimes]] = Registry("block time")
BlockTimeChoice = Annotated[Chosen[BlockTimes], ChoiceOf(BLOCK_TIMES)]


def _grid(slot_us: int, slots: int) -> Microseconds:
    return np.arange(1, slots + 1, dtype=np.int64) * slot_us


class FixedParameters(Parameters):
    """Fixed slots have nothing to choose."""


@BLOCK_TIMES.register(
    "fixed",
    FixedParameters,
    description="A block at the end of every slot, as under proof of stake.",
)
class FixedSlots:
    """One block a slot."""

    def __init__(self, parameters: FixedParameters) -> None:
        del parameters

    def times_us(self, rng: np.random.Generator, slot_us: int, slots: int) -> Microseconds:
        """Return the slots' ends; see `BlockTimes.times_us`."""
        del rng
        return _grid(slot_us, slots)


class ExponentialParameters(Parameters):
    """Exponential block times have nothing to choose: the mean is a slot."""


@BLOCK_TIMES.register(
    "exponential",
    ExponentialParameters,
    description="Independent exponential gaps with a mean of one slot, as under proof of work.",
)
class ExponentialGaps:
    """A Poisson process of blocks over the campaign's span.

    Gaps of mean 12 s have a standard deviation of 12 s; 37 % of them are longer than 12 s and 5 %
    longer than 36 s. The number of blocks in 100 slots is Poisson with mean 100.
    """

    def __init__(self, parameters: ExponentialParameters) -> None:
        del parameters

    def times_us(self, rng: np.random.Generator, slot_us: int, slots: int) -> Microseconds:
        """Draw the process; see `BlockTimes.times_us`."""
        end_us = slot_us * slots
        found: list[int] = []
        time = float(rng.exponential(slot_us))
        while time <= end_us:
            earliest = found[-1] + 1 if found else 1
            found.append(max(round(time), earliest))
            time += float(rng.exponential(slot_us))
        return np.array(found, dtype=np.int64)


class JitteredParameters(Parameters):
    """Parameters of jittered slots."""

    jitter_s: float = Field(
        default=1.0,
        ge=0,
        le=1800,
        description="A block comes up to this much before or after its slot's end, in seconds; "
        "cut at just under half a slot, so that blocks keep their order.",
    )


@BLOCK_TIMES.register(
    "jittered",
    JitteredParameters,
    description="Each block comes somewhat before or after its slot's end, uniformly.",
    shorthand="jitter_s",
)
class JitteredSlots:
    """Independent uniform shifts that do not add up.

    With slots of 12 s and a jitter of 2 s the gaps between blocks lie between 8 and 16 s; their
    standard deviation is 2 * sqrt(2 / 3) = 1.63 s. The last block never comes after the campaign.
    """

    def __init__(self, parameters: JitteredParameters) -> None:
        self._jitter_us = to_us(parameters.jitter_s)

    def times_us(self, rng: np.random.Generator, slot_us: int, slots: int) -> Microseconds:
        """Draw the shifts; see `BlockTimes.times_us`."""
        most = min(self._jitter_us, (slot_us - 1) // 2)
        times = _grid(slot_us, slots) + rng.integers(-most, most, slots, endpoint=True)
        return np.minimum(times, slot_us * slots)


class Outage(Parameters):
    """A span without blocks."""

    from_s: float = Field(ge=0, description="Begin, in seconds after genesis.")
    to_s: float = Field(gt=0, description="End, in seconds after genesis; a block may come then.")

    @model_validator(mode="after")
    def _order(self) -> Outage:
        if self.to_s <= self.from_s:
            raise ValueError(f"to_s ({self.to_s}) must lie after from_s ({self.from_s})")
        return self


class MissedSlotsParameters(Parameters):
    """Parameters of missed slots."""

    share: float = Field(
        default=0.01, ge=0, lt=1, description="Share of slots that bring no block, by chance."
    )
    outages: tuple[Outage, ...] = Field(
        default=(), description="Spans in which no slot brings a block: a sequencer that stands."
    )


@BLOCK_TIMES.register(
    "missed_slots",
    MissedSlotsParameters,
    description="Fixed slots of which a share, and all within named outages, bring no block.",
    shorthand="share",
)
class MissedSlots:
    """Fixed slots, some of them empty of any block.

    With a share of 0.1 the gap between blocks is one slot in nine of ten cases, two in nine of a
    hundred, and 1 / 0.9 = 1.11 slots in the mean. Outages draw nothing: with and without one, the
    same other slots are missed.
    """

    def __init__(self, parameters: MissedSlotsParameters) -> None:
        self._share = parameters.share
        self._outages = [(to_us(span.from_s), to_us(span.to_s)) for span in parameters.outages]

    def times_us(self, rng: np.random.Generator, slot_us: int, slots: int) -> Microseconds:
        """Draw the slots that are missed; see `BlockTimes.times_us`."""
        times = _grid(slot_us, slots)
        kept = rng.random(slots) >= self._share
        for begin_us, end_us in self._outages:
            kept &= (times < begin_us) | (times >= end_us)
        return times[kept]
