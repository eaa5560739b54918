"""What a study varies: ranges and lists of campaign keys, and the points of a design over them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from floodline.campaign.yaml_document import parse_value
from floodline.foundation.errors import CampaignError
from floodline.measure.flat import Scalar

DEFAULT_LEVELS: Final = 5
Kind = Literal["grid", "lhs", "sobol"]


@dataclass(frozen=True)
class Vary:
    """One campaign key and the values it takes.

    Attributes
    ----------
    flag : str
        As the person wrote it.
    key : str
        Dotted path, as for ``--set``.
    choices : tuple of Scalar
        The values of a list; empty for a range.
    low, high : float
        Ends of a range.
    levels : int
        Values that a grid takes from a range.
    logarithmic : bool
        Whether a range is gone through in equal ratios.
    whole : bool
        Whether the key takes whole numbers only.

    """

    flag: str
    key: str
    choices: tuple[Scalar, ...] = ()
    low: float = 0.0
    high: float = 0.0
    levels: int = DEFAULT_LEVELS
    logarithmic: bool = False
    whole: bool = False

    @property
    def is_range(self) -> bool:
        """Whether it is a range rather than a list."""
        return not self.choices

    def at(self, share: float) -> Scalar:
        """Return the value at a share of the way, 0 to 1: the lower end at 0.

        Half the way from 1 to 100 is 50.5, and 10 where the range is logarithmic.
        """
        if self.choices:
            return self.choices[min(int(share * len(self.choices)), len(self.choices) - 1)]
        if self.logarithmic:
            value = math.exp(_between(math.log(self.low), math.log(self.high), share))
        else:
            value = _between(self.low, self.high, share)
        value = min(max(value, self.low), self.high)
        return round(value) if self.whole else float(f"{value:.12g}")

    def grid(self) -> list[Scalar]:
        """Return the values of a grid, in order, without repeats."""
        if self.choices:
            return list(self.choices)
        found = [self.at(step / (self.levels - 1)) for step in range(self.levels)]
        return list(dict.fromkeys(found))

    def between(self, low: float, high: float) -> Vary:
        """Return the same over a part of the range."""
        return replace(self, low=low, high=high)

    def with_whole(self, whole: bool) -> Vary:
        """Return the same with whole numbers, or not."""
        return replace(self, whole=whole)


def _between(low: float, high: float, share: float) -> float:
    return low + (high - low) * share


def parse_vary(text: str) -> Vary:
    """Return what ``key=a:b[:n][:log]`` or ``key=v1,v2,...`` stands for.

    ``chain.gas_limit=15e6:60e6:4:log`` takes 15, 23.8, 37.8 and 60 million in a grid, and
    anything between in a Latin hypercube.

    Raises
    ------
    CampaignError
        If it is of neither form.

    """
    key, equals, given = text.partition("=")
    key = key.strip()
    if not equals or not key or not given.strip():
        raise _malformed(text, "it is not of the form key=values")
    parts = [part.strip() for part in given.split(":")]
    if len(parts) > 1 and _number(parts[0]) is not None:
        return _range(text, key, parts)
    try:
        values = tuple(parse_value(part) for part in _split(given))
    except ValueError as error:
        raise _malformed(text, f"a value is not YAML ({error})") from error
    if any(isinstance(value, dict | list) for value in values):
        raise _malformed(text, "a value is not a single number, word, true or false")
    if len(set(map(str, values))) < len(values):
        raise _malformed(text, "a value is given twice")
    return Vary(f"--vary {text}", key, values)


def _split(given: str) -> list[str]:
    return [part.strip() for part in given.split(",") if part.strip()]


def _range(text: str, key: str, parts: list[str]) -> Vary:
    logarithmic = parts[-1] == "log"
    numbers = [_number(part) for part in (parts[:-1] if logarithmic else parts)]
    if len(numbers) not in {2, 3} or any(number is None for number in numbers):
        raise _malformed(text, "a range is low:high, low:high:levels, or either with :log")
    low, high = float(numbers[0] or 0), float(numbers[1] or 0)
    levels = numbers[2] if len(numbers) == 3 else DEFAULT_LEVELS
    if not low < high:
        raise _malformed(text, "the lower end must lie below the upper one")
    if logarithmic and low <= 0:
        raise _malformed(text, "a logarithmic range begins above 0")
    if levels is None or levels != int(levels) or levels < 2:
        raise _malformed(text, "a range has at least 2 levels")
    return Vary(f"--vary {text}", key, (), low, high, int(levels), logarithmic)


def _number(text: str) -> float | None:
    try:
        value = float(text.replace("_", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _malformed(text: str, why: str) -> CampaignError:
    return CampaignError(
        f"--vary {text}: {why}",
        "write a range as in --vary actors.flood.tip_gwei=1:50:6:log, "
        "or a list as in --vary builder.policy=priority,fifo",
    )


@dataclass(frozen=True)
class Design:
    """A kind of design and the keys it goes over.

    Attributes
    ----------
    kind : {"grid", "lhs", "sobol"}
        Every combination; a Latin hypercube; a scrambled Sobol sequence.
    varies : tuple of Vary
        The keys, in the order they were given.
    points : int
        Points of a hypercube or a Sobol sequence; a grid has as many as it has combinations.
    seed : int
        Of the random designs.

    """

    kind: Kind
    varies: tuple[Vary, ...]
    points: int
    seed: int

    def settings(self) -> list[dict[str, Scalar]]:
        """Return the points, each as value by key; one empty point where nothing varies."""
        keys = [vary.key for vary in self.varies]
        if not keys:
            return [{}]
        if self.kind == "grid":
            rows = itertools.product(*(vary.grid() for vary in self.varies))
            return [dict(zip(keys, row, strict=True)) for row in rows]
        found = []
        for shares in self._shares():
            values = [vary.at(share) for vary, share in zip(self.varies, shares, strict=True)]
            found.append(dict(zip(keys, values, strict=True)))
        return found

    def _shares(self) -> list[list[float]]:
        from scipy.stats import qmc  # noqa: PLC0415 - heavy

        generator = np.random.Generator(np.random.PCG64(self.seed))
        if self.kind == "lhs":
            drawn = qmc.LatinHypercube(len(self.varies), rng=generator).random(self.points)
        else:
            drawn = qmc.Sobol(len(self.varies), rng=generator).random_base2(
                max(1, math.ceil(math.log2(self.points)))
            )
        return [[float(share) for share in row] for row in drawn]

    def dump(self) -> dict[str, object]:
        """Return plain data, for the study's ``study.json``."""
        return {
            "kind": self.kind,
            "points": self.points,
            "varies": [vary.flag for vary in self.varies],
        }


def overrides_of(setting: Mapping[str, Scalar]) -> list[str]:
    """Return a point as ``--set`` texts."""
    return [f"{key}={_yaml(value)}" for key, value in setting.items()]


def label_of(setting: Mapping[str, Scalar]) -> str:
    """Return a point in words: keys by their last part, numbers with four digits."""
    return ", ".join(f"{key.rsplit('.', 1)[-1]}={_brief(value)}" for key, value in setting.items())


def _brief(value: Scalar) -> str:
    return f"{value:.4g}" if isinstance(value, float) else _yaml(value)


def _yaml(value: Scalar) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else str(value)


def unique_keys(varies: Sequence[Vary]) -> None:
    """Refuse a key that is varied twice.

    Raises
    ------
    CampaignError
        If there is one.

    """
    seen: set[str] = set()
    for vary in varies:
        if vary.key in seen:
            raise CampaignError(f"{vary.flag}: '{vary.key}' is varied twice", "vary it once")
        seen.add(vary.key)
