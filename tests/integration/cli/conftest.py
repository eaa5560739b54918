"""The command line as a process of its own, and one small run for the tests that only look."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import floodline as package

COMMAND = "import sys; from floodline.cli.main import main; sys.exit(main())"

MISSED = """\
name: dam
seed: 5
slots: 6
market: {ETH: {jump_diffusion: {start_usd: 3000, vol: 0.5}}}
book: {accounts: 10}
actors:
  - oracle: {}
  - traders: {accounts: 4, rate_per_s: 0.5}
objective: {metric: price_age_p95_s, below: 0.001}
"""
"""No chain has a price that fresh: the objective is always missed."""


def floodline(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `floodline` with these words; nobody is there to answer a question."""
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(Path(package.__file__).parents[1])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`floodline` in a folder of the test's own that holds the campaign."""
    (tmp_path / "dam.yaml").write_text(MISSED)

    def run(*words: str, cwd: Path = tmp_path) -> subprocess.CompletedProcess[str]:
        return floodline(*words, cwd=cwd)

    return run


@dataclass(frozen=True)
class Ran:
    """A run that was made once: where, and what the command said."""

    home: Path
    done: subprocess.CompletedProcess[str]
    summary: dict[str, Any]


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A run with ``--json`` into the default folder, for looking at only."""
    home = tmp_path_factory.mktemp("home")
    (home / "dam.yaml").write_text(MISSED)
    done = floodline("run", "dam.yaml", "--json", cwd=home)
    assert done.stdout, done.stderr
    return Ran(home, done, json.loads(done.stdout))
