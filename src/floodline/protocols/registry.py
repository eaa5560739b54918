"""The registry of protocols under test."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from floodline.foundation.registry import Parameters, Registry
from floodline.protocols.interface import ProtocolAdapter


class AdapterParameters(Parameters):
    """Parameters that every adapter takes."""

    profile: str = Field(default="base", description="Named set of parameters.")
    switches: dict[str, str | bool] = Field(
        default={}, description="Variants of mechanisms that differ from the profile."
    )
    overrides: dict[str, float | int | bool | str] = Field(
        default={}, description="Single parameters that differ from the profile."
    )
    liquidity_usd: float = Field(
        default=50_000_000, gt=0, description="Capital of the traders' counterparty, in dollars."
    )
    insurance_usd: float = Field(
        default=100_000, ge=0, description="Insurance fund at genesis, in dollars."
    )

    def known_markets(self) -> list[str]:
        """Return the markets that the adapter has parameters for; empty where any will do."""
        return []


PROTOCOLS: Final[Registry[ProtocolAdapter]] = Registry("protocol adapter")
