"""One run: from a campaign to a folder of tables, with a manifest as the last word."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from floodline.campaign.inputs import input_hashes
from floodline.campaign.record import RunRecord
from floodline.campaign.schema import Campaign
from floodline.campaign.session import Session
from floodline.campaign.setup_store import SetupStore
from floodline.foundation.errors import FloodlineError, Interrupted
from floodline.measure.files import outcome_hash, write_dictionary, write_tables
from floodline.measure.summary import summarise
from floodline.measure.tables import build_tables
from floodline.study.evidence import keep_evidence
from floodline.study.folder import RunFolder, Status, write_json
from floodline.study.manifest import build_manifest
from floodline.study.progress import Progress
from floodline.study.run_log import RunLog
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts
from floodline.toolchain.versions import SOLC


@dataclass(frozen=True)
class RunResult:
    """A finished run.

    Attributes
    ----------
    run_dir : Path
        Its folder.
    summary : dict
        What ``summary.json`` holds.
    tables : dict of DataFrame
        By name.
    ok : bool
        Whether every identity holds and the objective, if there is one, is met.

    """

    run_dir: Path
    summary: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    ok: bool


def run_campaign(
    campaign: Campaign,
    *,
    out: Path | None,
    progress: Progress,
    command_line: Sequence[str],
    setups: SetupStore | None = None,
) -> RunResult:
    """Run a campaign and write its folder.

    Parameters
    ----------
    campaign : Campaign
        What to run.
    out : Path or None
        The folder; ``data/runs/<name>-<seed>-<hash>`` by default.
    progress : Progress
        Is told how it goes.
    command_line : Sequence[str]
        The words of the command, for the manifest.
    setups : SetupStore, optional
        Setups to begin from, and to add this campaign's to.

    Raises
    ------
    CampaignError
        If the folder cannot be used, or the campaign cannot be set up.
    ToolchainError, NodeError
        If a tool is missing, or the node fails; tables so far and evidence are kept.
    Interrupted
        If the person stopped it; the tables so far are kept.

    """
    anvil = find_anvil()
    inputs = input_hashes(campaign)
    with RunFolder.prepare(campaign.canonical(), out) as folder, RunLog(folder.path) as log:
        watching = log.watch(progress)
        watching.phase("compiling the contracts")
        artifacts = load_artifacts()
        with Session(
            campaign,
            anvil=anvil.path,
            artifacts=artifacts,
            node_log=folder.path / "anvil.log",
            progress=watching,
            setups=setups,
        ) as session:
            try:
                session.prepare()
                session.run()
                record = session.record("complete")
            except (KeyboardInterrupt, Interrupted) as stop:
                _keep(folder, session.record("interrupted"), "interrupted", campaign)
                raise Interrupted(
                    f"interrupted; what there was is kept in {folder.path}",
                    f"run it again: {shlex.join(command_line)}",
                ) from stop
            except FloodlineError as error:
                log.note("failed", error=str(error))
                keep_evidence(folder.path, session, error, command_line)
                _keep(folder, session.record("failed"), "failed", campaign)
                raise
            finally:
                watching.stop()
            facts, node = session.facts(), session.node_report()
        if record is None:
            raise RuntimeError("a complete run has a record")
        watching.phase("writing the tables")
        tables, digest = _write(folder, record)
        summary = _summarise(folder, tables, campaign, digest, "complete", node)
        folder.finish(
            build_manifest(
                campaign.canonical(),
                status="complete",
                outcome_hash=digest,
                command_line=command_line,
                tools={"anvil": str(anvil.version), "solc": str(SOLC)},
                contracts=facts["contracts"],
                node_flags=facts["node_flags"],
                inputs=inputs,
            )
        )
        objective = summary["objective"]
        ok = bool(summary["identities_ok"]) and (objective is None or bool(objective["met"]))
        return RunResult(folder.path, summary, tables, ok)


def _write(folder: RunFolder, record: RunRecord) -> tuple[dict[str, pd.DataFrame], str]:
    tables = build_tables(record)
    write_tables(tables, folder.tables)
    write_dictionary(folder.path)
    return dict(tables), outcome_hash(folder.tables)


def _summarise(
    folder: RunFolder,
    tables: dict[str, pd.DataFrame],
    campaign: Campaign,
    digest: str,
    status: Status,
    node: dict[str, Any],
) -> dict[str, Any]:
    objective = campaign.objective
    summary = summarise(
        tables,
        metric=objective.metric if objective else None,
        below=objective.below if objective else None,
        above=objective.above if objective else None,
        extra={
            "run_dir": str(folder.path),
            "outcome_hash": digest,
            "status": status,
            "name": campaign.name,
            "seed": campaign.seed,
            **({"node": node} if node else {}),
        },
    )
    write_json(folder.path / "summary.json", summary)
    return summary


def _keep(folder: RunFolder, record: RunRecord | None, status: Status, campaign: Campaign) -> None:
    """Keep the tables of a run that did not come to its end, marked as such; no manifest."""
    if record is not None:
        _write(folder, record)
    done = record.slots_done if record is not None else 0
    folder.set_status(status, f"{done} of {campaign.slots} slots were run")
