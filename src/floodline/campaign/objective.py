"""The objective of a campaign: a metric of the finished run and its bound."""

from __future__ import annotations

from pydantic import Field, model_validator

from floodline.foundation.registry import Parameters


class Objective(Parameters):
    """A metric, by its registered name, and the bound that it must keep."""

    metric: str = Field(description="Name of a metric; see `floodline list metrics`.")
    below: float | None = Field(default=None, description="The metric must lie below this, or")
    above: float | None = Field(default=None, description="the metric must lie above this.")

    @model_validator(mode="after")
    def _one_bound(self) -> Objective:
        if (self.below is None) == (self.above is None):
            raise ValueError("give exactly one of below and above")
        return self
