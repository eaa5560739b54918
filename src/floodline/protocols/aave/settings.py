"""The parameters of an Aave v3 deployment."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from floodline.foundation.registry import Parameters
from floodline.protocols.porting.parameters import PortedParameters


class AaveSettings(Parameters):
    """What ``protocol.overrides`` may change; every collateral has the same.

    The defaults are of the order of the main Ethereum market's for ether; risk parameters are
    governance's and change, so set those that you mean.
    """

    ltv: float = Field(
        default=0.805, gt=0, lt=1, description="Loan to value at which borrowing ends."
    )
    liquidation_threshold: float = Field(
        default=0.83, gt=0, lt=1, description="Loan to value from which liquidation is allowed."
    )
    liquidation_bonus: float = Field(
        default=0.05, ge=0, le=0.5, description="What liquidators get beyond what they repay."
    )
    protocol_fee: float = Field(
        default=0.1, ge=0, le=1, description="Share of the bonus that goes to the treasury."
    )
    reserve_factor: float = Field(
        default=0.1, ge=0, le=1, description="Share of the interest that goes to the treasury."
    )
    optimal_usage: float = Field(
        default=0.92, gt=0, lt=1, description="Utilisation from which interest rises steeply."
    )
    base_rate: float = Field(
        default=0.0, ge=0, le=1, description="Interest a year at no utilisation."
    )
    slope_1: float = Field(
        default=0.055, ge=0, le=2, description="Interest a year that the optimal usage adds."
    )
    slope_2: float = Field(
        default=0.4, ge=0, le=10, description="Interest a year that full utilisation adds to that."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ltv > self.liquidation_threshold:
            raise ValueError(
                f"ltv {self.ltv} lies above liquidation_threshold {self.liquidation_threshold}: "
                "a new loan could be liquidated at once"
            )
        if self.liquidation_threshold * (1 + self.liquidation_bonus) > 1:
            raise ValueError(
                f"liquidation_threshold {self.liquidation_threshold} leaves no room for a bonus of "
                f"{self.liquidation_bonus}: the pool refuses such a reserve"
            )
        return self


class AaveParameters(PortedParameters):
    """Parameters of the adapter for Aave v3."""

    title: ClassVar[str] = "Aave"
    model: ClassVar[type[Parameters]] = AaveSettings
    named: ClassVar[tuple[str, ...]] = ("provider", "dollar")
    named_markets: ClassVar[bool] = True

    @model_validator(mode="after")
    def _of_the_standing_pool(self) -> Self:
        if self.addresses and "provider" not in self.addresses:
            raise ValueError(
                "addresses names reserves of a pool but not the pool: add `provider`, its "
                "PoolAddressesProvider, from which everything else is found"
            )
        if self.addresses and self.overrides:
            raise ValueError(
                f"the pool that stands has its own parameters; remove overrides."
                f"{min(self.overrides)}, or have its administrator change them"
            )
        return self
