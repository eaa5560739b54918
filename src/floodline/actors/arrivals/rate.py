"""A rate of arrivals in one of three units: transactions, gas, or the chain's own target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from pydantic import Field, model_validator

from floodline.foundation.registry import Parameters


@dataclass(frozen=True, slots=True)
class Scale:
    """What turns a rate into transactions a second.

    Attributes
    ----------
    mean_gas : float
        Mean gas limit of one transaction.
    target_gas_per_s : float
        Gas that the chain's blocks hold a second at their target.

    """

    mean_gas: float
    target_gas_per_s: float


class Rate(Parameters):
    """A mean rate; exactly one of the three is given."""

    gas_per_s: float | None = Field(
        default=None, gt=0, description="Mean gas offered a second (gas limits), or"
    )
    tx_per_s: float | None = Field(
        default=None, gt=0, description="mean number of transactions offered a second, or"
    )
    load: float | None = Field(
        default=None,
        gt=0,
        description="mean gas offered (gas limits) over the chain's gas target: 1 holds the base "
        "fee, 2 fills every block.",
    )

    @model_validator(mode="after")
    def _one_rate(self) -> Self:
        given = [rate for rate in (self.gas_per_s, self.tx_per_s, self.load) if rate is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of gas_per_s, tx_per_s and load")
        return self

    def per_s(self, scale: Scale) -> float:
        """Return transactions a second.

        A load of 1.2 with blocks of 15,000,000 gas target every 12 s and 100,000 gas a transaction
        is 1.2 * 1,250,000 / 100,000 = 15 a second.
        """
        if self.tx_per_s is not None:
            return self.tx_per_s
        if self.gas_per_s is not None:
            return self.gas_per_s / scale.mean_gas
        return (self.load or 0.0) * scale.target_gas_per_s / scale.mean_gas
