"""The command line as a process of its own, and campaign files for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import floodline as package

COMMAND = "import sys; from floodline.cli.main import main; sys.exit(main())"


@pytest.fixture
def floodline(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `floodline` with these words in an empty folder; never a terminal, never an answer."""

    def run(*words: str, **changes: Any) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(Path(package.__file__).parents[1])}
        given: dict[str, Any] = {
            "cwd": tmp_path,
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "text": True,
            "timeout": 60,
            **changes,
        }
        environment.update(given.pop("env", {}))
        command = [sys.executable, "-c", COMMAND, *words]
        return subprocess.run(command, env=environment, check=False, **given)

    return run


GOOD = """\
name: calm
slots: 5
market: {ETH: {jump_diffusion: {start_usd: 3000, vol: 0.5}}}
actors:
  - oracle: {}
"""

BAD = """\
name: many
slots: -5
sed: 3
network:
  delay: {lognormal: {median_s: fast}}
market: {ETH: {jump_diffusion: {start_usd: 3000, vol: 0.5}}}
actors:
  - oracle: {heartbeat_s: soon}
  - flod: {}
objective: {metric: bad_dept_ratio, below: 0.1}
"""


@pytest.fixture
def good_file(tmp_path: Path) -> Path:
    path = tmp_path / "calm.yaml"
    path.write_text(GOOD)
    return path


@pytest.fixture
def bad_file(tmp_path: Path) -> Path:
    path = tmp_path / "many.yaml"
    path.write_text(BAD)
    return path
