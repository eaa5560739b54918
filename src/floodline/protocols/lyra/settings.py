"""The parameters of a Lyra v1 deployment."""

from __future__ import annotations

from typing import ClassVar, Final, Self

from pydantic import Field, model_validator

from floodline.foundation.registry import Parameters
from floodline.protocols.porting.parameters import PortedParameters

OF_THE_BOARD: Final = frozenset({"days", "strike", "volatility", "max_price_age_s"})
"""What a campaign chooses even where the markets stand: the board that it trades is its own."""


class LyraSettings(Parameters):
    """What ``protocol.overrides`` may change; the defaults are the package's own for tests."""

    days: float = Field(default=28, gt=1, le=180, description="Days until the options expire.")
    strike: float = Field(
        default=1.0, gt=0.5, lt=2, description="Strike that is sold, to the price at the start."
    )
    volatility: float = Field(default=1.0, ge=0.4, le=2, description="Volatility at the start.")
    standard_size: float = Field(
        default=500, gt=0, description="Options that move volatility by a hundredth (5 in tests)."
    )
    shock_vol: float = Field(
        default=2.5, gt=0, description="Volatility that collateral must suffice at, up to 2 weeks."
    )
    shock_vol_far: float = Field(
        default=1.8, gt=0, description="The same from 8 weeks on; linear in between."
    )
    call_shock: float = Field(
        default=1.2, ge=1, description="Price that a call's collateral must suffice at, to now's."
    )
    put_shock: float = Field(
        default=0.8, gt=0, le=1, description="Price that a put's collateral must suffice at."
    )
    least_collateral: float = Field(
        default=200, gt=0, description="Least collateral of a position, in dollars."
    )
    penalty: float = Field(
        default=0.2, ge=0, le=1, description="Share of what a liquidation leaves, as its penalty."
    )
    liquidator_share: float = Field(
        default=0.4, ge=0, le=0.7, description="Share of the penalty that the liquidator gets."
    )
    least_fee: float = Field(default=15, ge=0, description="Least penalty, in dollars.")
    rate: float = Field(default=0.05, ge=0, le=0.5, description="Interest a year in prices.")
    max_price_age_s: int = Field(
        default=90_000, gt=0, description="Age at which a price counts as none (Synthetix: 25 h)."
    )


class LyraParameters(PortedParameters):
    """Parameters of the adapter for Lyra v1."""

    title: ClassVar[str] = "Lyra"
    model: ClassVar[type[Parameters]] = LyraSettings
    named: ClassVar[tuple[str, ...]] = ("registry",)
    named_markets: ClassVar[bool] = True

    @model_validator(mode="after")
    def _of_the_standing_markets(self) -> Self:
        fixed = sorted(set(self.overrides) - OF_THE_BOARD)
        if self.addresses and "registry" not in self.addresses:
            raise ValueError(
                "addresses names option markets but not their LyraRegistry: add `registry`"
            )
        if self.addresses and fixed:
            raise ValueError(
                f"the markets that stand have their own parameters; remove overrides.{fixed[0]}, "
                "or have their owner change it"
            )
        return self
