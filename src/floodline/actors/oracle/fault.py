"""What a publisher's fault is: a change to what it sees, when it works, or what it publishes."""

from __future__ import annotations

from abc import ABC
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from pydantic import Field, model_validator

from floodline.foundation.choice import ChoiceOf, Chosen
from floodline.foundation.registry import Parameters, Registry
from floodline.foundation.units import to_us


@dataclass(frozen=True)
class Update:
    """One update on its way from being due to being a transaction."""

    market: str
    price_usd: float
    observed_us: int
    """When the price was observed, virtual microseconds."""
    publish_us: int
    """When its transaction will be created."""


class Fault(ABC):
    """One fault of a publisher, active within a window; outside it nothing is changed."""

    name: ClassVar[str]
    """The word in the publisher's tally."""

    def awake(self, now_us: int) -> bool:
        """Return whether the publisher works at all now."""
        del now_us
        return True

    def seen_usd(self, market: str, price_usd: float, now_us: int) -> float:
        """Return the price that the publisher sees instead of the true one."""
        del market, now_us
        return price_usd

    def apply(self, update: Update) -> Update | None:
        """Return what becomes of an update; None if it is never published."""
        return update


FAULTS: Final[Registry[Fault]] = Registry("oracle fault")
FaultChoice = Annotated[Chosen[Fault], ChoiceOf(FAULTS)]


class WindowParameters(Parameters):
    """When a fault is active."""

    from_s: float = Field(default=0.0, ge=0, description="Begin, in seconds after genesis.")
    to_s: float | None = Field(
        default=None, gt=0, description="End, in seconds after genesis; the run's end if left out."
    )

    @model_validator(mode="after")
    def _order(self) -> WindowParameters:
        if self.to_s is not None and self.to_s <= self.from_s:
            raise ValueError(f"to_s ({self.to_s}) must lie after from_s ({self.from_s})")
        return self

    def holds(self, time_us: int) -> bool:
        """Return whether a time lies inside."""
        ends = self.to_s is not None and time_us >= to_us(self.to_s)
        return time_us >= to_us(self.from_s) and not ends
