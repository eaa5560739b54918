"""The campaign file's ``book:`` section: what is open when the campaign begins."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from floodline.foundation.registry import Parameters
from floodline.market.amounts import AmountChoice


class OptionBookSection(Parameters):
    """Options that some of the accounts hold or have written at genesis."""

    share: float = Field(
        default=0.25, ge=0, le=1, description="Share of the accounts that have options."
    )
    writer_share: float = Field(
        default=0.5, ge=0, le=1, description="Share of these that wrote theirs; the rest bought."
    )
    call_share: float = Field(default=0.5, ge=0, le=1, description="Share of options to buy.")
    far_share: float = Field(
        default=0.5, ge=0, le=1, description="Share of options of the later listed expiry."
    )
    moneyness: AmountChoice = Field(
        default={"lognormal": {"median": 1.0, "sigma": 0.1}},
        validate_default=True,
        description="Strike over the start price; the nearest tradable strike is taken.",
    )
    notional: AmountChoice = Field(
        default={"lognormal": {"median": 2.0, "sigma": 0.5}},
        validate_default=True,
        description="Notional of an account's options over its collateral; cut at what the "
        "protocol allows.",
    )
    legs: int = Field(
        default=1, ge=1, le=12, description="Options of each such account, of different series."
    )
    perpetual_share: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Share of these accounts that have a perpetual too, on half of their "
        "collateral each.",
    )


class CollateralBookSection(Parameters):
    """Tokens that some of the accounts have paid in instead of dollars."""

    share: float = Field(
        default=0.5, ge=0, le=1, description="Share of the accounts that have tokens as margin."
    )
    part: float = Field(
        default=0.5,
        gt=0,
        le=0.95,
        description="Part of such an account's collateral in tokens, counted after the haircut.",
    )
    mix: dict[str, float] = Field(
        default={},
        description="Weight of each market's token; each account has one kind. Empty: all alike.",
    )

    @model_validator(mode="after")
    def _weights(self) -> CollateralBookSection:
        if any(weight < 0 for weight in self.mix.values()):
            raise ValueError("weights of mix cannot be below 0")
        if self.mix and sum(self.mix.values()) <= 0:
            raise ValueError("at least one weight of mix must be above 0")
        return self


class BookSection(Parameters):
    """Positions that are open when the campaign begins."""

    accounts: int = Field(default=200, ge=0, le=20_000, description="Number of accounts.")
    margin_usd: AmountChoice = Field(
        default={"lognormal": {"median": 5000, "sigma": 0.8}},
        validate_default=True,
        description="Collateral of each account, in dollars.",
    )
    leverage: AmountChoice = Field(
        default={"lognormal": {"median": 8, "sigma": 0.5}},
        validate_default=True,
        description="Notional over collateral; cut at what the protocol allows.",
    )
    long_share: float = Field(
        default=0.7, ge=0, le=1, description="Share of accounts that are long."
    )
    options: OptionBookSection | None = Field(
        default=None, description="Options in the book; null: none. Needs a protocol with options."
    )
    collateral: CollateralBookSection | None = Field(
        default=None,
        description="Tokens as margin; null: dollars alone. Needs a protocol that takes them.",
    )
    csv: Path | None = Field(
        default=None,
        description="An existing book instead: one position a row, with the columns account, "
        "market, size (or collateral), one of margin_usd, leverage and debt_usd, and entry_usd if "
        "it was opened at another price than the start's.",
    )

    @model_validator(mode="after")
    def _drawn_or_read(self) -> BookSection:
        drawn = {"accounts", "margin_usd", "leverage", "long_share", "options", "collateral"}
        if self.csv is not None and self.model_fields_set & drawn:
            default = type(self)()
            given = sorted(
                name
                for name in self.model_fields_set & drawn
                if getattr(self, name) != getattr(default, name)
            )
            if given:
                raise ValueError(f"the book is read from {self.csv}: leave {', '.join(given)} out")
        return self
