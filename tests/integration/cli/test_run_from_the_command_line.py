"""`floodline run` and `floodline runs`, seen from outside."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.anvil

Command = Callable[..., subprocess.CompletedProcess[str]]


def test_json_is_the_summary_and_progress_is_on_stderr(ran: Any) -> None:
    assert json.loads(ran.done.stdout) == ran.summary
    assert ran.summary["name"] == "dam"
    assert ran.summary["run"]["blocks"] >= 6
    assert ran.summary["identities_ok"] is True
    assert "slot 6/6" in ran.done.stderr
    assert "Traceback" not in ran.done.stderr


def test_a_missed_objective_exits_1(ran: Any) -> None:
    assert ran.summary["objective"]["met"] is False
    assert ran.done.returncode == 1


def test_the_run_is_in_its_default_folder_with_tables_and_manifest(ran: Any) -> None:
    (folder,) = (ran.home / "data" / "runs").iterdir()
    assert folder.name.startswith("dam-5-")
    assert Path(ran.summary["run_dir"]) == folder
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["status"] == "complete"
    assert manifest["outcome_hash"] == ran.summary["outcome_hash"]
    assert manifest["command_line"] == ["floodline", "run", "dam.yaml", "--json"]
    assert (folder / "tables" / "blocks.csv").is_file()


def test_a_missed_objective_may_be_allowed_and_is_still_shown(command: Command) -> None:
    done = command("run", "dam.yaml", "--out", "out", "--allow-missed-objective", "--seed", "6")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("objective  MISSED  price_age_p95_s")
    assert lines[1].startswith("identities HOLD")
    assert "--allow-missed-objective" in lines[2]
    assert "  out/tables/blocks.csv" in lines
    assert lines[-2:] == [
        "again",
        "  floodline run dam.yaml --out out --allow-missed-objective --seed 6",
    ]


def test_quiet_says_nothing_but_the_exit_code(command: Command, tmp_path: Path) -> None:
    done = command("run", "dam.yaml", "--out", "out", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    assert (tmp_path / "out" / "summary.json").is_file()


def test_runs_are_listed_and_shown_side_by_side(ran: Any, command: Command) -> None:
    listed = json.loads(command("runs", "ls", "--json", cwd=ran.home).stdout)
    assert [(run["campaign"], run["seed"], run["status"]) for run in listed] == [
        ("dam", 5, "complete")
    ]
    name = listed[0]["name"]
    assert name in command("runs", "ls", cwd=ran.home).stdout
    shown = command("runs", "show", name, "dam", cwd=ran.home)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.count("objective  MISSED") == 2
    assert "price age p50" in shown.stdout
    assert "floodline run dam.yaml --json" in shown.stdout
    (plain,) = json.loads(command("runs", "show", "dam", "--json", cwd=ran.home).stdout)
    assert plain["summary"] == ran.summary


def test_a_run_is_removed_only_on_a_yes_and_only_what_it_wrote(ran: Any, command: Command) -> None:
    home = ran.home / "copy"
    shutil.copytree(ran.home / "data", home / "data")
    (folder,) = (home / "data" / "runs").iterdir()
    (folder / "notes.txt").write_text("mine")
    unanswered = command("runs", "rm", "dam", cwd=home)
    assert unanswered.returncode == 2
    assert "nothing removed" in unanswered.stderr
    assert (folder / "manifest.json").is_file()
    done = command("runs", "rm", "dam", "--yes", cwd=home)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    assert command("runs", "ls", "--json", cwd=home).stdout.strip() == "[]"


def test_a_foreign_folder_is_left_as_it_is(command: Command, tmp_path: Path) -> None:
    foreign = tmp_path / "thesis"
    foreign.mkdir()
    (foreign / "chapter.txt").write_text("words")
    done = command("run", "dam.yaml", "--out", "thesis")
    assert done.returncode == 2
    assert "thesis" in done.stderr
    assert [path.name for path in foreign.iterdir()] == ["chapter.txt"]
    assert (foreign / "chapter.txt").read_text() == "words"
    refused = command("runs", "rm", "thesis", "--yes")
    assert refused.returncode == 2
    assert (foreign / "chapter.txt").is_file()


@pytest.mark.parametrize("out", ["dam.yaml", "dam.yaml/below", "/proc/floodline"])
def test_a_folder_that_cannot_be_written_exits_2_before_anything_starts(
    command: Command, out: str, tmp_path: Path
) -> None:
    done = command("run", "dam.yaml", "--out", out)
    assert done.returncode == 2, done.stderr
    assert "--out" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["dam.yaml"]


def test_a_new_campaign_passes_its_check_and_runs(command: Command) -> None:
    assert command("new", "first").returncode == 0
    checked = command("check", "first.yaml", "--set", "slots=5")
    assert "5 slots" in checked.stdout
    done = command("run", "first.yaml", "--set", "slots=5", "--out", "first", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["run"]["blocks"] >= 5
