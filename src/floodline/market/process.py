"""Truth price processes: the price that the world agrees on, whatever the chain says.

A path is drawn once, before the run, on a fixed grid of ticks; nothing that happens on chain moves
it. Prices are integers in a feed's 8 decimals, so that all that is derived from them is exact.
"""

from __future__ import annotations

import csv
import math
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
from pydantic import Field

from floodline.foundation.choice import ChoiceOf, Chosen
from floodline.foundation.errors import CampaignError
from floodline.foundation.registry import Parameters, Registry
from floodline.foundation.units import FEED, SECOND_US

YEAR_S: Final = 365 * 86_400
"""Seconds in the year that volatilities are quoted for."""


class PriceProcess(ABC):
    """Draws one path of the true price."""

    @abstractmethod
    def path_usd(
        self, rng: np.random.Generator, times_s: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """Return prices in dollars at ascending times; the first time is the campaign's genesis."""


PRICES: Final[Registry[PriceProcess]] = Registry("price process")
PriceChoice = Annotated[Chosen[PriceProcess], ChoiceOf(PRICES)]


class GbmParameters(Parameters):
    """Parameters of geometric Brownian motion."""

    start_usd: float = Field(gt=0, description="Price at the campaign's genesis, in dollars.")
    vol: float = Field(
        ge=0, le=20, description="Volatility per square root of a year (0.9 = 90 %)."
    )
    drift: float = Field(default=0.0, description="Drift of the price per year (0.05 = 5 %).")


@PRICES.register(
    "gbm", GbmParameters, description="Geometric Brownian motion with constant volatility."
)
class GeometricBrownianMotion(PriceProcess):
    """``dS = drift S dt + vol S dW``, exact on the grid.

    At a volatility of 90 % a year the standard deviation over one minute is
    ``0.9 sqrt(60 / 31_536_000)`` = 0.124 %.
    """

    def __init__(self, parameters: GbmParameters) -> None:
        self._parameters = parameters

    def path_usd(
        self, rng: np.random.Generator, times_s: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """Draw one path; one normal draw a tick."""
        given = self._parameters
        years = np.diff(times_s) / YEAR_S
        normals = rng.standard_normal(len(years))
        steps = (given.drift - given.vol**2 / 2) * years + given.vol * np.sqrt(years) * normals
        logs = np.concatenate(([0.0], np.cumsum(steps)))
        return np.asarray(given.start_usd * np.exp(logs))


class Jump(Parameters):
    """One scheduled jump of the price."""

    at_s: float = Field(ge=0, description="When the jump begins, in seconds after genesis.")
    size: float = Field(gt=-1, le=10, description="Relative change; -0.18 is a fall of 18 %.")
    over_s: float = Field(
        default=0.0,
        ge=0,
        description="Spread evenly in log price over this many seconds; 0: at once.",
    )


class JumpDiffusionParameters(GbmParameters):
    """Parameters of a diffusion with jumps, scheduled and random."""

    jumps: tuple[Jump, ...] = Field(default=(), description="Jumps that happen at known times.")
    jump_rate_per_day: float = Field(
        default=0.0, ge=0, description="Mean number of random jumps a day (Merton)."
    )
    jump_mean: float = Field(
        default=0.0, gt=-1, description="Mean of the logarithm of a random jump."
    )
    jump_sd: float = Field(
        default=0.0, ge=0, description="Standard deviation of the logarithm of a random jump."
    )


@PRICES.register(
    "jump_diffusion",
    JumpDiffusionParameters,
    description="Geometric Brownian motion with scheduled jumps and random ones (Merton 1976).",
)
class JumpDiffusion(PriceProcess):
    """Brownian motion, scheduled jumps, and a compound Poisson process of lognormal jumps.

    The diffusion draws the same numbers whether or not jumps are scheduled.
    """

    def __init__(self, parameters: JumpDiffusionParameters) -> None:
        self._parameters = parameters

    def path_usd(
        self, rng: np.random.Generator, times_s: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """Draw one path."""
        given = self._parameters
        path = GeometricBrownianMotion(given).path_usd(rng, times_s)
        logs = np.zeros(len(times_s))
        for jump in given.jumps:
            since = times_s - jump.at_s
            share = (
                np.clip(since / jump.over_s, 0, 1) if jump.over_s else (since >= 0).astype(float)
            )
            logs += math.log1p(jump.size) * share
        if given.jump_rate_per_day:
            days = np.diff(times_s, prepend=times_s[0]) / 86_400
            counts = rng.poisson(given.jump_rate_per_day * days)
            normals = rng.standard_normal(len(times_s))
            random_logs = given.jump_mean * counts + given.jump_sd * np.sqrt(counts) * normals
            logs += np.cumsum(random_logs)
        return np.asarray(path * np.exp(logs))


class CsvParameters(Parameters):
    """Parameters of a path from a file."""

    file: Path = Field(description="CSV file; relative paths are relative to the campaign file.")
    time_column: str = Field(default="time_s", description="Column of seconds after genesis.")
    price_column: str = Field(default="price_usd", description="Column of prices in dollars.")
    scale: float = Field(default=1.0, gt=0, description="Every price is multiplied by this.")


@PRICES.register(
    "csv", CsvParameters, description="A price path from a CSV file, stepwise constant."
)
class CsvPath(PriceProcess):
    """The last price at or before each tick; draws nothing."""

    def __init__(self, parameters: CsvParameters) -> None:
        self._parameters = parameters

    def _rows(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        given = self._parameters
        try:
            with given.file.open(newline="", encoding="utf-8") as handle:
                lines = (line for line in handle if not line.startswith("#"))
                rows = list(csv.DictReader(lines))
        except OSError as error:
            raise CampaignError(
                f"price path {given.file} cannot be read: {error.strerror}",
                "name an existing CSV file, relative to the campaign file",
            ) from error
        times: list[float] = []
        prices: list[float] = []
        for number, row in enumerate(rows, start=2):
            try:
                times.append(float(row[given.time_column]))
                prices.append(float(row[given.price_column]))
            except (KeyError, TypeError, ValueError) as error:
                raise CampaignError(
                    f"price path {given.file}, data row {number}: needs numbers in the columns "
                    f"'{given.time_column}' and '{given.price_column}', found {dict(row)}",
                    "mend the row, or name the columns by time_column and price_column",
                ) from error
        if not times or min(prices) <= 0 or any(np.diff(times) <= 0):
            raise CampaignError(
                f"price path {given.file}: needs rows, times that rise and prices above 0",
                "mend the file",
            )
        return np.array(times), np.array(prices)

    def path_usd(
        self, rng: np.random.Generator, times_s: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """Return the file's prices on the grid."""
        del rng
        times, prices = self._rows()
        if times[0] > times_s[0]:
            raise CampaignError(
                f"price path {self._parameters.file} begins at {times[0]} s, after genesis",
                "let the first row have time 0",
            )
        at = np.searchsorted(times, times_s, side="right") - 1
        return np.asarray(prices[at] * self._parameters.scale)


def draw_path_e8(
    process: PriceProcess, rng: np.random.Generator, *, tick_us: int, ticks: int
) -> list[int]:
    """Return the true price at ticks 0..`ticks` in a feed's 8 decimals, at least 1."""
    times_s = np.arange(ticks + 1) * (tick_us / SECOND_US)
    path = process.path_usd(rng, times_s)
    return [max(1, round(price * FEED)) for price in path.tolist()]
