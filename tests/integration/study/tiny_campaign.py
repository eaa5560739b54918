"""A campaign of a few blocks that runs in a fraction of a second, and a study of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from floodline.study.executor import Executor
from floodline.study.store import StudyFolder
from floodline.study.study import Study
from floodline.study.trial import TrialResult

TINY: dict[str, Any] = {
    "name": "tiny",
    "seed": 1,
    "slots": 8,
    "background": "off",
    "market": {
        "ETH": {
            "jump_diffusion": {
                "start_usd": 3000,
                "vol": 0.9,
                "jumps": [{"at_s": 20, "size": -0.2, "over_s": 20}],
            }
        }
    },
    "protocol": {"insurance_usd": 1_000},
    "book": {"accounts": 12, "leverage": {"lognormal": {"median": 10, "sigma": 0.3}}},
    "actors": [
        {"oracle": {"deviation": 0.005, "delay_s": 1}},
        {"keepers": {"count": 1}},
        {
            "flood": {
                "arrival": {"poisson": {"gas_per_s": 1_000_000}},
                "from_s": 0,
                "to_s": 96,
                "senders": 40,
            }
        },
    ],
    "objective": {"metric": "bad_debt_ratio", "below": 0.01},
}


def tiny_file(folder: Path, **changes: Any) -> Path:
    """Write the tiny campaign, with top-level keys changed, as a file."""
    path = folder / "tiny.yaml"
    with path.open("w") as handle:
        YAML().dump({**TINY, **changes}, handle)
    return path


class Watching:
    """A progress that remembers, and lets a test act when a trial has ended."""

    def __init__(self, act: Any = None) -> None:
        self.batches: list[tuple[int, int]] = []
        self.ended: list[TrialResult] = []
        self.said: list[str] = []
        self._act = act

    def begin(self, trials: int, kept: int) -> None:
        self.batches.append((trials, kept))

    def trial(self, result: TrialResult) -> None:
        self.ended.append(result)
        if self._act is not None:
            self._act(len(self.ended))

    def say(self, text: str) -> None:
        self.said.append(text)

    def stop(self) -> None:
        pass


@contextmanager
def opened(path: Path, executor: Executor, watching: Watching | None = None) -> Iterator[Study]:
    """A study in a folder, open until the end of the block."""
    with StudyFolder.open({"verb": "sweep", "name": "tiny"}, path) as folder:
        yield Study(folder, executor, watching or Watching())


def stormy_file(folder: Path) -> Path:
    """Write a tiny campaign whose market moves so much that leverage is dangerous."""
    flood = {**TINY["actors"][2]["flood"], "senders": 400, "to_s": 240}
    oracle = {**TINY["actors"][0]["oracle"], "fee": {"fixed": {"max_fee_gwei": 3, "tip_gwei": 1}}}
    actors = [{"oracle": oracle}, TINY["actors"][1], {"flood": flood}]
    return tiny_file(
        folder,
        slots=20,
        market={"ETH": {"jump_diffusion": {"start_usd": 3000, "vol": 20}}},
        book={"accounts": 8, "leverage": {"constant": 8}},
        actors=actors,
        objective={"metric": "bad_debt_usd", "below": 1},
    )
