"""The part of a campaign that says when the chain is reorganised."""

from __future__ import annotations

from typing import Final

from pydantic import Field, model_validator

from floodline.foundation.registry import Parameters
from floodline.market.amounts import AmountChoice

DEEPEST: Final = 64
"""No reorganisation is deeper: two epochs, after which blocks are final under proof of stake."""


class ReorgAt(Parameters):
    """One reorganisation at a known time."""

    at_s: float = Field(
        gt=0, description="Seconds after genesis; it shows in the first block built after that."
    )
    depth: int = Field(ge=1, le=64, description="Blocks that are orphaned.")


class ReorgsSection(Parameters):
    """When the chain is reorganised, and how deep."""

    at: tuple[ReorgAt, ...] = Field(default=(), description="Reorganisations at known times.")
    per_block: float = Field(
        default=0.0, ge=0, le=1, description="Probability of one before each block, by chance."
    )
    depth: AmountChoice = Field(
        default={"constant": 1},
        validate_default=True,
        description="Depth of those by chance, in blocks, rounded, from 1 to 64.",
    )

    @model_validator(mode="after")
    def _something(self) -> ReorgsSection:
        if not self.at and not self.per_block:
            raise ValueError("give at least one of at and per_block, or leave reorgs out")
        return self
