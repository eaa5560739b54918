"""One trial of a study: one campaign with one seed, run for the figures it gives."""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from floodline.campaign.progress import Silent
from floodline.campaign.schema import Campaign, actor_enabled, actor_role
from floodline.campaign.setup_store import SetupStore, StaleSetup
from floodline.foundation.errors import FloodlineError, Interrupted
from floodline.measure.flat import Scalar, flatten
from floodline.measure.objective import METRICS, read_metric
from floodline.measure.tables import Tables
from floodline.study.folder import campaign_hash
from floodline.study.run import RunResult, run_campaign

Setting = dict[str, Scalar]
"""What a point of a design sets: value by campaign key."""


@dataclass(frozen=True)
class Trial:
    """A campaign to run, and where it belongs in its study.

    Attributes
    ----------
    campaign : dict
        The canonical campaign, defaults included.
    point : int
        Number of its point in the design.
    setting : Setting
        What the point sets.

    """

    campaign: dict[str, Any]
    point: int
    setting: Setting

    @property
    def seed(self) -> int:
        """The campaign's seed."""
        return int(self.campaign["seed"])

    @property
    def key(self) -> str:
        """The campaign's hash: two trials with one key are the same run."""
        return campaign_hash(self.campaign)[:24]


@dataclass(frozen=True)
class TrialResult:
    """What became of a trial.

    Attributes
    ----------
    key : str
        The trial's.
    status : str
        "complete" or "failed".
    error : str
        Why it failed.
    outcome_hash : str
        SHA-256 over the run's tables.
    identities_ok : bool
        Whether every conservation identity held.
    objective : dict or None
        The objective as it was judged.
    metrics : dict
        Every metric of the registry by name; those that take a role also by ``name:role``.
    notes : dict
        Why a metric has no value, by its name.
    figures : dict
        Every figure of the run's summary, by its dotted path.
    wall_s, cpu_s : float
        Machine cost of the run; never part of a result.

    """

    key: str
    status: str
    error: str = ""
    outcome_hash: str = ""
    identities_ok: bool = False
    objective: dict[str, Any] | None = None
    metrics: dict[str, float | None] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    figures: dict[str, Scalar] = field(default_factory=dict)
    wall_s: float = 0.0
    cpu_s: float = 0.0

    def dump(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Job:
    """A trial on its way to a worker.

    Attributes
    ----------
    campaign : dict
        The canonical campaign.
    key : str
        The trial's.
    folder : Path or None
        The study's folder, where the worker shares its disk; its own temporary folder otherwise.
    keep : bool
        Keep the run's folder with its tables.

    """

    campaign: dict[str, Any]
    key: str
    folder: Path | None
    keep: bool


def run_job(job: Job) -> TrialResult:
    """Run a trial in this process, with a node of its own.

    A failed run keeps its folder, with the evidence, in the study's ``runs``; a complete one only
    if that was asked for.
    """
    began, cpu = time.monotonic(), time.process_time()
    with tempfile.TemporaryDirectory(prefix="floodline-trial-") as own:
        base = job.folder or Path(own)
        out = base / "runs" / job.key
        try:
            result = _run(job, out, SetupStore(base / "setups"))
        except Interrupted:
            raise
        except FloodlineError as error:
            return TrialResult(
                job.key,
                "failed",
                str(error),
                wall_s=time.monotonic() - began,
                cpu_s=time.process_time() - cpu,
            )
        found = _result(job, result, began, cpu)
        if not job.keep:
            shutil.rmtree(out)
        return found


def _run(job: Job, out: Path, setups: SetupStore) -> RunResult:
    campaign = Campaign.model_validate(job.campaign)
    words = ["floodline", "replay", str(out)]
    try:
        return run_campaign(campaign, out=out, progress=Silent(), command_line=words, setups=setups)
    except StaleSetup:
        return run_campaign(campaign, out=out, progress=Silent(), command_line=words)


def _result(job: Job, result: RunResult, began: float, cpu: float) -> TrialResult:
    summary = result.summary
    metrics, notes = read_metrics(result.tables, roles_of(job.campaign))
    figures = {
        name: value
        for name, value in flatten(summary)
        if not name.startswith(("run_dir", "identities[", "objective."))
    }
    return TrialResult(
        job.key,
        "complete",
        outcome_hash=summary["outcome_hash"],
        identities_ok=bool(summary["identities_ok"]),
        objective=summary["objective"],
        metrics=metrics,
        notes=notes,
        figures=figures,
        wall_s=time.monotonic() - began,
        cpu_s=time.process_time() - cpu,
    )


def roles_of(campaign: dict[str, Any]) -> list[str]:
    """Return the roles of a campaign's actors, sorted."""
    actors = Campaign.model_validate(campaign).actors
    return sorted({actor_role(item.name) for item in actors if actor_enabled(item)})


def read_metrics(
    tables: Tables, roles: list[str]
) -> tuple[dict[str, float | None], dict[str, str]]:
    """Return every metric of a run by name, and why some have no value."""
    metrics: dict[str, float | None] = {}
    notes: dict[str, str] = {}
    for name in sorted(METRICS):
        full = [name, *(f"{name}:{role}" for role in roles if METRICS[name].takes_role)]
        for each in full:
            reading = read_metric(each, tables)
            metrics[each] = reading.value
            if reading.note:
                notes[each] = reading.note
    return metrics, notes
