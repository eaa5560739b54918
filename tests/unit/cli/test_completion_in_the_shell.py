"""A shell completes verbs, flags and names, asked through the installed entry point."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from floodline.cli import completion
from floodline.measure.objective import METRICS
from floodline.study.folder import MARKER

PROGRAM = Path(sys.executable).with_name("floodline")


def completed(line: str, home: Path) -> list[str]:
    """What bash would be offered at the end of a line."""
    words = line.split(" ")
    done = subprocess.run(
        [str(PROGRAM)],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "_FLOODLINE_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        },
        cwd=home,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("floodline sw", ["sweep"]),
        ("floodline runs s", ["show"]),
        ("floodline sweep --keep", ["--keep-runs"]),
        ("floodline list fee", ["fee-strategies"]),
        ("floodline run small", []),
    ],
)
def test_the_entry_point_answers_a_shell(line: str, offered: list[str], tmp_path: Path) -> None:
    assert completed(line, tmp_path) == offered


def test_names_of_runs_metrics_and_mitigations_are_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("calm", "flooded"):
        folder = tmp_path / "data" / "runs" / name
        folder.mkdir(parents=True)
        (folder / MARKER).touch()
    assert completion.runs("fl") == ["flooded"]
    assert completion.metrics("bad_debt") == [name for name in METRICS if name[:8] == "bad_debt"]
    assert completion.mitigations("reserved") == ["reserved_lane"]
    (tmp_path / "data" / "runs" / "calm" / "manifest.json").write_text("{")
    assert completion.runs("") == []


def in_bash(home: Path, option: str) -> subprocess.CompletedProcess[str]:
    """Run the program below a bash of its own, for it looks at which shell has started it."""
    return subprocess.run(
        ["bash", "-c", f"'{PROGRAM}' {option}; exit $?"],
        env={
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_shell_is_shown_the_script_that_asks(tmp_path: Path) -> None:
    shown = in_bash(tmp_path, "--show-completion")
    assert shown.returncode == 0, shown.stdout
    assert "_FLOODLINE_COMPLETE=complete_bash" in shown.stdout


def test_completion_is_installed_where_bash_finds_it(tmp_path: Path) -> None:
    done = in_bash(tmp_path, "--install-completion")
    assert done.returncode == 0, done.stdout
    script = tmp_path / ".bash_completions" / "floodline.sh"
    assert str(script) in (tmp_path / ".bashrc").read_text()
    assert "_FLOODLINE_COMPLETE=complete_bash" in script.read_text()
