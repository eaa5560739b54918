"""The pool's limits, with geth's defaults."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from floodline.foundation.registry import Parameters
from floodline.foundation.units import SECOND_US


class PoolLimits(Parameters):
    """What the pool accepts and how much it holds; the defaults are geth's own."""

    price_limit: int = Field(1, ge=0, description="Least priority fee accepted, wei per gas.")
    price_bump: int = Field(
        10, ge=1, description="Percent by which a replacement must raise both fee fields."
    )
    account_slots: int = Field(
        16, ge=1, description="Executable transactions guaranteed to each account."
    )
    global_slots: int = Field(5_120, ge=1, description="Executable transactions of all accounts.")
    account_queue: int = Field(
        64, ge=1, description="Transactions behind a nonce gap, for each account."
    )
    global_queue: int = Field(
        1_024, ge=1, description="Transactions behind a nonce gap, of all accounts."
    )
    lifetime_s: int = Field(
        10_800, ge=1, description="Seconds after which gapped transactions are dropped."
    )
    below_base_fee: Literal["signed", "wrapped"] = Field(
        "signed",
        description=(
            "How a full pool ranks a fee cap below the base fee: by its shortfall, which is less "
            "than nothing (signed), or by its tip alone, since the shortfall wraps around in "
            "geth 1.16.9's unsigned arithmetic (wrapped)."
        ),
    )

    @property
    def capacity(self) -> int:
        """Slots of 32 KiB in all: ``global_slots + global_queue``, 6,144 by default."""
        return self.global_slots + self.global_queue

    @property
    def lifetime_us(self) -> int:
        """The lifetime in virtual microseconds."""
        return self.lifetime_s * SECOND_US
