"""What a command ends with, seen from outside: the code, the words, and never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Floodline = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["floood"], "floood"),
        (["run"], "FILE"),
        (["run", "calm.yaml", "--sead", "1"], "--sead"),
        (["run", "calm.yaml", "--seed", "-1"], "--seed"),
        (["run", "calm.yaml", "--seed", "seven"], "--seed"),
        (["run", "calm.yaml", "--progress", "loud"], "--progress"),
    ],
)
def test_a_wrong_command_line_exits_2_and_names_the_word(
    floodline: Floodline, words: list[str], named: str
) -> None:
    done = floodline(*words)
    assert done.returncode == 2
    assert named in done.stderr
    assert "--help" in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_no_words_at_all_show_the_help_and_exit_2(floodline: Floodline) -> None:
    done = floodline()
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: floodline")
    assert "error:" not in done.stderr


def test_help_and_version_exit_0(floodline: Floodline) -> None:
    for words in (["--help"], ["-h"], ["run", "--help"], ["runs", "--help"], ["--version"]):
        done = floodline(*words)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout


def test_every_fault_of_a_campaign_file_is_told_at_once_with_its_line(
    floodline: Floodline, bad_file: Path
) -> None:
    done = floodline("check", bad_file.name)
    assert done.returncode == 2
    told = [line.strip() for line in done.stderr.splitlines() if line.startswith("  many.yaml:")]
    assert [line.split(" ")[0] for line in told] == [
        f"many.yaml:{line}:" for line in (2, 3, 5, 8, 9, 10)
    ]
    assert "did you mean 'seed'" in told[1]
    assert "network.delay.lognormal.median_s" in told[2]
    assert "did you mean 'flood'" in told[4]
    assert "  next: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_of_a_faulty_file_starts_nothing_and_writes_nothing(
    floodline: Floodline, bad_file: Path, tmp_path: Path
) -> None:
    before = sorted(tmp_path.iterdir())
    done = floodline("run", bad_file.name, "--out", "out", "--json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "6 problems" in done.stderr
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("given", ["missing.yaml", "."])
def test_a_campaign_that_is_no_file_exits_2(floodline: Floodline, given: str) -> None:
    done = floodline("run", given)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_an_override_that_leads_nowhere_exits_2_and_names_the_nearest(
    floodline: Floodline, good_file: Path
) -> None:
    done = floodline("check", good_file.name, "--set", "slotz=3")
    assert done.returncode == 2
    assert "did you mean 'slots'" in done.stderr


def test_a_good_file_exits_0(floodline: Floodline, good_file: Path) -> None:
    done = floodline("check", good_file.name, "--set", "slots=7")
    assert done.returncode == 0
    assert "7 slots" in done.stdout


@pytest.mark.parametrize(
    "words", [["list", "actrs"], ["runs", "show", "storm"], ["runs", "rm", "--yes", "storm"]]
)
def test_a_name_that_nothing_has_exits_2(floodline: Floodline, words: list[str]) -> None:
    done = floodline(*words)
    assert done.returncode == 2
    assert f"'{words[-1]}'" in done.stderr
    assert "  next: " in done.stderr


def test_a_missing_checkout_exits_3(floodline: Floodline, good_file: Path, tmp_path: Path) -> None:
    done = floodline("toolchain", env={"FLOODLINE_HOME": str(tmp_path / "nowhere")})
    assert done.returncode == 3
    assert "FLOODLINE_HOME" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [["--help"], ["list"], ["list", "--json"], ["runs", "ls"]])
def test_a_reader_that_has_gone_away_is_no_fault(floodline: Floodline, words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = floodline(*words, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_errors_are_coloured_on_a_terminal_unless_no_color_is_set(floodline: Floodline) -> None:
    def shown(**environment: str) -> str:
        screen, terminal = os.openpty()
        done = floodline(
            "check",
            "missing.yaml",
            stderr=terminal,
            env={"TERM": "xterm", "NO_COLOR": "", **environment},
        )
        os.close(terminal)
        assert done.returncode == 2
        words = os.read(screen, 65_536).decode()
        os.close(screen)
        assert "missing.yaml" in words
        return words

    assert "\x1b[31m" in shown()
    assert "\x1b" not in shown(NO_COLOR="1")
    assert "\x1b" not in shown(TERM="dumb")


def test_nothing_is_coloured_where_no_terminal_is(floodline: Floodline, bad_file: Path) -> None:
    done = floodline("check", bad_file.name, env={"TERM": "xterm", "NO_COLOR": ""})
    assert "\x1b" not in done.stderr + done.stdout


def test_the_traceback_of_an_explained_error_can_be_asked_for(floodline: Floodline) -> None:
    done = floodline("check", "missing.yaml", env={"FLOODLINE_TRACEBACK": "1"})
    assert done.returncode == 2
    assert "Traceback" in done.stderr


def test_new_writes_a_file_that_check_accepts_and_never_overwrites(
    floodline: Floodline, tmp_path: Path
) -> None:
    assert floodline("new", "storm").returncode == 0
    assert floodline("check", "storm.yaml").returncode == 0
    (tmp_path / "storm.yaml").write_text("mine")
    again = floodline("new", "storm")
    assert again.returncode == 2
    assert "there already" in again.stderr
    assert (tmp_path / "storm.yaml").read_text() == "mine"


def test_json_of_a_faulty_file_is_data_on_stdout_with_the_same_exit_code(
    floodline: Floodline, bad_file: Path
) -> None:
    done = floodline("check", bad_file.name, "--json")
    assert done.returncode == 2
    answer = json.loads(done.stdout)
    assert answer["ok"] is False
    assert [problem["line"] for problem in answer["problems"]] == [2, 3, 5, 8, 9, 10]
    assert done.stderr == ""


@pytest.mark.parametrize(
    "words", [["check", "calm.yaml"], ["list"], ["list", "metrics"], ["runs", "ls"]]
)
def test_json_alone_is_on_stdout(floodline: Floodline, good_file: Path, words: list[str]) -> None:
    done = floodline(*words, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    json.loads(done.stdout)
