"""What a second worker is worth: the same runs through one process and through two.

Meaningful only where two cores are idle; on a busy machine both figures measure the other work.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

from floodline.campaign.schema import Campaign
from floodline.foundation.bench import Measurement
from floodline.study.processes import Processes
from floodline.study.trial import Job, Trial, run_job

RUNS = 12


def campaign(seed: int) -> dict[str, Any]:
    """Return a campaign of about a second, with everybody in it."""
    given = {
        "name": "bench",
        "seed": seed,
        "slots": 30,
        "market": {"ETH": {"jump_diffusion": {"start_usd": 3000, "vol": 2.0}}},
        "book": {"accounts": 60},
        "background": "off",
        "actors": [
            {"oracle": {"deviation": 0.002}},
            {"keepers": {"count": 2}},
            {"traders": {"rate_per_s": 0.5}},
            {"flood": {"arrival": {"poisson": {"load": 2.5}}, "senders": 500}},
        ],
    }
    return Campaign.model_validate(given).canonical()


def jobs(folder: Path, first: int, count: int) -> list[Job]:
    trials = [Trial(campaign(seed), 0, {}) for seed in range(first, first + count)]
    return [Job(trial.campaign, trial.key, folder, keep=False) for trial in trials]


def timed(workers: int, folder: Path) -> float:
    """Return wall seconds of the runs, with workers that have begun and imported already."""
    with Processes(workers) as executor:
        list(executor.run(run_job, jobs(folder / "warm", 1_000, 2 * workers)))
        began = time.perf_counter()
        finished = list(executor.run(run_job, jobs(folder / f"timed-{workers}", 0, RUNS)))
        spent = time.perf_counter() - began
    for done in finished:
        if done.result is None or done.result.status != "complete":
            raise RuntimeError(done.error or "a run failed")
    return spent


def run() -> list[Measurement]:
    """Measure the throughput of two workers against one."""
    with tempfile.TemporaryDirectory() as folder:
        one, two = timed(1, Path(folder)), timed(2, Path(folder))
    return [
        Measurement(
            "two workers over one",
            one / two,
            "x",
            1.8,
            "at least",
            f"{RUNS} runs: {one:.1f} s with one worker, {two:.1f} s with two, load average "
            f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
        )
    ]
