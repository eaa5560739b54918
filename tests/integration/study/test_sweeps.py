"""Sweeps on real nodes: kept, taken up again, and none the worse for a worker that is killed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from command_line import COMMAND, floodline
from tiny_campaign import Watching, opened, tiny_file

from floodline.study.design import Design, parse_vary
from floodline.study.processes import Processes
from floodline.study.question import Question
from floodline.study.sweep import run_sweep

pytestmark = pytest.mark.anvil

RATES = "actors.flood.arrival.gas_per_s=1e6,4e6"


def design(*texts: str) -> Design:
    return Design("grid", tuple(parse_vary(text) for text in texts), 0, 1)


def test_a_sweep_runs_every_seed_at_every_point_and_keeps_one_row_a_run(
    tmp_path: Path, processes: Processes
) -> None:
    question = Question(tiny_file(tmp_path))
    with opened(tmp_path / "study", processes) as study:
        sweep = run_sweep(study, question, design(RATES), [1, 2])
    assert not sweep.failed
    table = pd.read_parquet(tmp_path / "study" / "trials.parquet")
    assert table[["point", "seed"]].to_numpy().tolist() == [[0, 1], [1, 1], [0, 2], [1, 2]]
    assert table["outcome_hash"].nunique() == 4
    assert table["bad_debt_ratio"].notna().all()
    described = json.loads((tmp_path / "study" / "dictionary.json").read_text())["tables"]
    assert [column["name"] for column in described["trials"]] == list(table.columns)
    assert not (tmp_path / "study" / "setups").exists()


def test_a_trial_in_a_sweep_has_the_outcome_of_the_same_campaign_run_alone(
    tmp_path: Path, processes: Processes
) -> None:
    file = tiny_file(tmp_path)
    with opened(tmp_path / "study", processes) as study:
        sweep = run_sweep(study, Question(file), design(RATES), [5])
    done = floodline(
        *("run", str(file), "--seed", "5", "--out", str(tmp_path / "run"), "--json"),
        *("--set", "actors.flood.arrival.gas_per_s=4e6", "--allow-missed-objective"),
    )
    assert json.loads(done.stdout)["outcome_hash"] == sweep.results[1].outcome_hash


def test_a_killed_worker_loses_only_its_own_run_which_is_run_again(tmp_path: Path) -> None:
    killed: list[int] = []
    with Processes(2) as workers:

        def kill_one(ended: int) -> None:
            if ended == 1:
                killed.append(workers.pids[0])
                os.kill(killed[0], signal.SIGKILL)

        watching = Watching(kill_one)
        with opened(tmp_path / "study", workers, watching) as study:
            sweep = run_sweep(study, Question(tiny_file(tmp_path)), design(), [1, 2, 3, 4, 5])
    assert killed
    assert not sweep.failed
    assert sorted(result.key for result in watching.ended) == sorted(t.key for t in sweep.trials)


def test_a_campaign_that_cannot_be_set_up_is_reported_and_the_rest_is_kept(
    tmp_path: Path, processes: Processes
) -> None:
    question = Question(tiny_file(tmp_path))
    with opened(tmp_path / "study", processes) as study:
        sweep = run_sweep(study, question, design("protocol.liquidity_usd=1,50_000_000"), [1])
    ((trial, error),) = sweep.failed
    assert trial.setting == {"protocol.liquidity_usd": 1}
    assert "setup: 'open' reverted" in error
    assert sweep.table["status"].tolist() == ["failed", "complete"]
    assert (tmp_path / "study" / "runs" / trial.key / "status.json").is_file()


def test_a_study_killed_outright_goes_on_where_it_was_and_runs_nothing_twice(
    tmp_path: Path,
) -> None:
    file, out = tiny_file(tmp_path), tmp_path / "study"
    words = ["sweep", str(file), "--seeds", "14", "--workers", "2", "--out", str(out)]
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *words, "--progress", "none"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    trials = out / "trials"
    deadline = time.monotonic() + 120
    while len(list(trials.glob("*.json"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert nobody_holds(out), "a worker or a node outlives a study that was killed"
    before = {path.name: path.stat().st_mtime_ns for path in trials.glob("*.json")}
    assert 3 <= len(before) < 14
    done = floodline(*words, "--json", "--progress", "none")
    report = json.loads(done.stdout)
    assert (report["runs"], report["ran_now"], report["failed"]) == (14, 14 - len(before), [])
    after = {path.name: path.stat().st_mtime_ns for path in trials.glob("*.json")}
    assert len(after) == 14
    assert {name: after[name] for name in before} == before


def test_a_study_that_is_stopped_says_how_to_go_on_and_leaves_nobody_behind(
    tmp_path: Path,
) -> None:
    file, out = tiny_file(tmp_path, slots=40), tmp_path / "study"
    words = ["sweep", str(file), "--seeds", "40", "--workers", "2", "--out", str(out)]
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *words], stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 120
    while not list((out / "trials").glob("*.json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on from there" in said
    assert nobody_holds(out)


def nobody_holds(folder: Path) -> bool:
    """Whether within ten seconds no process has a file below the folder open any more."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not any(target.startswith(str(folder)) for target in open_files()):
            return True
        time.sleep(0.1)
    return False


def open_files() -> Iterator[str]:
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):  # it was closed while we looked
            yield str(link.readlink())


def test_a_folder_takes_up_no_other_study(tmp_path: Path) -> None:
    file, out = tiny_file(tmp_path, slots=2), tmp_path / "study"
    first = ["sweep", str(file), "--workers", "1", "--out", str(out), "--progress", "none"]
    floodline(*first, "--seeds", "1")
    done = floodline(*first, "--seeds", "2", code=2)
    assert "holds another study; it differs in seeds" in done.stderr
