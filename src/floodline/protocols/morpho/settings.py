"""What a campaign may choose of a Morpho Blue deployment."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from floodline.foundation.registry import Parameters
from floodline.protocols.porting.parameters import PortedParameters


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


class MorphoParameters(PortedParameters):
    """Parameters of the Morpho Blue adapter."""

    title: ClassVar[str] = "Morpho Blue"
    model: ClassVar[type[Parameters]] = MorphoSettings
    named: ClassVar[tuple[str, ...]] = ("morpho",)
