"""Progress on a real terminal (a pty) is a panel; into a pipe it is plain lines."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from dam_campaign import COMMAND, MISSED, floodline

import floodline as package

pytestmark = pytest.mark.anvil
_LIMIT_S = 120


def on_a_terminal(folder: Path, *words: str, **environment: str) -> str:
    """Run `floodline` with stderr on a pty of 100 columns; return what the terminal got."""
    terminal, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *words],
        cwd=folder,
        env={
            **{name: value for name, value in os.environ.items() if name != "NO_COLOR"},
            "PYTHONPATH": str(Path(package.__file__).parents[1]),
            "TERM": "xterm-256color",
            "COLUMNS": "100",
            "LINES": "30",
            **environment,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    found = bytearray()
    ends = time.monotonic() + _LIMIT_S
    while time.monotonic() < ends:
        ready, _, _ = select.select([terminal], [], [], 1.0)
        if not ready:
            continue
        try:
            got = os.read(terminal, 65_536)
        except OSError:  # a pty whose other end is closed
            break
        if not got:
            break
        found += got
    os.close(terminal)
    assert process.wait(_LIMIT_S) in {0, 1}
    return found.decode()


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    (tmp_path / "dam.yaml").write_text(MISSED.replace("slots: 6", "slots: 40"))
    return tmp_path


def test_a_run_on_a_terminal_shows_a_panel_with_its_figures(campaign: Path) -> None:
    seen = on_a_terminal(campaign, "run", "dam.yaml")
    assert "floodline" in seen
    assert "/40" in seen
    for label in (
        "base fee",
        "pool depth",
        "inclusion p50",
        "oracle age",
        "bad debt",
        "identities",
    ):
        assert label in seen
    assert "\x1b[36m" in seen


def test_no_color_on_a_terminal_keeps_the_panel_and_drops_the_colours(campaign: Path) -> None:
    seen = on_a_terminal(campaign, "run", "dam.yaml", NO_COLOR="1")
    assert "pool depth" in seen
    assert "\x1b[36m" not in seen


def test_a_study_on_a_terminal_counts_its_runs(campaign: Path) -> None:
    seen = on_a_terminal(
        campaign, "sweep", "dam.yaml", "--seeds", "2", "--workers", "1", "--set", "slots=6"
    )
    assert "floodline study" in seen
    assert "/2 runs" in seen


def test_into_a_pipe_go_plain_lines(campaign: Path) -> None:
    done = floodline("run", "dam.yaml", "--set", "slots=10", cwd=campaign)
    assert "slot 10/10" in done.stderr
    assert "\x1b[" not in done.stderr
