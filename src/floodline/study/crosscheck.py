"""The same campaign with the modelled pool on Anvil and with geth's own, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import stats

from floodline.campaign.progress import Progress
from floodline.campaign.schema import Campaign
from floodline.foundation.errors import CampaignError
from floodline.measure.objective import evaluate
from floodline.study.run import RunResult, run_campaign

METRICS: Final = ("bad_debt_usd", "liquidation_latency_p50_s", "never_liquidated_share")
"""What is compared as a number for each seed, where the metric is registered."""
_LEVEL: Final = 0.95

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """One figure of both, over all seeds.

    Attributes
    ----------
    name : str
        What was compared.
    model, geth : float
        Means over the seeds; of a distance of distributions, the bound and the distance.
    low, high : float
        The seed-to-seed interval of the model: where the figure of one more seed lies with 95 %.
    agrees : bool
        Whether geth's figure lies in it.

    """

    name: str
    model: float
    geth: float
    low: float
    high: float
    agrees: bool


@dataclass(frozen=True)
class CrossCheck:
    """What came out.

    Attributes
    ----------
    seeds : tuple of int
        Those that both ran.
    comparisons : tuple of Comparison
        Each figure.
    verdicts : tuple of (bool or None, bool or None)
        Whether the objective was met, for each seed, by the model and by geth.

    """

    seeds: tuple[int, ...]
    comparisons: tuple[Comparison, ...]
    verdicts: tuple[tuple[bool | None, bool | None], ...]

    @property
    def agrees(self) -> bool:
        """Whether every figure and every verdict agrees."""
        same = all(model == geth for model, geth in self.verdicts)
        return same and all(one.agrees for one in self.comparisons)


def seed_interval(values: Sequence[float]) -> tuple[float, float]:
    """Return where the value of one more seed lies with 95 %, by Student's t.

    ``mean +- t_{0.975, n-1} s sqrt(1 + 1/n)``: the values 1, 2 and 3 give 2 +- 4.97.

    Raises
    ------
    CampaignError
        If there are fewer than two values.

    """
    count = len(values)
    if count < 2:
        raise CampaignError("one seed has no seed-to-seed interval", "give --seeds 3 or more")
    half = float(stats.t.ppf(0.5 + _LEVEL / 2, count - 1)) * stdev(values)
    half *= float(np.sqrt(1 + 1 / count))
    return fmean(values) - half, fmean(values) + half


def distance(first: Floats, second: Floats) -> float:
    """Return the largest distance of two empirical distributions (Kolmogorov and Smirnov)."""
    if not first.size or not second.size:
        return 0.0 if first.size == second.size else 1.0
    return float(stats.ks_2samp(first, second, method="asymp").statistic)


def crosscheck(
    campaign: Campaign,
    *,
    seeds: int,
    out: Path,
    progress: Progress,
    command_line: Sequence[str],
) -> CrossCheck:
    """Run a campaign on both for several seeds and compare.

    Parameters
    ----------
    campaign : Campaign
        What to run; its first seed is the campaign's own.
    seeds : int
        How many seeds, at least 2.
    out : Path
        Takes a run folder for each seed and node.
    progress : Progress
        Is told how it goes.
    command_line : sequence of str
        The words of the command, for the manifests.

    Raises
    ------
    CampaignError
        If there are too few seeds, or the campaign cannot run on geth.
    ToolchainError, NodeError
        If there is no geth, or a node fails.

    """
    if seeds < 2:
        raise CampaignError("one seed has no seed-to-seed interval", "give --seeds 3 or more")
    numbers = tuple(range(campaign.seed, campaign.seed + seeds))
    results: dict[str, list[RunResult]] = {"anvil": [], "geth": []}
    for seed in numbers:
        for node, pool in (("anvil", "model"), ("geth", "node")):
            progress.phase(f"seed {seed} on {node}")
            results[node].append(
                run_campaign(
                    _on(campaign, seed, node, pool),
                    out=out / f"{node}-{seed}",
                    progress=progress,
                    command_line=command_line,
                )
            )
    comparisons = [_numbers(name, results["anvil"], results["geth"]) for name in METRICS]
    comparisons.append(_latencies(results["anvil"], results["geth"]))
    return CrossCheck(
        numbers,
        tuple(one for one in comparisons if one is not None),
        tuple(
            (_met(model), _met(geth))
            for model, geth in zip(results["anvil"], results["geth"], strict=True)
        ),
    )


def _on(campaign: Campaign, seed: int, node: str, pool: str) -> Campaign:
    plain = campaign.canonical()
    chain = {**plain["chain"], "node": node, "mempool": pool, "clock": "slot"}
    chain["pool"] = {**chain["pool"], "below_base_fee": "wrapped"}
    return Campaign.model_validate({**plain, "seed": seed, "chain": chain})


def _met(result: RunResult) -> bool | None:
    objective = result.summary["objective"]
    return None if objective is None else bool(objective["met"])


def _numbers(name: str, model: Sequence[RunResult], geth: Sequence[RunResult]) -> Comparison | None:
    ours = [evaluate(name, result.tables) for result in model]
    theirs = [evaluate(name, result.tables) for result in geth]
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if a is not None and b is not None]
    if len(pairs) < 2 or len(pairs) != len(ours):
        same = [value is None for value in ours] == [value is None for value in theirs]
        return None if same else Comparison(name, 0.0, 0.0, 0.0, 0.0, agrees=False)
    low, high = seed_interval([a for a, _ in pairs])
    found = fmean(b for _, b in pairs)
    return Comparison(name, fmean(a for a, _ in pairs), found, low, high, low <= found <= high)


def _latencies(model: Sequence[RunResult], geth: Sequence[RunResult]) -> Comparison:
    """Compare distributions: geth may not be farther off than two of the model's seeds are."""
    ours = [_latency(result) for result in model]
    theirs = [_latency(result) for result in geth]
    between = max(
        distance(ours[a], ours[b]) for a in range(len(ours)) for b in range(a + 1, len(ours))
    )
    apart = max(distance(a, b) for a, b in zip(ours, theirs, strict=True))
    return Comparison(
        "liquidation latency, distance of distributions",
        between,
        apart,
        0.0,
        between,
        apart <= between,
    )


def _latency(result: RunResult) -> Floats:
    column: Any = result.tables["liquidations"]["latency_s"].dropna()
    return np.asarray(column, dtype=np.float64)
