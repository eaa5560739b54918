"""What a campaign may choose of a Morpho Blue deployment."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, model_validator

from floodline.foundation.registry import Parameters
from floodline.foundation.suggest import suggestion
from floodline.protocols.registry import AdapterParameters

PROFILES: Final = ("base",)
YEAR_S: Final = 31_536_000


class MorphoSettings(Parameters):
    """Parameters of Morpho Blue's own, given as `overrides`."""

    lltv: float = Field(
        default=0.86,
        gt=0.1,
        lt=0.99,
        description="Debt over collateral value from which a position may be liquidated; 0.86 is "
        "the usual one for ether against dollars.",
    )
    borrow_rate_year: float = Field(
        default=0.05, ge=0, le=5, description="Interest on debts a year, as of a fixed-rate model."
    )
    keeper_call: Literal["best", "repay", "seize"] = Field(
        default="best",
        description="What keepers ask of liquidate(): to repay the whole debt, to seize the whole "
        "collateral, or whichever of the two the position allows when they send it.",
    )
    keeper_funds_usd: float = Field(
        default=50_000_000,
        gt=0,
        description="Dollars that each keeper has to repay debts with; it keeps what it seizes.",
    )


class MorphoParameters(AdapterParameters):
    """Parameters of the Morpho Blue adapter."""

    @model_validator(mode="after")
    def _known(self) -> MorphoParameters:
        if self.profile not in PROFILES:
            raise ValueError(
                f"Morpho Blue has no profile '{self.profile}'"
                f"{suggestion(self.profile, PROFILES)}; one of: {', '.join(PROFILES)}"
            )
        if self.switches:
            raise ValueError("Morpho Blue has no switches: leave them out")
        strange = sorted(set(self.addresses) - {"morpho"})
        if strange:
            raise ValueError(f"addresses.{strange[0]}: Morpho Blue takes one address, 'morpho'")
        self.settings(MorphoSettings)
        return self
