"""The README shows what the demo really prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.anvil, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[3]
COMMAND = "import sys; from floodline.cli.main import main; sys.exit(main())"


def floodline(folder: Path, *words: str) -> str:
    """Run a command in a folder and return what it printed."""
    finished = subprocess.run(
        [sys.executable, "-c", COMMAND, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def shown_in_readme() -> list[str]:
    """The block between the README's markers, without its fence."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = text.split("<!-- demo -->")[1].split("<!-- /demo -->")[0]
    return [line.rstrip() for line in block.strip().splitlines() if not line.startswith("```")]


def test_the_readme_shows_the_demos_table_to_the_digit(tmp_path: Path) -> None:
    campaign = str(ROOT / "data" / "campaigns" / "flash-crash.yaml")
    common = ("--allow-missed-objective", "--progress", "none")
    calm = ("--set", "actors.flood.enabled=false")
    floodline(tmp_path, "run", campaign, *calm, "--out", "data/runs/calm", *common)
    floodline(tmp_path, "run", campaign, "--out", "data/runs/flooded", *common)
    printed = floodline(tmp_path, "runs", "show", "calm", "flooded")
    lines = [line.rstrip() for line in printed.splitlines()]
    table = lines[: lines.index("calm", 1)]
    while not table[-1]:
        table.pop()
    assert shown_in_readme() == table
