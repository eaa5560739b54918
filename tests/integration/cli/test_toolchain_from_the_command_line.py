"""`floodline doctor` and `floodline toolchain` where everything is installed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

Command = Callable[..., subprocess.CompletedProcess[str]]


def test_doctor_says_that_everything_fits(command: Command) -> None:
    done = command("doctor")
    assert done.returncode == 0, done.stdout
    assert "everything fits" in done.stdout
    assert "FIX" not in done.stdout
    answer = json.loads(command("doctor", "--json").stdout)
    assert answer["ok"] is True
    names = " ".join(check["name"].lower() for check in answer["checks"])
    for part in ("anvil", "solc", "python"):
        assert part in names


def test_toolchain_finds_what_is_there_and_compiles(command: Command) -> None:
    done = command("toolchain", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["contracts"] > 10
    assert "contracts compiled" in command("toolchain").stdout
