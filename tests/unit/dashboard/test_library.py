"""What a dashboard finds on disk: runs and studies in any state, the latest first."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path

import pytest

from floodline.dashboard.library import Library
from floodline.foundation.errors import AnalysisError

SUMMARY = {
    "identities_ok": True,
    "objective": {"met": False},
    "solvency": {"bad_debt_usd": 12.5},
    "liquidation": {"latency_p50_s": None},
    "economics": {"base_fee": {"peak_gwei": 3.0}},
}


def run_in(folder: Path, name: str, **files: object) -> Path:
    path = folder / name
    path.mkdir(parents=True)
    (path / ".floodline-run").touch()
    for file, content in files.items():
        (path / f"{file}.json").write_text(json.dumps(content))
    return path


def study_in(folder: Path, name: str) -> Path:
    path = folder / name
    path.mkdir(parents=True)
    (path / ".floodline-study").touch()
    (path / "study.json").write_text(json.dumps({"verb": "sweep", "name": "dam"}))
    return path


def test_a_finished_run_is_listed_with_its_verdicts(tmp_path: Path) -> None:
    manifest = {"name": "dam", "seed": 3, "status": "complete", "outcome_hash": "ab" * 32}
    run_in(tmp_path / "runs", "one", manifest=manifest, summary=SUMMARY)
    (entry,) = Library(tmp_path).entries()
    assert (entry.kind, entry.status, entry.seed) == ("run", "complete", 3)
    assert (entry.objective, entry.identities) == ("missed", "hold")
    assert (entry.bad_debt_usd, entry.latency_p50_s, entry.base_fee_peak_gwei) == (12.5, None, 3.0)


def test_a_run_that_somebody_holds_is_running_and_one_that_nobody_holds_was_killed(
    tmp_path: Path,
) -> None:
    path = run_in(tmp_path, "live", status={"status": "running"})
    library = Library(tmp_path)
    with (path / ".floodline-run").open("r+b") as marker:
        fcntl.flock(marker, fcntl.LOCK_EX)
        assert library.entries()[0].status == "running"
    assert library.entries()[0].status == "killed"


def test_an_interrupted_run_says_so(tmp_path: Path) -> None:
    run_in(tmp_path, "cut", status={"status": "interrupted"})
    assert Library(tmp_path).entries()[0].status == "interrupted"


def test_a_damaged_run_is_listed_as_such_and_hides_nobody_else(tmp_path: Path) -> None:
    bad = run_in(tmp_path, "bad")
    (bad / "manifest.json").write_text("{")
    study_in(tmp_path, "good")
    found = {entry.name: entry.status for entry in Library(tmp_path).entries()}
    assert found == {"bad": "damaged", "good": "stopped"}


def test_a_run_that_has_changed_is_read_again(tmp_path: Path) -> None:
    path = run_in(tmp_path, "one", status={"status": "failed"})
    library = Library(tmp_path)
    assert library.entries()[0].objective == ""
    (path / "manifest.json").write_text(json.dumps({"name": "dam", "status": "complete"}))
    (path / "summary.json").write_text(json.dumps(SUMMARY))
    assert library.entries()[0].objective == "missed"


def test_a_place_may_be_one_run_one_study_or_a_folder(tmp_path: Path) -> None:
    run, study = run_in(tmp_path / "runs", "one"), study_in(tmp_path / "studies", "two")
    assert Library(run).only == ("run", "one")
    assert Library(study).only == ("study", "two")
    assert Library(tmp_path).only is None
    assert {entry.name for entry in Library(tmp_path).entries()} == {"one", "two"}


def test_what_is_not_there_is_said_with_what_may_be_meant(tmp_path: Path) -> None:
    run_in(tmp_path, "flooded")
    with pytest.raises(AnalysisError, match="did you mean 'flooded'"):
        Library(tmp_path).find("run", "floodet")
    with pytest.raises(AnalysisError, match="is not a folder"):
        Library(tmp_path / "nowhere")


def test_a_folder_that_is_yet_to_come_is_an_empty_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Library(None).entries() == []
