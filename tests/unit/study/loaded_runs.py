"""Run and study folders made by hand, for opening."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd

from floodline.campaign.schema import Campaign
from floodline.measure.files import outcome_hash, write_dictionary, write_tables
from floodline.measure.summary import summarise
from floodline.measure.tables import build_tables
from floodline.study.answer_tables import write_answer
from floodline.study.folder import RunFolder, write_json
from floodline.study.manifest import build_manifest
from floodline.study.results import write_table
from floodline.study.store import StudyFolder

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from measure.run_factory import make_record

CAMPAIGN: dict[str, Any] = Campaign.model_validate(
    {
        "name": "made",
        "seed": 3,
        "slots": 5,
        "market": {"ETH": {"gbm": {"start_usd": 3000, "vol": 1}}},
    }
).canonical()


def finished_run(path: Path, campaign: dict[str, Any] = CAMPAIGN) -> Path:
    """A complete run folder whose books balance."""
    with RunFolder.prepare(campaign, path) as folder:
        tables = build_tables(make_record())
        write_tables(tables, folder.tables)
        write_dictionary(path)
        write_json(path / "summary.json", summarise(tables))
        folder.finish(
            build_manifest(
                campaign,
                status="complete",
                outcome_hash=outcome_hash(folder.tables),
                command_line=["floodline", "run"],
                tools={},
                contracts={},
                node_flags=[],
                inputs={},
            )
        )
    return path


def finished_study(path: Path) -> Path:
    """A study of two trials with one kept run and an answer's table."""
    with StudyFolder.open({"verb": "breakpoint", "name": "made"}, path):
        write_table(pd.DataFrame({"trial": ["a", "b"], "bad_debt_usd": [1.0, 2.0]}), path, "trials")
        write_json(
            path / "dictionary.json",
            {"tables": {"trials": [{"name": "trial", "unit": "", "meaning": "the trial's key"}]}},
        )
        write_answer(pd.DataFrame({"load": [1.0], "share": [0.5]}), path, "breakpoint")
        finished_run(path / "runs" / "abc")
    return path
