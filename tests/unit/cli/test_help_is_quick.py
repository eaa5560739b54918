"""Help must not wait for the scientific stack."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import floodline

HEAVY = {
    "eth_abi",
    "eth_account",
    "lifelines",
    "numpy",
    "orjson",
    "pandas",
    "pyarrow",
    "pydantic",
    "ruamel",
    "scipy",
    "structlog",
    "web3",
}
SCRIPT = """
import json, sys
from floodline.cli.main import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules})]), file=sys.stderr)
"""


OF_TYPER = {"pydantic"}
"""typer itself may need it to read a verb's flags; the list of verbs must do without."""


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        (["--help"], set()),
        (["--version"], set()),
        (["run", "--help"], OF_TYPER),
        (["runs", "--help"], OF_TYPER),
    ],
)
def test_help_imports_nothing_heavy(words: list[str], allowed: set[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *words],
        env={**os.environ, "PYTHONPATH": str(Path(floodline.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    code, imported = json.loads(done.stderr)
    assert code == 0
    assert "floodline" in imported
    assert HEAVY.intersection(imported) <= allowed


def test_help_names_every_verb() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, "--help"],
        env={**os.environ, "PYTHONPATH": str(Path(floodline.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")}
    verbs = {"run", "new", "check", "list", "doctor", "toolchain", "runs", "bench"}
    studies = {"sweep", "replay", "compare", "breakpoint"}
    studies |= {"frontier", "attribute", "economics", "sensitivity"}
    assert verbs | studies <= listed
