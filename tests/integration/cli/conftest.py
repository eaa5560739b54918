"""The command line as a process of its own, and one small run for the tests that only look."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from dam_campaign import MISSED, floodline


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
