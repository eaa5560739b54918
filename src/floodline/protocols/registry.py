"""The registry of protocols under test."""

from __future__ import annotations

from typing import Final, TypeVar

from pydantic import Field, ValidationError, field_validator

from floodline.foundation.registry import Parameters, Registry
from floodline.foundation.suggest import suggestion
from floodline.protocols.interface import ProtocolAdapter

Settings = TypeVar("Settings", bound=Parameters)


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

    addresses: dict[str, str] = Field(
        default={},
        description="Contracts that stand already, by the adapter's own names for them; it uses "
        "these instead of deploying its own.",
    )

    @field_validator("addresses")
    @classmethod
    def _are_addresses(cls, given: dict[str, str]) -> dict[str, str]:
        for name, text in given.items():
            digits = text.removeprefix("0x")
            if len(digits) != 40 or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
                raise ValueError(f"'{text}' ({name}) is no address: give 0x and forty hex digits")
        return given

    def standing(self, name: str) -> bytes | None:
        """Return the address of a contract that stands already, None where it does not."""
        return self.all_standing().get(name)

    def all_standing(self) -> dict[str, bytes]:
        """Return the addresses of all contracts that stand already, by their names."""
        return {
            name: bytes.fromhex(text.removeprefix("0x")) for name, text in self.addresses.items()
        }

    def settings(self, model: type[Settings]) -> Settings:
        """Return an adapter's own parameters: the model's defaults, changed by `overrides`.

        Raises
        ------
        ValueError
            If an override names no field of the model, or its value does not fit the field.

        """
        known = list(model.model_fields)
        for name in self.overrides:
            if name not in known:
                raise ValueError(
                    f"the protocol has no parameter '{name}'{suggestion(name, known)}; "
                    f"one of: {', '.join(known)}"
                )
        try:
            return model.model_validate(self.overrides)
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(map(str, problem["loc"]))
            raise ValueError(f"overrides.{place}: {problem['msg']}") from error

    def known_markets(self) -> list[str]:
        """Return the markets that the adapter has parameters for; empty where any will do."""
        return []

    @property
    def has_options(self) -> bool:
        """Whether accounts can have options."""
        return False

    @property
    def has_token_collateral(self) -> bool:
        """Whether other tokens than the settlement token count as margin."""
        return False


PROTOCOLS: Final[Registry[ProtocolAdapter]] = Registry("protocol adapter")
