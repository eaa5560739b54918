"""The command line as a process of its own, and a campaign whose objective is always missed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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
