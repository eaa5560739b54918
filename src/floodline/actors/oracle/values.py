"""Faults of value: prices that stick, are biased, jump, or are pinned at a bound."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np
from pydantic import Field, model_validator

from floodline.actors.oracle.fault import FAULTS, Fault, Update, WindowParameters
from floodline.market.amounts import AmountChoice


class StuckParameters(WindowParameters):
    """When the source is stuck."""


@FAULTS.register(
    "stuck",
    StuckParameters,
    description="The publisher's source stands still while it goes on publishing at its heartbeat.",
)
class Stuck(Fault):
    """Fresh timestamps on an old price: no staleness guard sees it."""

    name: ClassVar[str] = "stuck"

    def __init__(self, parameters: StuckParameters, rng: np.random.Generator) -> None:
        del rng
        self._window = parameters
        self._held_usd: dict[str, float] = {}

    def seen_usd(self, market: str, price_usd: float, now_us: int) -> float:
        """Return the price of the window's first tick for as long as it lasts."""
        if not self._window.holds(now_us):
            self._held_usd.pop(market, None)
            return price_usd
        return self._held_usd.setdefault(market, price_usd)


class BiasParameters(WindowParameters):
    """Parameters of a constant error."""

    by: float = Field(
        default=0.05,
        gt=-1,
        le=10,
        description="Relative error of each published price: 0.05 is 5 % too high.",
    )


@FAULTS.register(
    "bias",
    BiasParameters,
    description="Every price is off by the same share: a wrong source, or a bribed publisher.",
    shorthand="by",
)
class Bias(Fault):
    """Also decides what is due: the wrong price's own moves."""

    name: ClassVar[str] = "biased"

    def __init__(self, parameters: BiasParameters, rng: np.random.Generator) -> None:
        del rng
        self._parameters = parameters

    def seen_usd(self, market: str, price_usd: float, now_us: int) -> float:
        """Return the price with its error."""
        del market
        return (
            price_usd * (1 + self._parameters.by) if self._parameters.holds(now_us) else price_usd
        )


class OutlierParameters(WindowParameters):
    """Parameters of single wrong prices."""

    share: float = Field(default=0.05, ge=0, le=1, description="Share of updates that are wrong.")
    size: AmountChoice = Field(
        default={"lognormal": {"median": 0.1, "sigma": 0.5}},
        validate_default=True,
        description="Relative error of a wrong one, up or down by chance; down by 0.99 at most.",
    )


@FAULTS.register(
    "outlier",
    OutlierParameters,
    description="Single updates carry a price that is far off, up or down.",
    shorthand="share",
)
class Outlier(Fault):
    """A print that was never traded at; the next update is due by deviation from the true price."""

    name: ClassVar[str] = "wrong"

    def __init__(self, parameters: OutlierParameters, rng: np.random.Generator) -> None:
        self._parameters = parameters
        self._size = parameters.size.build()
        self._rng = rng

    def apply(self, update: Update) -> Update:
        """Return a share of the updates with a wrong price."""
        drawn, side = self._rng.random(2).tolist()
        size = float(self._size.sample(self._rng, 1)[0])
        if drawn >= self._parameters.share or not self._parameters.holds(update.observed_us):
            return update
        error = size if side < 0.5 else -min(size, 0.99)
        return replace(update, price_usd=update.price_usd * (1 + error))


class ClampParameters(WindowParameters):
    """Bounds of what is published."""

    min_usd: float | None = Field(
        default=None, gt=0, description="Smallest price published, in dollars."
    )
    max_usd: float | None = Field(
        default=None, gt=0, description="Largest price published, in dollars."
    )

    @model_validator(mode="after")
    def _bounds(self) -> ClampParameters:
        if self.min_usd is None and self.max_usd is None:
            raise ValueError("give at least one of min_usd and max_usd")
        if self.min_usd is not None and self.max_usd is not None and self.min_usd > self.max_usd:
            raise ValueError(f"min_usd ({self.min_usd}) is above max_usd ({self.max_usd})")
        return self


@FAULTS.register(
    "clamp",
    ClampParameters,
    description="Prices beyond a bound are published at the bound: the feed looks alive, pinned.",
)
class Clamp(Fault):
    """A floor that a crash falls through: LUNA's feed stood at $0.107 while it traded at $0.01."""

    name: ClassVar[str] = "pinned"

    def __init__(self, parameters: ClampParameters, rng: np.random.Generator) -> None:
        del rng
        self._parameters = parameters

    def apply(self, update: Update) -> Update:
        """Return the update with its price inside the bounds."""
        given = self._parameters
        if not given.holds(update.observed_us):
            return update
        low = given.min_usd or 0.0
        high = given.max_usd or update.price_usd
        return replace(update, price_usd=min(max(update.price_usd, low), max(high, low)))
