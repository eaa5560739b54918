"""Parameters of tokens that count as margin, where the switch ``collateral`` says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from floodline.protocols.reference.model_parameters import CollateralParameters
from floodline.protocols.reference.profile_parameter import Parameter, ratio

_SYNTHETIX: Final = "Synthetix v3 on Base: an ether discount of 1 to 10 %"


@dataclass(frozen=True)
class CollateralProfile:
    """Haircuts and caps of each token; the fields are those of `CollateralParameters`."""

    collateral_cap: Parameter
    collateral_haircut_slope: Parameter
    collateral_min_haircut: Parameter
    collateral_max_haircut: Parameter
    collateral_max_slippage: Parameter

    def parameters(self, asset: bytes, pool: bytes) -> CollateralParameters:
        """Return the struct for ``CollateralVault.setCollateral``.

        Parameters
        ----------
        asset : bytes
            Asset id of the token in the oracle hub.
        pool : bytes
            Spot pool that the token is sold through.

        """
        return CollateralParameters(
            asset,
            pool,
            self.collateral_cap.value,
            self.collateral_haircut_slope.value,
            self.collateral_min_haircut.value,
            self.collateral_max_haircut.value,
            self.collateral_max_slippage.value,
        )


COLLATERAL: Final = CollateralProfile(
    collateral_cap=ratio(
        100_000, "our choice: never binding in a campaign of usual size", "WAD units of the asset"
    ),
    collateral_haircut_slope=ratio(
        "0.0001", f"{_SYNTHETIX}, by size; the slope is our choice", "WAD ratio per unit"
    ),
    collateral_min_haircut=ratio("0.05", f"{_SYNTHETIX}; 5 % leaves room for a sale's slippage"),
    collateral_max_haircut=ratio("0.10", _SYNTHETIX),
    collateral_max_slippage=ratio(
        "0.05", "our choice, the most that the contract takes: the least haircut"
    ),
)
