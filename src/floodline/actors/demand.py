"""Elastic demand for block space: the dearer gas is, the less of it is wanted."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class ElasticDemand:
    """Demand of one slot as a function of the base fee, with a constant elasticity.

    At a base fee b the gas wanted is ``target * (c / b)^elasticity``, where c is the price at which
    the slot's demand would just fill the target: ``c = price * exp(price_sd * shock)`` with a
    standard normal shock for each slot. No more than ``burst`` targets are wanted at once.

    With an elasticity of 10, a price of 1 gwei and no shock, 1 gwei fills the target, 1.125 gwei
    (after one full block) wants 0.31 of it and 0.875 gwei wants 3.8 of it.

    Parameters
    ----------
    elasticity : float
        Percent by which demand falls when the base fee rises by one percent.
    price_sd : float
        Standard deviation of the logarithm of c from slot to slot.
    burst : float
        Largest demand of a slot over the gas target.

    """

    def __init__(self, elasticity: float, price_sd: float, burst: float) -> None:
        self.elasticity = elasticity
        self.price_sd = price_sd
        self.burst = burst

    def volume(self, base_fee: float, price: float, shock: float) -> float:
        """Return the gas wanted at a base fee over the gas target."""
        exponent = self.elasticity * (self.price_sd * shock - math.log(base_fee / price))
        return min(self.burst, math.exp(min(exponent, 50.0)))

    def willingness(self, base_fee: float, ranks: Floats) -> Floats:
        """Return what each of those who want in at a base fee would pay at most, a gas.

        With a constant elasticity e this is Pareto: ``base_fee * rank^(-1/e)``, ranks uniform in
        (0, 1]. At e = 10 the median is 1.072 base fees, and one in four would pay 1.149.
        """
        return np.asarray(base_fee * ranks ** (-1 / self.elasticity))
