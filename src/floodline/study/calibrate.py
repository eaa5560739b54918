"""Fitting the background demand to a recorded chain."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from floodline.actors.demand import ElasticDemand
from floodline.chain.feemarket import BASE_FEE_CHANGE_DENOMINATOR, ELASTICITY
from floodline.foundation.errors import CampaignError
from floodline.foundation.seeds import Streams
from floodline.measure.fullness import Fullness, fullness_moments, implied_fullness

Floats = npt.NDArray[np.float64]

ELASTICITIES: Final = (4.0, 6.0, 8.0, 10.0, 12.0, 16.0)
PRICE_SDS: Final = (0.2, 0.3, 0.4, 0.5, 0.6, 0.8)
BURSTS: Final = (1.9, 2.0, 2.1, 2.3)
_PER_TARGET: Final = 63
_SIZE_SIGMA: Final = 0.6
"""Transactions that fill the gas target, and the spread of their sizes: the actor's defaults."""
_WARM_UP: Final = 100


@dataclass(frozen=True)
class Fit:
    """One choice of parameters, what it gives, and how far that is from the trace."""

    elasticity: float
    price_sd: float
    burst: float
    moments: Fullness
    distance: float
    """Root mean square of the moments' differences, in standard errors of the trace."""


def read_fullness(path: Path, column: str | None) -> Floats:
    """Return the fullness of each block of a trace.

    Parameters
    ----------
    path : Path
        CSV file; lines that begin with ``#`` are skipped.
    column : str or None
        Column of gas used over the gas target; where left out, fullness is taken from the column
        ``fullness_of_target`` or else implied by ``base_fee_gwei``.

    Raises
    ------
    CampaignError
        If the file cannot be read or has no such column.

    """
    try:
        with path.open(newline="", encoding="utf-8") as handle:
            rows = list(csv.DictReader(line for line in handle if not line.startswith("#")))
    except OSError as error:
        raise CampaignError(
            f"trace {path} cannot be read: {error.strerror}", "name an existing CSV file"
        ) from error
    known = rows[0] if rows else {}
    named = column or ("fullness_of_target" if "fullness_of_target" in known else "base_fee_gwei")
    try:
        values = np.array([float(row[named]) for row in rows if row[named]])
    except (KeyError, TypeError, ValueError) as error:
        raise CampaignError(
            f"trace {path}: needs numbers in the column '{named}'; it has {', '.join(known)}",
            "name the column of fullness over the gas target by --column",
        ) from error
    found = implied_fullness(values) if named == "base_fee_gwei" else values
    if len(found) < 30:
        raise CampaignError(
            f"trace {path}: {len(found)} blocks are too few for a fit", "give 30 blocks or more"
        )
    return found


def simulate(demand: ElasticDemand, blocks: int, rng: np.random.Generator) -> Floats:
    """Return the fullness of blocks that hold nothing but the demand, after a warm-up.

    Those that find no room wait, and come back when the base fee falls to what they would pay.
    """
    base_fee = 1.0
    caps: Floats = np.empty(0)
    sizes: Floats = np.empty(0)
    found = np.empty(blocks + _WARM_UP)
    most = round(2 * demand.burst * _PER_TARGET)
    for block in range(blocks + _WARM_UP):
        volume = demand.volume(base_fee, 1.0, float(rng.standard_normal()))
        fresh = np.exp(_SIZE_SIGMA * rng.standard_normal(most) - _SIZE_SIGMA**2 / 2) / _PER_TARGET
        count = int(np.searchsorted(np.cumsum(fresh), volume, side="right"))
        sizes = np.concatenate((sizes, fresh[:count]))
        caps = np.concatenate((caps, demand.willingness(base_fee, 1 - rng.random(count))))
        able = rng.permutation(np.flatnonzero(caps >= base_fee))
        taken = able[_fitting(sizes[able])]
        found[block] = sizes[taken].sum()
        sizes, caps = np.delete(sizes, taken), np.delete(caps, taken)
        base_fee *= 1 + (found[block] - 1) / BASE_FEE_CHANGE_DENOMINATOR
    return found[_WARM_UP:]


def _fitting(sizes: Floats) -> npt.NDArray[np.int64]:
    """Return which of these go into a block, each taken in turn if there is room for it."""
    whole = int(np.searchsorted(np.cumsum(sizes), ELASTICITY, side="right"))
    places = list(range(whole))
    left = ELASTICITY - float(sizes[:whole].sum())
    for place in range(whole + 1, len(sizes)):
        if sizes[place] <= left:
            places.append(place)
            left -= float(sizes[place])
    return np.array(places, dtype=np.int64)


def fit_background(
    trace: Floats, *, blocks: int, seed: int, told: Callable[[Fit], None]
) -> list[Fit]:
    """Return every choice on the grid with its distance from the trace, the nearest first.

    The distance counts standard deviation, lag-1 correlation and the shares of empty and of full
    blocks, each in standard errors of its estimate from the trace. Every choice sees the same
    random numbers.
    """
    wanted = fullness_moments(trace)
    found = []
    for elasticity, price_sd, burst in product(ELASTICITIES, PRICE_SDS, BURSTS):
        demand = ElasticDemand(elasticity, price_sd, burst)
        moments = fullness_moments(simulate(demand, blocks, Streams(seed).stream("calibrate")))
        fit = Fit(elasticity, price_sd, burst, moments, _distance(moments, wanted, trace))
        told(fit)
        found.append(fit)
    return sorted(found, key=lambda fit: fit.distance)


def _distance(moments: Fullness, wanted: Fullness, trace: Floats) -> float:
    blocks = len(trace)
    deviation = trace - wanted.mean
    kurtosis = float((deviation**4).mean()) / wanted.sd**4
    errors = {
        "sd": wanted.sd * ((kurtosis - 1) / (4 * blocks)) ** 0.5,
        "lag1": (1 / blocks) ** 0.5,
        "empty_share": (max(wanted.empty_share, 1 / blocks) / blocks) ** 0.5,
        "full_share": (max(wanted.full_share, 1 / blocks) / blocks) ** 0.5,
    }
    squares = [
        ((getattr(moments, name) - getattr(wanted, name)) / error) ** 2
        for name, error in errors.items()
    ]
    return float(np.sqrt(np.mean(squares)))
