"""Floodline's command line in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

COMMAND: Final = "import sys; from floodline.cli.main import main; sys.exit(main())"


def floodline(*words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command, and expect this exit code of it."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *words],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done
