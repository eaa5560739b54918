"""A run's folder never touches what is not its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from floodline.foundation.errors import AnalysisError, CampaignError
from floodline.study.folder import (
    MANIFEST,
    RunFolder,
    campaign_hash,
    default_folder,
    find_run,
    list_runs,
    read_run,
    remove_run,
)
from floodline.study.manifest import build_manifest

CAMPAIGN: dict[str, Any] = {"name": "flash crash", "seed": 7, "slots": 3}
OTHER: dict[str, Any] = {"name": "flash crash", "seed": 8, "slots": 3}


def finish(path: Path, campaign: dict[str, Any] = CAMPAIGN) -> None:
    with RunFolder.prepare(campaign, path) as folder:
        (folder.tables / "blocks.csv").write_text("block\n1\n")
        folder.finish(manifest(campaign))


def manifest(campaign: dict[str, Any]) -> dict[str, Any]:
    return build_manifest(
        campaign,
        status="complete",
        outcome_hash="ab" * 32,
        command_line=["floodline", "run"],
        tools={"anvil": "1.7.1"},
        contracts={"PerpMarket": "cd" * 32},
        node_flags=["--no-mining"],
        inputs={"prices.csv": "ef" * 32},
    )


def test_the_default_name_has_name_seed_and_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    expected = tmp_path / "data" / "runs" / f"flash-crash-7-{campaign_hash(CAMPAIGN)[:8]}"
    assert default_folder(CAMPAIGN) == expected


def test_a_name_cannot_lead_out_of_the_runs_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = default_folder({"name": "../../etc", "seed": 1})
    assert folder.parent == tmp_path / "data" / "runs"


def test_the_hash_does_not_depend_on_the_order_of_keys() -> None:
    assert campaign_hash({"a": 1, "b": 2}) == campaign_hash({"b": 2, "a": 1})
    assert campaign_hash({"a": 1}) != campaign_hash({"a": 2})


def test_a_finished_run_has_a_manifest_that_says_complete(tmp_path: Path) -> None:
    finish(tmp_path / "run")
    info = read_run(tmp_path / "run")
    assert info.status == "complete"
    assert info.manifest["seed"] == 7
    assert info.manifest["packages"]["numpy"] != "not installed"


def test_the_same_campaign_overwrites_its_own_run_and_leaves_other_files(tmp_path: Path) -> None:
    path = tmp_path / "run"
    finish(path)
    (path / "notes.txt").write_text("mine")
    with RunFolder.prepare(CAMPAIGN, path):
        assert not (path / "tables" / "blocks.csv").exists()
        assert not (path / MANIFEST).exists()
    assert (path / "notes.txt").read_text() == "mine"


def test_another_campaigns_run_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "run"
    finish(path)
    with pytest.raises(CampaignError, match="another campaign"):
        RunFolder.prepare(OTHER, path)
    assert (path / "tables" / "blocks.csv").read_text() == "block\n1\n"


def test_a_folder_with_other_files_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(CampaignError, match="not a run's"):
        RunFolder.prepare(CAMPAIGN, tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    finish(tmp_path)
    assert read_run(tmp_path).status == "complete"


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("mine")
    with pytest.raises(CampaignError, match="is a file"):
        RunFolder.prepare(CAMPAIGN, tmp_path / "run")
    with pytest.raises(CampaignError, match="cannot be"):
        RunFolder.prepare(CAMPAIGN, tmp_path / "run" / "below")


def test_an_unwritable_place_is_refused() -> None:
    nobody_may_write = Path("/proc/floodline")  # root included; macOS has no such place to make
    with pytest.raises(CampaignError, match="cannot be written"):
        RunFolder.prepare(CAMPAIGN, nobody_may_write / "run")


def test_two_runs_do_not_write_to_one_folder_at_once(tmp_path: Path) -> None:
    path = tmp_path / "run"
    with RunFolder.prepare(CAMPAIGN, path):
        assert read_run(path).status == "running"
        with pytest.raises(CampaignError, match="being written by another run"):
            RunFolder.prepare(CAMPAIGN, path)
        with pytest.raises(AnalysisError, match="still going on"):
            remove_run(path)
    assert read_run(path).status == "killed"


def test_a_link_inside_a_run_is_removed_and_what_it_points_to_is_kept(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("mine")
    path = tmp_path / "run"
    finish(path)
    (path / "evidence").symlink_to(precious)
    assert remove_run(path) == []
    assert not path.exists()
    assert (precious / "file").read_text() == "mine"


def test_removal_keeps_files_that_no_run_writes(tmp_path: Path) -> None:
    path = tmp_path / "run"
    finish(path)
    (path / "notes.txt").write_text("mine")
    assert remove_run(path) == [path / "notes.txt"]
    assert [entry.name for entry in path.iterdir()] == ["notes.txt"]


def test_a_folder_that_is_not_a_run_is_never_removed(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("{}")
    with pytest.raises(AnalysisError, match="not a run folder"):
        remove_run(tmp_path)
    finish(tmp_path / "run")
    (tmp_path / "link").symlink_to(tmp_path / "run")
    with pytest.raises(AnalysisError, match="not a run folder"):
        remove_run(tmp_path / "link")


def test_runs_are_listed_in_order_and_found_by_path_name_or_start(tmp_path: Path) -> None:
    for name in ("flooded", "calm", "calmer"):
        finish(tmp_path / name)
    (tmp_path / "other").mkdir()
    assert [run.name for run in list_runs(tmp_path)] == ["calm", "calmer", "flooded"]
    assert find_run("calm", tmp_path).name == "calm"
    assert find_run("flo", tmp_path).name == "flooded"
    assert find_run(str(tmp_path / "calmer")).name == "calmer"
    with pytest.raises(AnalysisError, match="may mean calm, calmer"):
        find_run("cal", tmp_path)
    with pytest.raises(AnalysisError, match=r"did you mean 'flooded'"):
        find_run("floded", tmp_path)


def test_a_damaged_manifest_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    finish(tmp_path)
    (tmp_path / MANIFEST).write_text("{")
    with pytest.raises(AnalysisError, match="damaged") as caught:
        read_run(tmp_path)
    assert caught.value.next_step
